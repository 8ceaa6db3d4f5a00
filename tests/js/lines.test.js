import assert from "node:assert/strict";
import test from "node:test";

import { countBands, unfold } from "../../sessions/static/sessions/viewer/core/lines.js";

test("bands are put where they belong, by rows or by columns", () => {
  // 3 wide: one row, then two rows by columns, then one row.
  const from = Uint32Array.of(1, 2, 3, 4, 7, 5, 8, 6, 9, 10, 11, 12);
  const to = new Uint32Array(12);
  unfold(Uint8Array.of(1, 0x82, 1), 3, from, to);
  assert.deepEqual([...to], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
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
