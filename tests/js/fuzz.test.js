// Every parser of the viewer under random input: it is understood, or refused as it may be.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";

import fc from "fast-check";

import { Initiator } from "../../sessions/static/sessions/viewer/core/cpace.js";
import { ProtocolError } from "../../sessions/static/sessions/viewer/core/fields.js";
import { parseFrame } from "../../sessions/static/sessions/viewer/core/picture.js";
import { Opener, Sealer } from "../../sessions/static/sessions/viewer/core/records.js";
import { Resumer } from "../../sessions/static/sessions/viewer/core/resume.js";
import * as wire from "../../sessions/static/sessions/viewer/core/wire.js";
import { ZstdError, ZstdStream } from "../../sessions/static/sessions/viewer/core/zstd.js";

const FOLDER = new URL("../vectors/", import.meta.url);
const LONGEST = 4000;
const IDENTITY = { name: "Eva", company: "DIBUC", origin: "https://portal.example" };
const RUNS = 300;

/** @param {any} value @returns {string[]} every text in it */
const texts = (value) =>
  typeof value === "string"
    ? [value]
    : value !== null && typeof value === "object"
      ? Object.values(value).flatMap(texts)
      : [];

// Everything that stands in the vectors, as text and, where it is that, as bytes.
const seeds = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => texts(JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"))))
  .flatMap((text) => [
    Uint8Array.from(Buffer.from(text, "utf8")),
    ...(/^([0-9a-f]{2})+$/.test(text) ? [Uint8Array.from(Buffer.from(text, "hex"))] : []),
  ])
  .filter((seed) => seed.length <= LONGEST);

/** A place in a seed as a share of its length, how much goes, and what comes instead. */
const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(8), fc.uint8Array({ maxLength: 8 }));
const nearly = fc
  .tuple(fc.constantFrom(...seeds), fc.array(change, { maxLength: 4 }), fc.boolean())
  .map(([seed, changes, isCut]) => {
    let data = [...seed];
    for (const [place, gone, come] of changes) {
      const at = Math.floor(place * data.length);
      data.splice(at, gone, ...come);
      data = isCut ? data.slice(0, at) : data;
    }
    return Uint8Array.from(data);
  });
const input = fc.oneof(nearly, fc.uint8Array({ maxLength: 200 }));

/**
 * @template T
 * @param {() => T | Promise<T>} call
 * @returns {Promise<T | null>} null where it was refused
 */
async function allowed(call) {
  try {
    return await call();
  } catch (error) {
    assert.ok(error instanceof ProtocolError, String(error));
    return null;
  }
}

/**
 * @param {string} name
 * @param {(data: Uint8Array<ArrayBuffer>) => Promise<void>} property
 * @param {number} [numRuns]
 */
function holds(name, property, numRuns = RUNS) {
  test(name, async () => {
    await fc.assert(
      fc.asyncProperty(input, (data) => property(Uint8Array.from(data))),
      { numRuns },
    );
    for (const seed of seeds.filter((_, index) => numRuns === RUNS || index % 20 === 0)) {
      await property(seed);
    }
  });
}

holds("texts of the server", async (data) => {
  await allowed(() => wire.parseServerMessage(Buffer.from(data).toString("utf8")));
});

holds("control messages of the agent", async (data) => {
  await allowed(() => wire.parseControl(data));
});

holds("binary messages", async (data) => {
  await allowed(() => wire.kindOf(data));
  await allowed(() => wire.parseHandshake(data));
  const header = await allowed(() => wire.parseRecordHeader(data));
  if (header !== null) {
    assert.deepEqual([...wire.packRecordHeader(header)], [...data.subarray(1, 13)]);
  }
});

holds("frames: every rectangle and every source is on the screen", async (data) => {
  const frame = await allowed(() => parseFrame(data));
  for (const { x, y, w, h, sourceX, sourceY, plane } of frame?.rects ?? []) {
    assert.ok(w >= 1 && h >= 1 && frame !== null);
    assert.ok(x + w <= frame.width && y + h <= frame.height);
    assert.ok(sourceX + w <= frame.width && sourceY + h <= frame.height);
    assert.ok(plane < 4);
  }
});

holds(
  "handshakes of the agent, to a password and to a resumption",
  async (data) => {
    const resumeSecret = { secret: new Uint8Array(32), epoch: 0, verificationCode: "123456" };
    for (const end of [
      new Initiator("123456786", "12345674", IDENTITY),
      new Resumer("123456786", /** @type {any} */ (resumeSecret)),
    ]) {
      await end.start();
      await allowed(() => end.receive(Uint8Array.from([1, ...data])));
      assert.equal(end.keys, null);
    }
  },
  100,
);

test("records that are left out, said twice, changed or cut: what opens was sealed, in its order", async () => {
  const keys = /** @type {any} */ ({ key: new Uint8Array(32), iv: new Uint8Array(12), epoch: 0 });
  const act = fc.tuple(fc.constantFrom("send", "send", "send", "skip", "replay", "flip", "cut"), fc.nat(200));
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 12 }), async (acts) => {
      const sealer = new Sealer(keys);
      /** @type {Uint8Array<ArrayBuffer>[]} */
      const genuine = [];
      for (let n = 0; n < 8; n += 1) {
        genuine.push(...(await sealer.seal(1 + (n % 2), new Uint8Array(10 * n).fill(n))));
      }
      const opener = new Opener(keys);
      let [at, due] = [0, 0];
      let intact = true;
      for (const [kind, place] of acts) {
        at += kind === "skip" ? 1 : kind === "replay" ? -Math.min(at, 1) : 0;
        /** @type {Uint8Array<ArrayBuffer> | undefined} */
        const record = genuine[at];
        if (record === undefined) {
          break;
        }
        /** @type {Uint8Array<ArrayBuffer>} */
        let message = record.slice();
        if (kind === "flip") {
          message[place % message.length] = (message[place % message.length] ?? 0) ^ (1 + (place % 255));
        } else if (kind === "cut") {
          message = message.slice(0, place % message.length);
        }
        intact &&= Buffer.compare(message, genuine[due] ?? new Uint8Array(0)) === 0;
        const opened = await allowed(() => opener.receive(message));
        assert.equal(opened !== null, intact);
        due += 1;
        at += 1;
      }
    }),
    { numRuns: RUNS },
  );
});

test("pieces of a zstd stream: exactly as many bytes as announced, or a refusal", async () => {
  const wasm = readFileSync(new URL("../../static/vendor/zstd.wasm", import.meta.url));
  const module = new WebAssembly.Module(wasm);
  const stream = new ZstdStream(module);
  fc.assert(
    fc.property(nearly, fc.integer({ min: 1, max: 300_000 }), (data, size) => {
      try {
        assert.equal(stream.decode(data, size).length, size);
      } catch (error) {
        assert.ok(error instanceof ZstdError, String(error));
        stream.restart();
      }
    }),
    { numRuns: RUNS },
  );
});
