// One frame of the picture, taken apart and checked (docs/protocol.md, section 6.1).
// Everything in it comes from a computer that nobody here knows.

import * as h264 from "./h264.js";
import { countBands } from "./lines.js";
import { jpegSize } from "./jpeg.js";
import * as fields from "./fields.js";

export const ZSTD = 1;
export const JPEG = 2;
export const COPY = 3;
export const H264 = 4;
export const PREVIEW = 5;
export const KEEP = 6;
export const RESTORE = 7;
export const LINES = 8;
const PLANES = 4;

const VERSION = 1;
const FRESH_STREAM = 1;
const HEADER = 8;
const RECT_HEADER = 13;
const MOST_PIXELS_A_SIDE = 16384;
// A canvas of this many pixels takes 256 MiB; what lies above is no screen but an attack.
const MOST_PIXELS = 2 ** 26;
// A frame may paint a place more than once (a preview, then the text), but not for ever.
const MOST_REPAINTS = 4;
// Nor keep and restore it for ever.
const MOST_KEPT = 4;
// A plane takes as much memory as the picture; of larger ones nothing is kept.
const MOST_PLANE_PIXELS = 2 ** 24;
const KEY = 1;

/**
 * @typedef {object} Rect
 * @property {number} x
 * @property {number} y
 * @property {number} w
 * @property {number} h
 * @property {number} codec one of the constants above
 * @property {fields.Bytes} data for COPY, KEEP and RESTORE empty; for H264 the access unit
 * @property {number} sourceX for COPY only
 * @property {number} sourceY for COPY only
 * @property {fields.Bytes} bands for LINES only: which of its rows come by columns
 * @property {number} plane for KEEP and RESTORE only
 * @property {h264.Announced | null} key for H264 only: what a key frame announces
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
  const { freshStream, width, height, count } = readHead(view);
  /** @type {Rect[]} */
  const rects = [];
  let at = HEADER;
  for (let index = 0; index < count; index += 1) {
    const { rect, end } = parseRect(view, at, { width, height });
    rects.push(rect);
    at = end;
  }
  if (at !== payload.length) {
    throw malformed("bytes after the last rectangle");
  }
  const isKept = (/** @type {Rect} */ { codec }) => codec === KEEP || codec === RESTORE;
  const screen = width * height;
  if (
    area(rects.filter((rect) => !isKept(rect))) > MOST_REPAINTS * screen ||
    area(rects.filter(isKept)) > MOST_KEPT * screen
  ) {
    throw malformed("rectangles of more than four screens");
  }
  return { freshStream, width, height, rects };
}

/** @param {Rect[]} rects */
const area = (rects) => rects.reduce((sum, { w, h }) => sum + w * h, 0);

/** @param {DataView} view */
function readHead(view) {
  const [version, flags] = [view.getUint8(0), view.getUint8(1)];
  const [width, height, count] = [view.getUint16(2), view.getUint16(4), view.getUint16(6)];
  if (version !== VERSION || (flags & ~FRESH_STREAM) !== 0) {
    throw malformed(`version ${version}, flags ${flags}`);
  }
  const isScreen = width >= 1 && height >= 1 && width <= MOST_PIXELS_A_SIDE && height <= MOST_PIXELS_A_SIDE;
  if (!isScreen || width * height > MOST_PIXELS) {
    throw malformed(`a screen of ${width} x ${height}`);
  }
  return { freshStream: (flags & FRESH_STREAM) !== 0, width, height, count };
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
  const data = new Uint8Array(view.buffer, view.byteOffset + start, end - start);
  /** @type {Rect} */
  const rect = { x, y, w, h, codec, data, sourceX: 0, sourceY: 0, bands: NOTHING, plane: 0, key: null };
  readData(rect, screen);
  return { rect, end };
}

const NOTHING = new Uint8Array(0);

/**
 * Check a rectangle's data, and take apart what of it is no picture.
 *
 * @param {Rect} rect
 * @param {{width: number, height: number}} screen
 */
function readData(rect, screen) {
  const { codec, data, w, h } = rect;
  switch (codec) {
    case ZSTD:
      if (data.length === 0) {
        throw malformed("a rectangle without data");
      }
      break;
    case JPEG:
      checkJpeg(data, w, h);
      break;
    case PREVIEW:
      checkJpeg(data, Math.ceil(w / 2), Math.ceil(h / 2));
      break;
    case LINES:
      readLines(rect);
      break;
    case COPY:
      readCopy(rect, screen);
      break;
    case H264:
      readAccessUnit(rect);
      break;
    case KEEP:
    case RESTORE:
      readPlane(rect, screen);
      break;
    default:
      throw malformed(`codec ${codec}`);
  }
}

/**
 * @param {fields.Bytes} data
 * @param {number} width
 * @param {number} height
 */
function checkJpeg(data, width, height) {
  const size = jpegSize(data);
  if (size?.width !== width || size.height !== height) {
    throw malformed(`a JPEG of ${size?.width} x ${size?.height} for ${width} x ${height}`);
  }
}

/** @param {Rect} rect */
function readLines(rect) {
  const count = countBands(rect.data, rect.h);
  if (count === 0) {
    throw malformed("bands that do not make a rectangle");
  }
  Object.assign(rect, { bands: rect.data.subarray(0, count), data: rect.data.subarray(count) });
}

/**
 * @param {Rect} rect
 * @param {{width: number, height: number}} screen
 */
function readCopy(rect, screen) {
  const { data, w, h } = rect;
  if (data.length !== 4) {
    throw malformed("a copy with other than 4 bytes");
  }
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const [sourceX, sourceY] = [view.getUint16(0), view.getUint16(2)];
  if (sourceX + w > screen.width || sourceY + h > screen.height) {
    throw malformed("a copy from outside the screen");
  }
  Object.assign(rect, { sourceX, sourceY, data: NOTHING });
}

/** @param {Rect} rect */
function readAccessUnit(rect) {
  const flags = rect.data[0];
  const data = rect.data.subarray(1);
  if (flags === undefined || (flags & ~KEY) !== 0 || !h264.isWellFormed(data, flags === KEY)) {
    throw malformed("no access unit of H.264");
  }
  const key = flags === KEY ? h264.announced(data) : null;
  if (flags === KEY) {
    // Colours come for two pixels by two, so sides are even.
    const [width, height] = [rect.w + (rect.w % 2), rect.h + (rect.h % 2)];
    if (key?.width !== width || key.height !== height) {
      throw malformed(`H.264 of ${key?.width} x ${key?.height} for ${rect.w} x ${rect.h}`);
    }
  }
  Object.assign(rect, { key, data });
}

/**
 * @param {Rect} rect
 * @param {{width: number, height: number}} screen
 */
function readPlane(rect, screen) {
  const [plane] = rect.data;
  const isPlane = rect.data.length === 1 && plane !== undefined && plane < PLANES;
  if (!isPlane || screen.width * screen.height > MOST_PLANE_PIXELS) {
    throw malformed("a plane that does not exist");
  }
  Object.assign(rect, { plane, data: NOTHING });
}
