import assert from "node:assert/strict";
import { test } from "node:test";

import { Comparison, digest } from "../../sessions/static/sessions/viewer/core/comparison.js";
import { fromHex, vectors } from "./vectors.js";

/** @param {{width: number, height: number, rgb: string}} picture */
function readerOf({ width, height, rgb }) {
  const colours = fromHex(rgb);
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  colours.forEach((colour, index) => (pixels[Math.floor(index / 3) * 4 + (index % 3)] = colour));
  return (/** @type {number} */ y, /** @type {number} */ rows) =>
    pixels.slice(y * width * 4, (y + rows) * width * 4);
}

test("pictures of the vectors have the digests of the vectors", async () => {
  for (const picture of vectors("checksum.json").pictures) {
    const found = await digest(picture, readerOf(picture), () => false);
    assert.deepEqual(found, fromHex(picture.digest), `${picture.width} x ${picture.height}`);
  }
});

test("a picture so large that it is read in parts has the same digest", async () => {
  const size = { width: 2 ** 15, height: 2 * 64 + 1 };
  let reads = 0;
  const found = await digest(
    size,
    (y, rows) => {
      reads += 1;
      return new Uint8ClampedArray(rows * size.width * 4).fill(y + rows > 2 * 64 ? 1 : 0);
    },
    () => false,
  );
  assert.equal(reads, 2);
  assert.equal(found?.length, 32);
});

test("nothing more is read once nobody wants to know", async () => {
  let asked = 0;
  const found = await digest(
    { width: 1, height: 1000 },
    (_y, rows) => new Uint8ClampedArray(rows * 4),
    () => (asked += 1) > 2,
  );
  assert.equal(found, null);
  assert.equal(asked, 3);
});

test("a full picture is asked for when the digests differ, but not for ever", () => {
  const comparison = new Comparison();
  const [ours, theirs] = [new Uint8Array(32), new Uint8Array(32).fill(7)];
  assert.equal(comparison.judge(ours, ours), false);
  assert.deepEqual([1, 2, 3, 4].map(() => comparison.judge(ours, theirs)), [true, true, true, false]);
  assert.equal(comparison.mismatches, 4);
  comparison.begin();
  assert.equal(comparison.judge(ours, theirs), true);
  assert.equal(comparison.judge(ours, ours), false);
  assert.equal(comparison.mismatches, 5);
});
