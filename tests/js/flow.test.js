import assert from "node:assert/strict";
import { test } from "node:test";

import { Outbox } from "../../sessions/static/sessions/viewer/core/flow.js";

/** @typedef {import("../../sessions/static/sessions/viewer/core/flow.js").ControlMessage} ControlMessage */

/** @type {(x: number) => ControlMessage} */
const move = (x) => ({ t: "move", x, y: 0 });
/** @type {ControlMessage} */
const CLICK = { t: "button", button: 0, down: true, x: 7, y: 7 };
/** @type {(text: string) => ControlMessage} */
const text = (said) => ({ t: "text", text: said });

/**
 * @param {Outbox} outbox
 * @param {number} now
 * @param {number} [buffered]
 */
function takeAll(outbox, now, buffered = 0) {
  const taken = [];
  for (let message = outbox.take(now, buffered); message !== null; message = outbox.take(now, buffered)) {
    taken.push(message);
  }
  return taken;
}

test("messages leave in the order in which they came", () => {
  const outbox = new Outbox();
  [text("a"), CLICK, text("b")].forEach((message) => outbox.push(message));
  assert.deepEqual(takeAll(outbox, 1000), [text("a"), CLICK, text("b")]);
  assert.equal(outbox.isEmpty, true);
});

test("of movements only the newest leaves, after what matters more", () => {
  const outbox = new Outbox();
  [move(1), text("a"), move(2), move(3)].forEach((message) => outbox.push(message));
  assert.deepEqual(takeAll(outbox, 1000), [text("a"), move(3)]);
});

test("a movement before a click is left out, for the click knows its place", () => {
  const outbox = new Outbox();
  [move(1), CLICK].forEach((message) => outbox.push(message));
  assert.deepEqual(takeAll(outbox, 1000), [CLICK]);
});

test("on a slow line movements wait and become the newest, keys do not wait", () => {
  const outbox = new Outbox();
  [move(1), text("a")].forEach((message) => outbox.push(message));
  assert.deepEqual(takeAll(outbox, 1000, 100_000), [text("a")]);
  outbox.push(move(2));
  assert.deepEqual(takeAll(outbox, 1010, 100_000), []);
  assert.equal(outbox.isEmpty, false);
  assert.deepEqual(takeAll(outbox, 1020, 0), [move(2)]);
});

test("a flood is held below the relay's 500 messages a second, and nothing is lost", () => {
  const outbox = new Outbox();
  for (let number = 0; number < 2000; number += 1) {
    outbox.push(text(String(number)));
  }
  const taken = [];
  /** @type {number[]} */
  const perTick = [];
  for (let now = 5000; !outbox.isEmpty; now += 10) {
    const some = takeAll(outbox, now);
    taken.push(...some);
    perTick.push(some.length);
  }
  assert.deepEqual(taken, Array.from({ length: 2000 }, (_, number) => text(String(number))));
  for (let start = 0; start < perTick.length; start += 1) {
    const inOneSecond = perTick.slice(start, start + 100).reduce((sum, count) => sum + count, 0);
    assert.ok(inOneSecond <= 360, `${inOneSecond} messages in one second`);
  }
});

test("after a lost line nothing old is sent", () => {
  const outbox = new Outbox();
  [text("a"), move(1)].forEach((message) => outbox.push(message));
  outbox.clear();
  assert.equal(outbox.isEmpty, true);
  assert.deepEqual(takeAll(outbox, 1000), []);
});
