import assert from "node:assert/strict";
import test from "node:test";

import { fittingScale, isSharp, originalScale } from "../../sessions/static/sessions/viewer/core/size.js";

test("the original size takes whole pixels of the display, near to what the customer sees", () => {
  const cases = /** @type {const} */ ([
    // ratio, scale, CSS pixels for one of the customer's
    [1, 100, 1],
    [2, 100, 1], // two by two of a fine display's pixels: as large as anything else on it
    [2, 200, 1 / 2],
    [1, 200, 1], // smaller than a pixel would not be sharp
    [1.5, 100, 2 / 1.5],
    [1.25, 100, 1 / 1.25],
    [3, 150, 2 / 3],
    [1, 25, 4],
    [0.5, 1000, 2],
  ]);
  for (const [ratio, scale, expected] of cases) {
    assert.equal(originalScale(ratio, scale), expected, `${ratio} ${scale}`);
    assert.ok(isSharp(originalScale(ratio, scale), ratio));
  }
});

test("a picture that fits nearly sharp is shown sharp", () => {
  const picture = { width: 1280, height: 800 };
  const fit = (/** @type {number} */ width, /** @type {number} */ height, ratio = 1) =>
    fittingScale(picture, { width, height }, ratio);
  assert.equal(fit(1280, 800), 1);
  assert.equal(fit(1400, 850), 1);
  assert.equal(fit(1350, 880), 1);
  assert.equal(fit(1600, 1000), 1.25);
  assert.equal(fit(640, 800), 0.5);
  assert.equal(fit(640, 800, 2), 0.5);
  assert.equal(fit(680, 800, 2), 0.5);
  assert.equal(fit(1000, 800, 1), 1000 / 1280);
});

test("nothing of the picture is ever outside the room", () => {
  for (const ratio of [0.5, 1, 1.25, 1.5, 2, 3]) {
    for (let width = 1; width < 3000; width += 37) {
      for (const height of [1, 50, 300, 777, 1600]) {
        const scale = fittingScale({ width: 1366, height: 768 }, { width, height }, ratio);
        assert.ok(scale > 0 && scale * 1366 <= width * 1.000001 && scale * 768 <= height * 1.000001);
      }
    }
  }
});

test("only whole pixels are sharp", () => {
  for (const ratio of [1, 1.1, 1.25, 1.5, 2, 2.625]) {
    for (const pixels of [1, 2, 3, 7]) {
      assert.ok(isSharp(pixels / ratio, ratio));
      assert.ok(!isSharp((pixels - 0.5) / ratio, ratio));
    }
    assert.ok(!isSharp(0, ratio));
  }
});
