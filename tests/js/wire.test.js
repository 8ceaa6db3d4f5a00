import assert from "node:assert/strict";
import test from "node:test";

import * as wire from "../../sessions/static/sessions/viewer/core/wire.js";
import { fromHex, refuses, toHex, vectors } from "./vectors.js";

const framing = vectors("framing.json");
const texts = vectors("messages.json");
const controls = vectors("control.json");

test("the kind is the first byte", async () => {
  assert.deepEqual([1, 2, 3].map((kind) => wire.kindOf(Uint8Array.of(kind, 9))), [1, 2, 3]);
  for (const message of [[], [0], [4], [255]]) {
    await refuses(() => wire.kindOf(Uint8Array.from(message)), "malformed", String(message));
  }
});

test("credits", () => {
  for (const { painted, message } of framing.credits.good) {
    assert.equal(toHex(wire.creditMessage(painted)), message);
  }
});

test("headers of records", async () => {
  for (const { channel, more, epoch, counter, message } of framing.headers.good) {
    const header = wire.parseRecordHeader(fromHex(message));
    assert.deepEqual(header, { channel, more, epoch, counter: BigInt(counter) });
    assert.equal(toHex(wire.packRecordHeader(header)), message.slice(2, 26));
  }
  for (const { name, message, code } of framing.headers.bad) {
    await refuses(() => wire.parseRecordHeader(fromHex(message)), code, name);
  }
});

test("handshakes", async () => {
  for (const { fields, message } of framing.handshakes.good) {
    assert.equal(toHex(wire.handshakeMessage(fields)), message);
    wire.parseHandshake(fromHex(message));
  }
  wire.parseHandshake(fromHex(framing.handshakes.largest));
  for (const { name, message, code } of framing.handshakes.bad) {
    await refuses(() => wire.parseHandshake(fromHex(message)), code, name);
  }
  await refuses(() => wire.handshakeMessage({ x: "a".repeat(5000) }), "too-large", "too long to send");
});

/** @type {Record<string, (fields: any) => object>} what a message of this type is in JavaScript */
const EXPECTED = {
  AgentPaired: ({ support_id: supportId, ...rest }) => ({ type: "paired", supportId, ...rest }),
  AgentGone: () => ({ type: "agent-gone" }),
  AgentBack: () => ({ type: "agent-back" }),
  ConsentGiven: (fields) => ({ type: "consent", ...fields }),
  Paused: () => ({ type: "paused" }),
  Resumed: () => ({ type: "resumed" }),
  Clock: ({ next_block_in: nextBlockIn, ...rest }) => ({ type: "clock", nextBlockIn, ...rest }),
  Ping: (fields) => ({ type: "ping", ...fields }),
  Ended: (fields) => ({ type: "ended", ...fields }),
  Error: (fields) => ({ type: "error", ...fields }),
  Elsewhere: (fields) => ({ type: "elsewhere", ...fields }),
};

test("what the server says", async () => {
  for (const { type, fields, text } of texts.to_technician.good) {
    assert.deepEqual(wire.parseServerMessage(text), EXPECTED[type]?.(fields), text);
  }
  for (const { name, text, code } of texts.to_technician.bad) {
    await refuses(() => wire.parseServerMessage(text), code, name);
  }
  for (const text of texts.not_json) {
    await refuses(() => wire.parseServerMessage(text), "malformed", text);
  }
  for (const text of texts.later) {
    assert.equal(wire.parseServerMessage(text), null);
  }
  await refuses(() => wire.parseServerMessage(texts.too_large), "too-large", "too large");
});

test("what the page says to the server", () => {
  const said = [{ type: "pong", n: 7 }, { type: "pause" }, { type: "resume" }, { type: "end" }];
  assert.deepEqual(
    said.map((message) => wire.serverMessage(/** @type {any} */ (message))),
    texts.from_technician.good.map((/** @type {{text: string}} */ item) => item.text),
  );
});

test("what the technician wants done", () => {
  for (const { type, fields, payload } of controls.from_technician.good) {
    const message = { t: type.toLowerCase(), ...fields };
    assert.equal(toHex(wire.controlPayload(message)), Buffer.from(payload).toString("hex"));
  }
});

test("what the agent tells", async () => {
  for (const { type, fields, payload } of controls.from_agent.good) {
    const { shape, ...rest } = fields;
    const expected = { t: type.toLowerCase(), ...rest };
    if (type === "Cursor") {
      const { png, hot_x: hotX, hot_y: hotY, w, h } = shape ?? {};
      expected.shape = shape && { png: fromHex(png), hotX, hotY, w, h };
    }
    if (type === "Checksum") {
      expected.digest = fromHex(fields.digest);
    }
    assert.deepEqual(wire.parseControl(Buffer.from(payload)), expected);
  }
  for (const { payload, code } of controls.from_agent.bad) {
    await refuses(() => wire.parseControl(Buffer.from(payload)), code, payload);
  }
  for (const payload of controls.later) {
    assert.equal(wire.parseControl(Buffer.from(payload)), null);
  }
  await refuses(() => wire.parseControl(new Uint8Array(wire.CONTROL_MAX + 1)), "too-large", "too large");
});
