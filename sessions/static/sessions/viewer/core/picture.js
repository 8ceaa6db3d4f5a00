// One frame of the picture, taken apart and checked (docs/protocol.md, section 6.1).
// Everything in it comes from a computer that nobody here knows.

import { jpegSize } from "./jpeg.js";
import * as fields from "./fields.js";

export const ZSTD = 1;
export const JPEG = 2;
export const COPY = 3;

const VERSION = 1;
const FRESH_STREAM = 1;
const HEADER = 8;
const RECT_HEADER = 13;
const MOST_PIXELS_A_SIDE = 16384;
// A canvas of this many pixels takes 256 MiB; what lies above is no screen but an attack.
const MOST_PIXELS = 2 ** 26;
// A frame may paint a place more than once (a preview, then the text), but not for ever.
const MOST_REPAINTS = 4;

/**
 * @typedef {object} Rect
 * @property {number} x
 * @property {number} y
 * @property {number} w
 * @property {number} h
 * @property {number} codec ZSTD, JPEG or COPY
 * @property {fields.Bytes} data for COPY empty
 * @property {number} sourceX for COPY only
 * @property {number} sourceY for COPY only
 *
 * @typedef {{freshStream: boolean, width: number, height: number, rects: Rect[]}} Frame
 */

/** @param {string} detail for whoever looks for the fault */
const malformed = (detail) => fields.malformed(`picture: ${detail}`);

/**
 * @param {fields.Bytes} payload
 * @returns {Frame}
 * @throws {fields.ProtocolError} malformed
 */
export function parseFrame(payload) {
  if (payload.length < HEADER) {
    throw malformed("shorter than its header");
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const [version, flags] = [view.getUint8(0), view.getUint8(1)];
  const [width, height, count] = [view.getUint16(2), view.getUint16(4), view.getUint16(6)];
  if (version !== VERSION || (flags & ~FRESH_STREAM) !== 0) {
    throw malformed(`version ${version}, flags ${flags}`);
  }
  const isScreen = width >= 1 && height >= 1 && width <= MOST_PIXELS_A_SIDE && height <= MOST_PIXELS_A_SIDE;
  if (!isScreen || width * height > MOST_PIXELS) {
    throw malformed(`a screen of ${width} x ${height}`);
  }
  const screen = { width, height };
  /** @type {Rect[]} */
  const rects = [];
  let at = HEADER;
  let painted = 0;
  for (let index = 0; index < count; index += 1) {
    const rect = parseRect(view, at, screen);
    rects.push(rect.rect);
    at = rect.end;
    painted += rect.rect.w * rect.rect.h;
  }
  if (at !== payload.length) {
    throw malformed("bytes after the last rectangle");
  }
  if (painted > MOST_REPAINTS * width * height) {
    throw malformed("rectangles of more than four screens");
  }
  return { freshStream: (flags & FRESH_STREAM) !== 0, width, height, rects };
}

/**
 * @param {DataView<ArrayBuffer>} view of the whole payload
 * @param {number} at where the rectangle begins
 * @param {{width: number, height: number}} screen
 * @returns {{rect: Rect, end: number}}
 */
function parseRect(view, at, screen) {
  if (at + RECT_HEADER > view.byteLength) {
    throw malformed("fewer rectangles than announced");
  }
  const x = view.getUint16(at);
  const y = view.getUint16(at + 2);
  const w = view.getUint16(at + 4);
  const h = view.getUint16(at + 6);
  const codec = view.getUint8(at + 8);
  const start = at + RECT_HEADER;
  const end = start + view.getUint32(at + 9);
  if (w < 1 || h < 1 || x + w > screen.width || y + h > screen.height) {
    throw malformed(`a rectangle of ${w} x ${h} at ${x}, ${y}`);
  }
  if (end > view.byteLength) {
    throw malformed("a rectangle longer than the frame");
  }
  const rect = { x, y, w, h, codec, sourceX: 0, sourceY: 0 };
  if (codec === COPY) {
    if (end - start !== 4) {
      throw malformed("a copy with other than 4 bytes");
    }
    const [sourceX, sourceY] = [view.getUint16(start), view.getUint16(start + 2)];
    if (sourceX + w > screen.width || sourceY + h > screen.height) {
      throw malformed("a copy from outside the screen");
    }
    return { rect: { ...rect, sourceX, sourceY, data: new Uint8Array(0) }, end };
  }
  const data = new Uint8Array(view.buffer, view.byteOffset + start, end - start);
  checkData(codec, data, w, h);
  return { rect: { ...rect, data }, end };
}

/**
 * @param {number} codec
 * @param {fields.Bytes} data
 * @param {number} w
 * @param {number} h
 */
function checkData(codec, data, w, h) {
  if (data.length === 0) {
    throw malformed("a rectangle without data");
  }
  if (codec === JPEG) {
    const size = jpegSize(data);
    if (size?.width !== w || size.height !== h) {
      throw malformed(`a JPEG of ${size?.width} x ${size?.height} for ${w} x ${h}`);
    }
  } else if (codec !== ZSTD) {
    throw malformed(`codec ${codec}`);
  }
}
