import assert from "node:assert/strict";
import { test } from "node:test";

import { Pointer, screenPoint, wheelSteps } from "../../sessions/static/sessions/viewer/core/input.js";

const BOX = { left: 100, top: 50, width: 960, height: 540 };
const SCREEN = { width: 1920, height: 1080 };
const POINT = { x: 5, y: 6 };

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
    pointer.update(buttons, POINT).map(({ button, down }) => `${down ? "+" : "-"}${button}`),
  );
  assert.deepEqual(told, [["+0"], ["+2"], ["-0"], ["+1", "+3", "+4"], ["-1", "-2", "-3", "-4"]]);
});

test("of many movements only the newest waits, and a button makes it needless", () => {
  const pointer = new Pointer();
  pointer.update(0, { x: 1, y: 1 });
  pointer.update(0, { x: 2, y: 2 });
  assert.deepEqual(pointer.gathered(), [{ t: "move", x: 2, y: 2 }]);
  assert.deepEqual(pointer.gathered(), []);
  pointer.update(0, { x: 3, y: 3 });
  pointer.update(1, { x: 3, y: 3 });
  assert.deepEqual(pointer.gathered(), []);
});

test("turns of the wheel add up until they are taken", () => {
  const pointer = new Pointer();
  pointer.turn({ dx: 0, dy: 120 }, { x: 1, y: 1 });
  pointer.turn({ dx: 30, dy: 120 }, POINT);
  assert.deepEqual(pointer.gathered(), [{ t: "wheel", dx: 30, dy: 240, x: 5, y: 6 }]);
});

test("after release no button is down and nothing waits", () => {
  const pointer = new Pointer();
  pointer.update(1, POINT);
  pointer.update(1, { x: 9, y: 9 });
  pointer.release();
  assert.deepEqual(pointer.gathered(), []);
  assert.deepEqual(pointer.update(0, POINT), []);
});

/** @type {[string, Parameters<typeof wheelSteps>[0], {dx: number, dy: number}][]} */
const WHEELS = [
  ["Chromium, one notch down", { deltaX: 0, deltaY: 100, deltaMode: 0, wheelDeltaX: 0, wheelDeltaY: -120 }, { dx: 0, dy: 120 }],
  ["Chromium, left", { deltaX: -100, deltaY: 0, deltaMode: 0, wheelDeltaX: 120, wheelDeltaY: 0 }, { dx: -120, dy: 0 }],
  ["Firefox, three lines down", { deltaX: 0, deltaY: 3, deltaMode: 1 }, { dx: 0, dy: 120 }],
  ["Firefox, a touchpad", { deltaX: 0, deltaY: -10, deltaMode: 0 }, { dx: 0, dy: -12 }],
  ["one page", { deltaX: 0, deltaY: 1, deltaMode: 2 }, { dx: 0, dy: 120 }],
  ["more than anybody turns", { deltaX: 0, deltaY: 1e9, deltaMode: 0 }, { dx: 0, dy: 6000 }],
];
for (const [name, event, steps] of WHEELS) {
  test(`the wheel counts in 1/120 of a notch: ${name}`, () => assert.deepEqual(wheelSteps(event), steps));
}
