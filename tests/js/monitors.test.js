import assert from "node:assert/strict";
import test from "node:test";

import { pictureOrigin, pictureScale } from "../../sessions/static/sessions/viewer/core/monitors.js";

const LEFT = { id: 71, name: "DP-1", x: 0, y: 0, w: 2560, h: 1440, scale: 100, primary: true };
const RIGHT = { id: 0, name: "HDMI-1", x: 2560, y: 360, w: 1920, h: 1080, scale: 100, primary: false };

test("a place in the picture becomes one on the whole screen", () => {
  const told = (/** @type {number | null} */ shown) =>
    pictureOrigin({ t: "monitors", monitors: [LEFT, RIGHT], shown });
  assert.deepEqual(told(71), { x: 0, y: 0 });
  assert.deepEqual(told(0), { x: 2560, y: 360 });
  assert.deepEqual(told(null), { x: 0, y: 0 });
  assert.deepEqual(pictureOrigin(null), { x: 0, y: 0 });
});

test("the scale is that of what is shown, and of all monitors that of the primary one", () => {
  const [one, two] = [{ ...LEFT, scale: 150, primary: false }, { ...RIGHT, scale: 200, primary: true }];
  const told = (/** @type {number | null} */ shown) =>
    pictureScale({ t: "monitors", monitors: [one, two], shown });
  assert.equal(told(71), 150);
  assert.equal(told(0), 200);
  assert.equal(told(null), 200);
  assert.equal(pictureScale({ t: "monitors", monitors: [one], shown: null }), 150);
  assert.equal(pictureScale(null), 100);
});
