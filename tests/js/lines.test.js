import assert from "node:assert/strict";
import test from "node:test";

import { countBands, heightOf, isByColumns } from "../../sessions/static/sessions/viewer/core/lines.js";

test("a band says how high it is, and whether its pixels come by columns", () => {
  assert.deepEqual([heightOf(0x85), isByColumns(0x85)], [5, true]);
  assert.deepEqual([heightOf(0x7f), isByColumns(0x7f)], [127, false]);
});

test("bands are counted up to the height, and what is wrong with them is refused", () => {
  assert.equal(countBands(Uint8Array.of(1, 0x82, 1, 9), 4), 3);
  assert.equal(countBands(Uint8Array.of(0xff, 9), 127), 1);
  assert.equal(countBands(Uint8Array.of(1, 0x82, 1), 4), 0, "no stream follows");
  assert.equal(countBands(Uint8Array.of(1, 3, 9), 4), 0, "none is by columns");
  assert.equal(countBands(Uint8Array.of(0x81, 4, 9), 4), 0, "too high");
  assert.equal(countBands(Uint8Array.of(0x81, 1, 1), 4), 0, "too low");
  assert.equal(countBands(Uint8Array.of(0x81, 0x80, 3, 9), 4), 0, "without height");
  assert.equal(countBands(Uint8Array.of(), 4), 0);
});
