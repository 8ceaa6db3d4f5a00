import assert from "node:assert/strict";
import test from "node:test";

import { Opener, Sealer } from "../../sessions/static/sessions/viewer/core/records.js";
import * as wire from "../../sessions/static/sessions/viewer/core/wire.js";
import { fromHex, refuses, toHex, vectors } from "./vectors.js";

const records = vectors("records.json");
const keys = { key: fromHex(records.streams.key), iv: fromHex(records.streams.iv), epoch: 0 };
const { CONTROL, PICTURE } = wire.Channel;

test("payloads are sealed and opened as Python seals and opens them", async () => {
  for (const run of records.sealed) {
    const runKeys = { key: fromHex(run.key), iv: fromHex(run.iv), epoch: run.epoch };
    const sealer = new Sealer(runKeys, run.message_max);
    const opener = new Opener(runKeys);
    for (const { channel, payload, messages } of run.payloads) {
      const sealed = await sealer.seal(channel, fromHex(payload));
      assert.deepEqual(sealed.map(toHex), messages);
      const opened = await Promise.all(sealed.map((message) => opener.receive(message)));
      assert.deepEqual(described(opened.pop()), { channel, payload });
      assert.ok(opened.every((item) => item === null));
    }
  }
});

/** @param {import("../../sessions/static/sessions/viewer/core/records.js").Opened | null | undefined} opened */
function described(opened) {
  return opened ? { channel: opened.channel, payload: toHex(opened.payload) } : null;
}

test("streams open up to their fault, one message after the other", async () => {
  for (const { name, channels, messages, opened, code } of records.streams.cases) {
    const opener = new Opener(keys, channels);
    const bytes = messages.map(fromHex);
    for (const [index, expected] of opened.entries()) {
      assert.deepEqual(described(await opener.receive(bytes[index])), expected, name);
    }
    for (const [index, message] of bytes.slice(opened.length).entries()) {
      await refuses(() => opener.receive(message), index === 0 ? code : "bad-record", name);
    }
  }
});

test("streams open up to their fault, all messages at once", async () => {
  for (const { name, channels, messages, opened, code } of records.streams.cases) {
    const opener = new Opener(keys, channels);
    const results = await Promise.allSettled(messages.map((/** @type {string} */ m) => opener.receive(fromHex(m))));
    for (const [index, result] of results.entries()) {
      if (result.status === "fulfilled") {
        assert.deepEqual(described(result.value), opened[index], name);
      } else {
        assert.equal(result.reason.code, index === opened.length ? code : "bad-record", name);
      }
    }
  }
});

test("promises settle in the order of the calls, large before small", async () => {
  const sealer = new Sealer(keys, wire.BINARY_MAX_FROM_AGENT);
  const opener = new Opener(keys);
  /** @type {string[]} */
  const order = [];
  const large = sealer.seal(PICTURE, new Uint8Array(8_000_000)).then((messages) => {
    order.push("sealed large");
    return messages;
  });
  const small = sealer.seal(CONTROL, Uint8Array.of(1)).then((messages) => {
    order.push("sealed small");
    return messages;
  });
  const messages = (await Promise.all([large, small])).flat();
  await Promise.all(
    messages.map((message) =>
      opener.receive(message).then((opened) => {
        if (opened !== null) {
          order.push(`opened ${opened.payload.length}`);
        }
      }),
    ),
  );
  assert.deepEqual(order, ["sealed large", "sealed small", "opened 8000000", "opened 1"]);
});

test("a payload over its limit costs no counter", async () => {
  const sealer = new Sealer(keys);
  const largest = new Uint8Array(wire.CONTROL_MAX - wire.RECORD_OVERHEAD);
  await refuses(() => sealer.seal(CONTROL, new Uint8Array(largest.length + 1)), "too-large", "too large");
  const [message] = await sealer.seal(CONTROL, largest);
  assert.ok(message);
  assert.equal(message.length, wire.BINARY_MAX_FROM_TECHNICIAN);
  const opened = await new Opener(keys).receive(message);
  assert.equal(opened?.payload.length, largest.length);
});

test("pieces without end are refused before they fill the memory", async () => {
  const body = new Uint8Array(1000);
  const fitting = Math.floor(wire.CONTROL_MAX / (body.length + wire.RECORD_OVERHEAD));
  const opener = new Opener(keys);
  for (let counter = 0; counter < fitting; counter += 1) {
    assert.equal(await opener.receive(await piece(BigInt(counter), body)), null);
  }
  const last = await piece(BigInt(fitting), body);
  await refuses(() => opener.receive(last), "too-large", "one piece too many");
});

/**
 * @param {bigint} counter
 * @param {Uint8Array<ArrayBuffer>} body
 * @returns {Promise<Uint8Array<ArrayBuffer>>} a record that says that more follow, for ever
 */
async function piece(counter, body) {
  const header = wire.packRecordHeader({ channel: CONTROL, more: true, epoch: 0, counter });
  const iv = keys.iv.slice();
  const view = new DataView(iv.buffer);
  view.setBigUint64(4, view.getBigUint64(4) ^ counter);
  const key = await crypto.subtle.importKey("raw", keys.key, "AES-GCM", false, ["encrypt"]);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: header }, key, body);
  return Uint8Array.of(wire.Kind.RECORD, ...header, ...new Uint8Array(sealed));
}

test("a frame with its headers over 16 MiB is not sealed", async () => {
  const sealer = new Sealer(keys, wire.BINARY_MAX_FROM_AGENT);
  await refuses(() => sealer.seal(PICTURE, new Uint8Array(wire.FRAME_MAX)), "too-large", "16 MiB and headers");
});
