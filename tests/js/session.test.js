import assert from "node:assert/strict";
import { test } from "node:test";

import { Session } from "../../sessions/static/sessions/viewer/core/session.js";

/** @typedef {import("../../sessions/static/sessions/viewer/core/session.js").SessionEvent} SessionEvent */

const IDENTITY = { name: "Bernhard Unkel", company: "DIBUC", origin: "https://example.com" };
const PAIRED = JSON.stringify({ type: "paired", support_id: "046631690", hostname: "pc", platform: "X" });

function begin() {
  /** @type {(string | Uint8Array)[]} */
  const sent = [];
  /** @type {SessionEvent[]} */
  const told = [];
  let begun = 0;
  const session = new Session(IDENTITY, {
    send: (data) => sent.push(data),
    buffered: () => 0,
    emit: (event) => told.push(event),
    painter: {
      begin: () => (begun += 1),
      paint: async () => undefined,
      digest: async () => null,
    },
    wake: () => undefined,
    now: () => 0,
    isInDoubt: () => false,
  });
  return { session, sent, told, begun: () => begun };
}

/** @param {object} fields */
const handshake = (fields) => Uint8Array.from([1, ...new TextEncoder().encode(JSON.stringify(fields))]);
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

test("a ping is answered at once and nobody is told", () => {
  const { session, sent, told } = begin();
  session.receiveText('{"type": "ping", "n": 7}');
  assert.deepEqual(sent, ['{"type":"pong","n":7}']);
  assert.deepEqual(told, []);
});

test("a message of a later version is ignored, nonsense is not", () => {
  const { session, told } = begin();
  session.receiveText('{"type": "weather"}');
  assert.deepEqual(told, []);
  assert.throws(() => session.receiveText("{"), { code: "malformed" });
  assert.throws(() => session.receiveText('{"type": "clock"}'), { code: "malformed" });
});

test("a record before the key exchange is a fault", async () => {
  const { session, told } = begin();
  session.receiveText(PAIRED);
  session.receiveBinary(new Uint8Array([2, ...new Uint8Array(60)]));
  await settled();
  assert.deepEqual(told.slice(1).map((event) => [event.type, "code" in event && event.code]), [
    ["fault", "too-early"],
  ]);
});

test("a record of a pairing that is over is nobody's fault", async () => {
  const { session, told } = begin();
  session.receiveText(PAIRED);
  session.receiveBinary(new Uint8Array([2, ...new Uint8Array(60)]));
  session.receiveText(PAIRED);
  await settled();
  assert.deepEqual(told.map(({ type }) => type), ["paired", "paired"]);
});

test("credits and unknown kinds are refused", () => {
  const { session } = begin();
  session.receiveText(PAIRED);
  assert.throws(() => session.receiveBinary(new Uint8Array([3, 0, 0, 0, 1])), { code: "malformed" });
  assert.throws(() => session.receiveBinary(new Uint8Array([9])), { code: "malformed" });
  assert.throws(() => session.receiveBinary(new Uint8Array(0)), { code: "malformed" });
});

test("a handshake that nobody asked for is a fault", async () => {
  const { session, told } = begin();
  session.receiveText(PAIRED);
  session.receiveBinary(handshake({ step: "nonce", nonce: "AAAAAAAAAAAAAAAAAAAAAA" }));
  await settled();
  assert.deepEqual(told.slice(1).map((event) => [event.type, "code" in event && event.code]), [
    ["fault", "out-of-order"],
  ]);
});

test("a refused password is told, and the next try begins anew", async () => {
  const { session, sent, told } = begin();
  session.receiveText(PAIRED);
  session.begin("12345674");
  await settled();
  session.receiveBinary(handshake({ step: "refused", code: "wrong-password", tries_left: 2 }));
  await settled();
  assert.deepEqual(told.at(-1), { type: "refused", code: "wrong-password", triesLeft: 2 });
  session.begin("12345674");
  await settled();
  assert.deepEqual(sent, [handshake({ step: "hello" }), handshake({ step: "hello" })]);
});

test("what belongs to a pairing that is over is left undone", async () => {
  const { session, sent, told, begun } = begin();
  session.receiveText(PAIRED);
  session.begin("12345674");
  session.receiveBinary(handshake({ step: "refused", code: "wrong-password", tries_left: 2 }));
  session.receiveText('{"type": "agent-gone"}');
  await settled();
  assert.deepEqual(sent, []);
  assert.deepEqual(told.map(({ type }) => type), ["paired", "agent-gone"]);
  assert.equal(begun(), 2);
});

test("without keys and consent no input leaves", async () => {
  const { session, sent } = begin();
  session.receiveText(PAIRED);
  session.control([{ t: "text", text: "zu früh" }]);
  session.receiveText('{"type": "consent", "granted": true}');
  session.control([{ t: "text", text: "ohne Schlüssel" }]);
  await settled();
  assert.deepEqual(sent, []);
});

test("a page that has no keys yet does not try to resume", () => {
  const { session, told } = begin();
  session.receiveText(PAIRED);
  assert.deepEqual(told, [
    { type: "paired", supportId: "046631690", hostname: "pc", platform: "X", isResuming: false },
  ]);
});
