import assert from "node:assert/strict";
import { test } from "node:test";

import { Pointer, isSideways, screenPoint, wheelSteps } from "../../sessions/static/sessions/viewer/core/input.js";

const BOX = { left: 100, top: 50, width: 960, height: 540 };
const SCREEN = { width: 1920, height: 1080 };
const POINT = { x: 5, y: 6 };
let now = 0;

/**
 * @param {number} buttons
 * @param {Partial<{clientX: number, clientY: number, timeStamp: number}>} [more]
 */
function event(buttons, more = {}) {
  now += 1000;
  return { buttons, clientX: 50, clientY: 60, timeStamp: now, ...more };
}

test("a place on the picture is a pixel of the customer's screen", () => {
  assert.deepEqual(screenPoint({ clientX: 100, clientY: 50 }, BOX, SCREEN), { x: 0, y: 0 });
  assert.deepEqual(screenPoint({ clientX: 580, clientY: 320 }, BOX, SCREEN), { x: 960, y: 540 });
});

test("a place beside the picture, as in a drag, is the nearest pixel of its edge", () => {
  assert.deepEqual(screenPoint({ clientX: -50, clientY: 9999 }, BOX, SCREEN), { x: 0, y: 1079 });
  assert.deepEqual(screenPoint({ clientX: 1060, clientY: 590 }, BOX, SCREEN), { x: 1919, y: 1079 });
});

test("buttons are told once each, with their place and the protocol's numbers", () => {
  const pointer = new Pointer();
  const told = [1, 1 | 2, 2, 2 | 4 | 8 | 16, 0].map((buttons) =>
    pointer.update(event(buttons), POINT).map(({ button, down }) => `${down ? "+" : "-"}${button}`),
  );
  assert.deepEqual(told, [["+0"], ["+2"], ["-0"], ["+1", "+3", "+4"], ["-1", "-2", "-3", "-4"]]);
});

test("of many movements only the newest waits, and a button makes it needless", () => {
  const pointer = new Pointer();
  pointer.update(event(0), { x: 1, y: 1 });
  pointer.update(event(0), { x: 2, y: 2 });
  assert.deepEqual(pointer.gathered(), [{ t: "move", x: 2, y: 2 }]);
  assert.deepEqual(pointer.gathered(), []);
  pointer.update(event(0), { x: 3, y: 3 });
  pointer.update(event(1), { x: 3, y: 3 });
  assert.deepEqual(pointer.gathered(), []);
});

test("turns of the wheel add up until they are taken, and parts of a unit are kept", () => {
  const pointer = new Pointer();
  pointer.turn({ dx: 0, dy: 120.6 }, { x: 1, y: 1 });
  pointer.turn({ dx: 30, dy: 119.6 }, POINT);
  assert.deepEqual(pointer.gathered(), [{ t: "wheel", dx: 30, dy: 240, x: 5, y: 6 }]);
  assert.deepEqual(pointer.gathered(), []);
  for (let turns = 0; turns < 9; turns += 1) {
    pointer.turn({ dx: 0, dy: 0.1 }, POINT);
  }
  assert.deepEqual(pointer.gathered(), [{ t: "wheel", dx: 0, dy: 1, x: 5, y: 6 }]);
});

test("a page that stood still sends no more than the protocol takes", () => {
  const pointer = new Pointer();
  for (let turns = 0; turns < 100; turns += 1) {
    pointer.turn({ dx: 6000, dy: -6000 }, POINT);
  }
  assert.deepEqual(pointer.gathered(), [{ t: "wheel", dx: 120_000, dy: -120_000, x: 5, y: 6 }]);
});

test("after release no button is down and nothing waits", () => {
  const pointer = new Pointer();
  pointer.update(event(1), POINT);
  pointer.turn({ dx: 0, dy: 120 }, POINT);
  pointer.update(event(1), { x: 9, y: 9 });
  pointer.release();
  assert.deepEqual(pointer.gathered(), []);
});

test("a button that is still down after release counts only when it is pressed again", () => {
  const pointer = new Pointer();
  pointer.update(event(1), POINT);
  pointer.release();
  assert.deepEqual(pointer.update(event(1), { x: 9, y: 9 }), []);
  assert.deepEqual(pointer.update(event(1 | 2), POINT).map(({ button }) => button), [2]);
  assert.deepEqual(pointer.update(event(0), POINT).map(({ button, down }) => [button, down]), [[2, false]]);
  assert.deepEqual(pointer.update(event(1), POINT).map(({ button, down }) => [button, down]), [[0, true]]);
});

test("the second click of a double click hits the same pixel, though the hand trembles", () => {
  const pointer = new Pointer();
  const first = { clientX: 100, clientY: 100, timeStamp: 5000 };
  const place = (/** @type {number} */ buttons, /** @type {object} */ at, /** @type {{x: number, y: number}} */ point) =>
    pointer.update(event(buttons, at), point).map(({ x, y }) => [x, y]);
  assert.deepEqual(place(1, first, { x: 400, y: 400 }), [[400, 400]]);
  place(0, first, { x: 400, y: 400 });
  assert.deepEqual(place(1, { clientX: 101, clientY: 99, timeStamp: 5200 }, { x: 404, y: 396 }), [[400, 400]]);
  place(0, first, { x: 404, y: 396 });
  assert.deepEqual(place(1, { clientX: 101, clientY: 99, timeStamp: 5900 }, { x: 404, y: 396 }), [[404, 396]]);
  place(0, first, { x: 404, y: 396 });
  assert.deepEqual(place(1, { clientX: 120, clientY: 99, timeStamp: 6000 }, { x: 480, y: 396 }), [[480, 396]]);
});

const PLAIN = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };

/** @type {[string, Partial<Parameters<typeof wheelSteps>[0]>, {dx: number, dy: number}][]} */
const WHEELS = [
  ["Chromium, one notch down", { deltaY: 100, wheelDeltaX: 0, wheelDeltaY: -120 }, { dx: 0, dy: 120 }],
  ["Chromium, left", { deltaX: -100, wheelDeltaX: 120, wheelDeltaY: 0 }, { dx: -120, dy: 0 }],
  ["Chromium, a touchpad", { deltaY: 7.5, wheelDeltaX: 0, wheelDeltaY: -22 }, { dx: 0, dy: 9 }],
  ["Firefox, three lines down", { deltaY: 3, deltaMode: 1 }, { dx: 0, dy: 120 }],
  ["Firefox, a touchpad", { deltaY: -10 }, { dx: 0, dy: -12 }],
  ["Firefox, a touchpad that is hardly touched", { deltaY: 0.25 }, { dx: 0, dy: 0.3 }],
  ["one page", { deltaY: 1, deltaMode: 2 }, { dx: 0, dy: 120 }],
  ["more than anybody turns", { deltaY: 1e9 }, { dx: 0, dy: 6000 }],
  ["Firefox, Shift", { deltaY: 3, deltaMode: 1, shiftKey: true }, { dx: 120, dy: 0 }],
  ["Chromium, Shift", { deltaX: 100, wheelDeltaX: -120, wheelDeltaY: 0, shiftKey: true }, { dx: 120, dy: 0 }],
  ["Control, to enlarge", { deltaY: 3, deltaMode: 1, ctrlKey: true }, { dx: 0, dy: 120 }],
];
for (const [name, turn, steps] of WHEELS) {
  test(`the wheel counts in 1/120 of a notch: ${name}`, () =>
    assert.deepEqual(wheelSteps({ deltaX: 0, deltaY: 0, deltaMode: 0, ...PLAIN, ...turn }), steps));
}

test("Shift turns the wheel sideways unless another modifier gives it a meaning of its own", () => {
  const turn = { deltaX: 0, deltaY: 0, deltaMode: 0, ...PLAIN, shiftKey: true };
  assert.equal(isSideways(turn), true);
  assert.equal(isSideways({ ...turn, ctrlKey: true }), false);
  assert.equal(isSideways({ ...turn, shiftKey: false }), false);
});
