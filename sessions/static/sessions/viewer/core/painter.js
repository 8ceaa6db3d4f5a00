// Frames onto the canvas. Without JPEG and film in them they are painted without a single await.

import { digest } from "./comparison.js";
import { malformed } from "./fields.js";
import { Film } from "./film.js";
import { unfold } from "./lines.js";
import { COPY, H264, JPEG, KEEP, LINES, PREVIEW, RESTORE, ZSTD } from "./picture.js";
import { Planes } from "./planes.js";
import { ZstdError, ZstdStream } from "./zstd.js";

/** @typedef {import("./picture.js").Frame} Frame */
/** @typedef {import("./picture.js").Rect} Rect */

const OPAQUE = 0xff000000;

/** Paints the frames of one pairing after the other on one canvas. */
export class Painter {
  /** @type {OffscreenCanvas | HTMLCanvasElement} */
  #canvas;
  /** @type {OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D} */
  #context;
  /** @type {ZstdStream} */
  #zstd;
  #film;
  #planes = new Planes();
  #hasPicture = false;
  /** Pixels on their way to the canvas; kept, since fresh memory costs as much as decoding. */
  #pixels = new Uint8ClampedArray(0);
  /** The same as they came, where that is band by band. */
  #folded = new Uint8ClampedArray(0);

  /**
   * @param {OffscreenCanvas | HTMLCanvasElement} canvas
   * @param {WebAssembly.Module} zstd
   * @param {() => void} onFilmBroken the decoder of films gave up; a full picture is needed
   */
  constructor(canvas, zstd, onFilmBroken) {
    const context = /** @type {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null} */ (
      canvas.getContext("2d", { alpha: false })
    );
    if (context === null) {
      throw new Error("this browser gives no 2D context");
    }
    this.#canvas = canvas;
    this.#context = context;
    this.#zstd = new ZstdStream(zstd);
    this.#film = new Film(onFilmBroken);
  }

  /** A new pairing: its first frame has to start afresh. The old picture stays visible. */
  begin() {
    this.#hasPicture = false;
    this.#film.reset();
  }

  /**
   * @param {Frame} frame
   * @returns {Promise<void>} done when everything is painted
   * @throws {import("./fields.js").ProtocolError} malformed
   */
  async paint(frame) {
    if (frame.freshStream) {
      this.#film.reset();
    }
    const images = frame.rects.some(isImage) ? await this.#decodeAll(frame.rects) : [];
    this.#prepare(frame);
    for (const [index, rect] of frame.rects.entries()) {
      this.#paintRect(rect, images[index] ?? null);
    }
  }

  /**
   * @param {() => boolean} isStale whether nobody wants to know any more
   * @returns {Promise<import("./fields.js").Bytes | null>} of the picture as it stands; null if nobody does
   */
  digest(isStale) {
    const { width, height } = this.#canvas;
    const read = (/** @type {number} */ y, /** @type {number} */ rows) =>
      this.#context.getImageData(0, y, width, rows).data;
    return digest({ width, height }, read, isStale);
  }

  /**
   * @param {Rect} rect
   * @param {Image | null} image
   */
  #paintRect(rect, image) {
    const { codec, x, y, w, h, sourceX, sourceY } = rect;
    switch (codec) {
      case ZSTD:
      case LINES:
        this.#paintZstd(rect);
        break;
      case COPY:
        this.#context.drawImage(this.#canvas, sourceX, sourceY, w, h, x, y, w, h);
        break;
      case KEEP:
        this.#planes.keep(this.#canvas, rect);
        break;
      case RESTORE:
        this.#planes.restore(this.#context, rect);
        break;
      default:
        // Without an image the decoder is broken, and a full picture on its way.
        if (image !== null) {
          this.#paintImage(image, rect);
          image.close();
        }
    }
  }

  /**
   * @param {Rect[]} rects
   * @returns {Promise<(Image | null)[]>} in the order of the rectangles, null where none is needed
   */
  async #decodeAll(rects) {
    const found = await Promise.allSettled(
      rects.map((rect) => (rect.codec === H264 ? this.#film.decode(rect) : decodeJpeg(rect))),
    );
    return found.map((result) => {
      if (result.status === "rejected") {
        throw malformed("picture: an image that cannot be decoded");
      }
      return result.value;
    });
  }

  /** @param {Frame} frame */
  #prepare({ freshStream, width, height }) {
    if (freshStream) {
      this.#zstd.restart();
      this.#planes.clear();
    } else if (!this.#hasPicture) {
      throw malformed("picture: the first frame starts no stream");
    }
    if (!this.#hasPicture || this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
      this.#planes.clear();
      // Setting the size resets the context; copies must not blur.
      this.#context.imageSmoothingEnabled = false;
    }
    this.#hasPicture = true;
  }

  /**
   * @param {Image} image
   * @param {Rect} rect
   */
  #paintImage(image, { codec, x, y, w, h }) {
    if (codec === PREVIEW) {
      this.#context.imageSmoothingEnabled = true;
      this.#context.drawImage(image, 0, 0, w / 2, h / 2, x, y, w, h);
      this.#context.imageSmoothingEnabled = false;
    } else {
      // A film's picture may be one line wider and higher.
      this.#context.drawImage(image, 0, 0, w, h, x, y, w, h);
    }
  }

  /** @param {Rect} rect */
  #paintZstd({ x, y, w, h, data, bands }) {
    try {
      const rgb = this.#zstd.decode(data, w * h * 3);
      this.#pixels = atLeast(this.#pixels, w * h * 4);
      const rgba = this.#pixels.subarray(0, w * h * 4);
      if (bands.length === 0) {
        rgbToRgba(rgb, rgba);
      } else {
        this.#folded = atLeast(this.#folded, w * h * 4);
        const folded = this.#folded.subarray(0, w * h * 4);
        rgbToRgba(rgb, folded);
        unfold(bands, w, wordsOf(folded), wordsOf(rgba));
      }
      this.#context.putImageData(new ImageData(rgba, w, h), x, y);
    } catch (error) {
      if (error instanceof ZstdError) {
        throw malformed(`picture: ${error.message}`);
      }
      throw error;
    }
  }
}

/** @typedef {ImageBitmap | VideoFrame} Image */

/**
 * @param {Uint8ClampedArray<ArrayBuffer>} memory
 * @param {number} size
 * @returns {Uint8ClampedArray<ArrayBuffer>} the same, or as much as is needed
 */
const atLeast = (memory, size) => (memory.length < size ? new Uint8ClampedArray(size) : memory);

/** @param {Uint8ClampedArray} rgba */
const wordsOf = ({ buffer, byteOffset, length }) => new Uint32Array(buffer, byteOffset, length / 4);

/** @param {Rect} rect */
const isImage = ({ codec }) => codec === JPEG || codec === PREVIEW || codec === H264;

/**
 * @param {Rect} rect
 * @returns {Promise<ImageBitmap> | null} null for another codec
 */
function decodeJpeg({ codec, data }) {
  if (codec !== JPEG && codec !== PREVIEW) {
    return null;
  }
  return createImageBitmap(new Blob([data], { type: "image/jpeg" }), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  });
}

/**
 * @param {Uint8Array} rgb 3 bytes a pixel; at the address of a whole word
 * @param {Uint8ClampedArray} rgba 4 bytes a pixel, made opaque
 */
export function rgbToRgba(rgb, rgba) {
  const pixels = rgba.length / 4;
  const out = new Uint32Array(rgba.buffer, rgba.byteOffset, pixels);
  // Four pixels are three words: a third of the reads. Every browser's machine is little-endian.
  const words = new Uint32Array(rgb.buffer, rgb.byteOffset, Math.floor((pixels * 3) / 4));
  const whole = pixels - (pixels % 4);
  for (let to = 0, from = 0; to < whole; to += 4, from += 3) {
    const a = /** @type {number} */ (words[from]);
    const b = /** @type {number} */ (words[from + 1]);
    const c = /** @type {number} */ (words[from + 2]);
    out[to] = OPAQUE | a;
    out[to + 1] = OPAQUE | (a >>> 24) | (b << 8);
    out[to + 2] = OPAQUE | (b >>> 16) | (c << 16);
    out[to + 3] = OPAQUE | (c >>> 8);
  }
  for (let to = whole, from = whole * 3; to < pixels; to += 1, from += 3) {
    out[to] =
      OPAQUE |
      /** @type {number} */ (rgb[from]) |
      (/** @type {number} */ (rgb[from + 1]) << 8) |
      (/** @type {number} */ (rgb[from + 2]) << 16);
  }
}
