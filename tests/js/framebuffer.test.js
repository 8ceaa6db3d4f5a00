import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";

import { Framebuffer } from "../../sessions/static/sessions/viewer/core/framebuffer.js";

const NO_BANDS = new Uint8Array(0);
const BLACK = 0;
const BY_COLUMNS = 0x80;

/** The picture as rows of colours, which the plain twins below change. @typedef {number[][]} Rows */
/** @typedef {import("../../sessions/static/sessions/viewer/core/framebuffer.js").Box} Box */

/** @param {number[]} colours 3 bytes each; behind them one that belongs to nobody, as in zstd's memory */
const rgbOf = (colours) =>
  Uint8Array.from([...colours.flatMap((colour) => [colour & 0xff, (colour >> 8) & 0xff, colour >> 16]), 0x5a])
    .subarray(0, colours.length * 3);

/**
 * @param {Framebuffer} picture
 * @param {number} width
 * @returns {Rows} without alpha
 */
function rowsOf(picture, width) {
  const words = new Uint32Array(picture.bytes.buffer);
  return Array.from({ length: words.length / width }, (_, y) =>
    Array.from(words.subarray(y * width, (y + 1) * width), (word) => word & 0xff_ff_ff),
  );
}

/**
 * @param {number} width
 * @param {number} height
 * @param {number} [first] colour; each pixel has another one
 * @returns {{picture: Framebuffer, rows: Rows}} the same twice
 */
function painted(width, height, first = 0x10_20_30) {
  const colours = Array.from({ length: width * height }, (_, index) => (first + index * 0x01_03_07) & 0xff_ff_ff);
  const picture = new Framebuffer(width, height);
  picture.expand({ x: 0, y: 0, w: width, h: height, bands: NO_BANDS }, rgbOf(colours));
  return { picture, rows: Array.from({ length: height }, (_, y) => colours.slice(y * width, (y + 1) * width)) };
}

/**
 * @param {Rows} rows
 * @param {Box} box
 * @param {(x: number, y: number) => number | undefined} colour by the place in the box
 */
function fill(rows, { x, y, w, h }, colour) {
  for (let row = 0; row < h; row += 1) {
    for (let column = 0; column < w; column += 1) {
      /** @type {number[]} */ (rows[y + row])[x + column] = /** @type {number} */ (colour(column, row));
    }
  }
}

/** @param {number} side */
const span = (side) =>
  fc.integer({ min: 1, max: side }).chain((length) =>
    fc.tuple(fc.integer({ min: 0, max: side - length }), fc.integer({ min: 0, max: side - length }), fc.constant(length)),
  );

/** A picture, a box in it, and where a copy of that box may come from. */
const placed = fc
  .tuple(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 1, max: 13 }))
  .chain(([width, height]) =>
    fc.tuple(span(width), span(height)).map(([[x, sourceX, w], [y, sourceY, h]]) => ({
      size: /** @type {[number, number]} */ ([width, height]),
      rect: { x, y, w, h, sourceX, sourceY },
    })),
  );

test("a picture for which there is no memory is refused by its size", () => {
  assert.throws(() => new Framebuffer(2 ** 30, 2 ** 30), /no memory for a picture of 1073741824 x 1073741824/);
});

test("a new picture is black", () => {
  assert.deepEqual(rowsOf(new Framebuffer(2, 1), 2), [[BLACK, BLACK]]);
});

test("what is painted is opaque, red first, and nothing beside it is touched", () => {
  const picture = new Framebuffer(3, 2);
  picture.expand({ x: 1, y: 1, w: 1, h: 1, bands: NO_BANDS }, rgbOf([0x03_02_01]));
  const beside = [0, 0, 0, 0];
  assert.deepEqual([...picture.bytes], [beside, beside, beside, beside, [1, 2, 3, 255], beside].flat());
});

test("a rectangle of any size is painted where it belongs, row by row", () => {
  fc.assert(
    fc.property(placed, ({ size: [width, height], rect }) => {
      const { picture, rows } = painted(width, height);
      const colours = Array.from({ length: rect.w * rect.h }, (_, index) => 0xff_00_00 + index);
      picture.expand({ ...rect, bands: NO_BANDS }, rgbOf(colours));
      fill(rows, rect, (x, y) => colours[y * rect.w + x]);
      assert.deepEqual(rowsOf(picture, width), rows);
    }),
  );
});

test("lines come by rows or by columns", () => {
  const { picture, rows } = painted(5, 6);
  // 3 wide: one row, then two rows by columns, then one row.
  const bands = Uint8Array.of(1, 2 | BY_COLUMNS, 1);
  picture.expand({ x: 1, y: 2, w: 3, h: 4, bands }, rgbOf([1, 2, 3, 4, 7, 5, 8, 6, 9, 10, 11, 12]));
  fill(rows, { x: 1, y: 2, w: 3, h: 4 }, (x, y) => 1 + y * 3 + x);
  assert.deepEqual(rowsOf(picture, 5), rows);
});

test("bands of any height and kind are painted where they belong", () => {
  const kinds = fc.infiniteStream(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean()));
  fc.assert(
    fc.property(placed, kinds, ({ size: [width, height], rect }, stream) => {
      const { picture, rows } = painted(width, height);
      const [colours, bands] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
      /** @param {number} column @param {number} row */
      const colour = (column, row) => 0x40_00_00 + row * 0x100 + column;
      for (let top = 0; top < rect.h; ) {
        const [wanted, byColumns] = /** @type {[number, boolean]} */ (stream.next().value);
        const high = Math.min(wanted, rect.h - top);
        for (let index = 0; index < rect.w * high; index += 1) {
          const [row, column] = byColumns
            ? [index % high, Math.floor(index / high)]
            : [Math.floor(index / rect.w), index % rect.w];
          colours.push(colour(column, top + row));
        }
        bands.push(byColumns ? high | BY_COLUMNS : high);
        top += high;
      }
      picture.expand({ ...rect, bands: Uint8Array.from(bands) }, rgbOf(colours));
      fill(rows, rect, colour);
      assert.deepEqual(rowsOf(picture, width), rows);
    }),
  );
});

test("a copy reads all of its source first, whichever way the two overlap", () => {
  fc.assert(
    fc.property(placed, ({ size: [width, height], rect }) => {
      const { picture, rows } = painted(width, height);
      const before = structuredClone(rows);
      picture.copy(rect);
      fill(rows, rect, (x, y) => before[rect.sourceY + y]?.[rect.sourceX + x]);
      assert.deepEqual(rowsOf(picture, width), rows);
    }),
    // Right, left, down, up, and each diagonal, by less than the box is long.
    {
      numRuns: 1000,
      examples: [-1, 0, 1].flatMap((dx) =>
        [-1, 0, 1].map((dy) => /** @type {[any]} */ ([
          { size: [6, 6], rect: { x: 1 + dx, y: 1 + dy, w: 4, h: 4, sourceX: 1, sourceY: 1 } },
        ])),
      ),
    },
  );
});

test("what is taken from another picture comes from the same place of it", () => {
  fc.assert(
    fc.property(placed, ({ size: [width, height], rect }) => {
      const [one, other] = [painted(width, height), painted(width, height, 0x70_00_00)];
      one.picture.take(other.picture, rect);
      fill(one.rows, rect, (x, y) => other.rows[rect.y + y]?.[rect.x + x]);
      assert.deepEqual(rowsOf(one.picture, width), one.rows);
      assert.deepEqual(rowsOf(other.picture, width), other.rows);
    }),
  );
});

test("of something decoded the upper left is painted, since a film's picture may be larger", () => {
  const { picture, rows } = painted(5, 4);
  const words = Uint32Array.from({ length: 4 * 4 }, (_, index) => 0xff_00_00_00 + index);
  picture.paste({ x: 1, y: 1, w: 3, h: 3 }, { words, width: 4 });
  fill(rows, { x: 1, y: 1, w: 3, h: 3 }, (x, y) => y * 4 + x);
  assert.deepEqual(rowsOf(picture, 5), rows);
});
