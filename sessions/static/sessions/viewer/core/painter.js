// Frames onto the canvas. Without JPEG and film in them they are painted without a single await.
//
// The picture is made in memory, and each rectangle that has changed is put on the canvas at once;
// the browser shows it when the frame is done. A put costs next to nothing, so they are not gathered.

import { digest } from "./comparison.js";
import { malformed } from "./fields.js";
import { Film } from "./film.js";
import { Framebuffer } from "./framebuffer.js";
import { decodeJpeg, toPixels } from "./images.js";
import { COPY, H264, JPEG, KEEP, LINES, PREVIEW, RESTORE, ZSTD } from "./picture.js";
import { ZstdError, ZstdStream } from "./zstd.js";

/** @typedef {import("./images.js").Image} Image */
/** @typedef {import("./picture.js").Frame} Frame */
/** @typedef {import("./picture.js").Rect} Rect */
/** @typedef {{memory: Framebuffer, data: ImageData}} Picture in memory, and the same as a canvas takes it */

/** Paints the frames of one pairing after the other on one canvas. */
export class Painter {
  /** @type {OffscreenCanvas | HTMLCanvasElement} */
  #canvas;
  /** @type {OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D} */
  #context;
  /** @type {ZstdStream} */
  #zstd;
  #film;
  /** @type {Picture | null} */
  #picture = null;
  /** What was kept, by plane. @type {Map<number, Framebuffer>} */
  #planes = new Map();
  #hasPicture = false;

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
   * @throws {import("./framebuffer.js").NoMemoryError}
   */
  async paint(frame) {
    if (frame.freshStream) {
      this.#film.reset();
    }
    const images = frame.rects.some(isImage) ? await this.#decodeAll(frame.rects) : [];
    const picture = this.#prepare(frame);
    for (const [index, rect] of frame.rects.entries()) {
      this.#paintRect(picture, rect, images[index] ?? null);
    }
  }

  /**
   * Of the canvas, though memory is read sooner: it is what the technician sees that has to be right,
   * and a canvas may lose what was put on it.
   *
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
   * @param {Picture} picture
   * @param {Rect} rect
   * @param {Image | null} image
   */
  #paintRect({ memory, data }, rect, image) {
    const { codec, x, y, w, h } = rect;
    switch (codec) {
      case ZSTD:
      case LINES:
        memory.expand(rect, this.#decode(rect));
        break;
      case COPY:
        memory.copy(rect);
        break;
      case KEEP:
        this.#plane(rect.plane).take(memory, rect);
        return;
      case RESTORE:
        memory.take(this.#kept(rect.plane), rect);
        break;
      default:
        if (image === null) {
          // The decoder is broken, and a full picture on its way.
          return;
        }
        memory.paste(rect, image);
        if (image.drawn !== null) {
          this.#context.drawImage(image.drawn, x, y);
          return;
        }
    }
    this.#context.putImageData(data, 0, 0, x, y, w, h);
  }

  /**
   * @param {Rect[]} rects
   * @returns {Promise<(Image | null)[]>} in the order of the rectangles, null where none is needed
   */
  async #decodeAll(rects) {
    const found = await Promise.allSettled(
      rects.map((rect) => (isImage(rect) ? this.#decodeImage(rect) : null)),
    );
    return found.map((result) => {
      if (result.status === "rejected") {
        throw malformed("picture: an image that cannot be decoded");
      }
      return result.value;
    });
  }

  /**
   * @param {Rect} rect
   * @returns {Promise<Image | null>} null if the decoder is broken
   * @throws {import("./fields.js").ProtocolError} malformed
   */
  #decodeImage(rect) {
    /** @type {Promise<ImageBitmap | VideoFrame | null>} */
    const decoding = rect.codec === H264 ? this.#film.decode(rect) : decodeJpeg(rect);
    return decoding.then((decoded) => (decoded === null ? null : toPixels(decoded, rect)));
  }

  /**
   * @param {Frame} frame
   * @returns {Picture}
   */
  #prepare({ freshStream, width, height }) {
    if (freshStream) {
      this.#zstd.restart();
      this.#planes.clear();
    } else if (!this.#hasPicture) {
      throw malformed("picture: the first frame starts no stream");
    }
    const isSame = this.#hasPicture && this.#canvas.width === width && this.#canvas.height === height;
    if (this.#picture === null || !isSame) {
      // The old picture's memory may be needed for the new one.
      this.#picture = null;
      this.#planes.clear();
      this.#canvas.width = width;
      this.#canvas.height = height;
      const memory = new Framebuffer(width, height);
      this.#picture = { memory, data: new ImageData(memory.bytes, width, height) };
    }
    this.#hasPicture = true;
    return this.#picture;
  }

  /** @param {number} number */
  #plane(number) {
    const plane = this.#planes.get(number) ?? new Framebuffer(this.#canvas.width, this.#canvas.height);
    this.#planes.set(number, plane);
    return plane;
  }

  /**
   * @param {number} number of a plane
   * @throws {import("./fields.js").ProtocolError} malformed
   */
  #kept(number) {
    const plane = this.#planes.get(number);
    if (plane === undefined) {
      throw malformed("picture: restored from a plane on which nothing was kept");
    }
    return plane;
  }

  /**
   * @param {Rect} rect
   * @returns {Uint8Array} its pixels, good until the next call
   */
  #decode({ w, h, data }) {
    try {
      return this.#zstd.decode(data, w * h * 3);
    } catch (error) {
      if (error instanceof ZstdError) {
        throw malformed(`picture: ${error.message}`);
      }
      throw error;
    }
  }
}

/** @param {Rect} rect */
const isImage = ({ codec }) => codec === JPEG || codec === PREVIEW || codec === H264;
