// A picture in memory: what the canvas is to show, or what a plane keeps of it (docs/protocol.md,
// section 6.1). To move pixels within a canvas, a browser first copies all of it (3 to 5 ms at
// 1920x1080); memory moves in 0.2 ms at most, and what has changed is put on the canvas in 0.1.

import { heightOf, isByColumns } from "./lines.js";

/** @typedef {{x: number, y: number, w: number, h: number}} Box in pixels, inside the picture */

const OPAQUE = 0xff000000;
const RGB_SIZE = 3;

/** The page's computer has too little memory for a picture of this size. */
export class NoMemoryError extends Error {}

/** Words of a pixel each, as ImageData has them: red is the lowest byte. Begins black. */
export class Framebuffer {
  #width;
  /** Zeros are black to a canvas without alpha, and cost nothing until they are written over. */
  #words;

  /**
   * @param {number} width in pixels
   * @param {number} height
   * @throws {NoMemoryError}
   */
  constructor(width, height) {
    this.#width = width;
    try {
      this.#words = new Uint32Array(width * height);
    } catch {
      throw new NoMemoryError(`no memory for a picture of ${width} x ${height}`);
    }
  }

  /** RGBA; always the same memory, which changes with the picture. */
  get bytes() {
    return new Uint8ClampedArray(this.#words.buffer);
  }

  /**
   * Paint what came out of the zstd stream.
   *
   * @param {Box & {bands: Uint8Array}} rect none of its bands if all comes by rows
   * @param {Uint8Array} rgb 3 bytes a pixel, and in its memory at least one byte behind the last
   */
  expand({ x, y, w, h, bands }, rgb) {
    const view = new DataView(rgb.buffer, rgb.byteOffset);
    if (bands.length === 0) {
      this.#expandRows(view, 0, { x, y, w, h });
    }
    let top = 0;
    for (const band of bands) {
      const box = { x, y: y + top, w, h: heightOf(band) };
      const from = top * w * RGB_SIZE;
      if (isByColumns(band)) {
        this.#expandColumns(view, from, box);
      } else {
        this.#expandRows(view, from, box);
      }
      top += box.h;
    }
  }

  // Both read four bytes at once: the last is the next pixel's and becomes alpha. Every browser's
  // machine is little-endian.

  /**
   * @param {DataView} view
   * @param {number} from byte at which the box begins
   * @param {Box} box
   */
  #expandRows(view, from, { x, y, w, h }) {
    const [words, width] = [this.#words, this.#width];
    let at = from;
    for (let row = y * width + x; row < (y + h) * width; row += width) {
      for (let to = row; to < row + w; to += 1) {
        words[to] = OPAQUE | view.getUint32(at, true);
        at += RGB_SIZE;
      }
    }
  }

  /**
   * @param {DataView} view
   * @param {number} from byte at which the box begins
   * @param {Box} box
   */
  #expandColumns(view, from, { x, y, w, h }) {
    const [words, width] = [this.#words, this.#width];
    const start = y * width + x;
    const length = h * width;
    let at = from;
    for (let column = start; column < start + w; column += 1) {
      for (let to = column; to < column + length; to += width) {
        words[to] = OPAQUE | view.getUint32(at, true);
        at += RGB_SIZE;
      }
    }
  }

  /**
   * Move a part to `x`, `y`; source and target may overlap, all of the source is read first.
   *
   * @param {Box & {sourceX: number, sourceY: number}} rect
   */
  copy({ x, y, w, h, sourceX, sourceY }) {
    const width = this.#width;
    // Downwards from below, so that no row is written over before it is read.
    const isDown = y > sourceY;
    for (let index = 0; index < h; index += 1) {
      const row = isDown ? h - 1 - index : index;
      const from = (sourceY + row) * width + sourceX;
      this.#words.copyWithin((y + row) * width + x, from, from + w);
    }
  }

  /**
   * Paint the same place of another picture of this size.
   *
   * @param {Framebuffer} other
   * @param {Box} box
   */
  take(other, { x, y, w, h }) {
    for (let row = y; row < y + h; row += 1) {
      const start = row * this.#width + x;
      this.#words.set(other.#words.subarray(start, start + w), start);
    }
  }

  /**
   * Paint the upper left of something decoded.
   *
   * @param {Box} box
   * @param {{words: Uint32Array, width: number}} image row by row
   */
  paste({ x, y, w, h }, { words, width }) {
    for (let row = 0; row < h; row += 1) {
      const from = row * width;
      this.#words.set(words.subarray(from, from + w), (y + row) * this.#width + x);
    }
  }
}
