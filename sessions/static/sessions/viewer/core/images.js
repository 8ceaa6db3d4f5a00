// Photographs, previews and pictures of films as pixels in memory, as a browser decodes them.

import { PREVIEW } from "./picture.js";

/** @typedef {import("./picture.js").Rect} Rect */
/** @typedef {OffscreenCanvas | HTMLCanvasElement} Canvas */
/** @typedef {OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D} Context */

/**
 * @typedef {object} Image
 * @property {Uint32Array} words a pixel each, row by row, as ImageData has them
 * @property {number} width in pixels
 * @property {Canvas | null} drawn shows the pixels where `words` may be falsified, else null
 */

/** @type {Promise<boolean> | null} */
let copying = null;

/**
 * @param {Rect} rect of codec JPEG or PREVIEW
 * @returns {Promise<ImageBitmap>}
 */
export const decodeJpeg = ({ data }) =>
  createImageBitmap(new Blob([data], { type: "image/jpeg" }), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  });

/**
 * @param {ImageBitmap | VideoFrame} decoded is closed
 * @param {Rect} rect
 * @returns {Promise<Image>} at least as large as the rectangle; a preview is enlarged
 */
export async function toPixels(decoded, rect) {
  copying ??= canCopy();
  const isCopied = await copying;
  try {
    const context = rect.codec === PREVIEW || !isCopied ? draw(decoded, rect) : null;
    if (context !== null && !isCopied) {
      // Firefox falsifies what is read here if it was told to resist fingerprinting, and has no
      // VideoFrame then. What is drawn is right all the same.
      const { data } = context.getImageData(0, 0, rect.w, rect.h);
      return { words: new Uint32Array(data.buffer), width: rect.w, drawn: context.canvas };
    }
    return await copy(context?.canvas ?? decoded);
  } finally {
    decoded.close();
  }
}

/**
 * A third of the time of a canvas that is read, and without its round trip through a GPU.
 *
 * @param {ImageBitmap | VideoFrame | Canvas} source
 * @returns {Promise<Image>}
 */
async function copy(source) {
  const frame = new VideoFrame(source, { timestamp: 0 });
  try {
    const words = new Uint32Array(frame.allocationSize({ format: "RGBA" }) / 4);
    await frame.copyTo(words, { format: "RGBA" });
    return { words, width: frame.visibleRect?.width ?? 0, drawn: null };
  } finally {
    frame.close();
  }
}

/**
 * A browser may have no VideoFrame, or one whose `copyTo` knows no `format` and copies colours as
 * they are.
 *
 * @returns {Promise<boolean>} whether a red film picture comes out red
 */
async function canCopy() {
  const red = Uint8Array.of(63, 63, 63, 63, 102, 240);
  try {
    const frame = new VideoFrame(red, { format: "I420", codedWidth: 2, codedHeight: 2, timestamp: 0 });
    const rgba = new Uint8Array(16);
    await frame.copyTo(rgba, { format: "RGBA" });
    frame.close();
    const [r = 0, g = 0, b = 0, a = 0] = rgba;
    return r > 200 && g < 50 && b < 50 && a === 255;
  } catch {
    return false;
  }
}

/**
 * @param {ImageBitmap | VideoFrame} decoded
 * @param {Rect} rect
 * @returns {Context} of a canvas of the rectangle's size
 */
function draw(decoded, { codec, w, h }) {
  const canvas =
    typeof OffscreenCanvas === "undefined"
      ? Object.assign(document.createElement("canvas"), { width: w, height: h })
      : new OffscreenCanvas(w, h);
  const context = /** @type {Context | null} */ (
    canvas.getContext("2d", { alpha: false, willReadFrequently: true })
  );
  if (context === null) {
    throw new Error("this browser gives no further 2D context");
  }
  // A preview is half as large, and a film's picture may be one line wider and higher.
  const scale = codec === PREVIEW ? 2 : 1;
  context.drawImage(decoded, 0, 0, w / scale, h / scale, 0, 0, w, h);
  return context;
}
