// Shadow planes: what of the picture the agent wants kept, to be restored by a few bytes
// (docs/protocol.md, section 6.1). Each takes as much memory as the picture, once it is used.

import { malformed } from "./fields.js";

/** @typedef {import("./picture.js").Rect} Rect */
/** @typedef {OffscreenCanvas | HTMLCanvasElement} Canvas */
/** @typedef {OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D} Context */

/** The planes of one picture. */
export class Planes {
  /** @type {Map<number, {canvas: Canvas, context: Context}>} */
  #planes = new Map();

  /** Nothing is kept any more. */
  clear() {
    this.#planes.clear();
  }

  /**
   * @param {Canvas} picture
   * @param {Rect} rect
   */
  keep(picture, { plane, x, y, w, h }) {
    let kept = this.#planes.get(plane);
    if (kept === undefined) {
      kept = blank(picture.width, picture.height);
      this.#planes.set(plane, kept);
    }
    kept.context.drawImage(picture, x, y, w, h, x, y, w, h);
  }

  /**
   * @param {Context} context of the picture
   * @param {Rect} rect
   * @throws {import("./fields.js").ProtocolError} malformed
   */
  restore(context, { plane, x, y, w, h }) {
    const kept = this.#planes.get(plane);
    if (kept === undefined) {
      throw malformed("picture: restored from a plane on which nothing was kept");
    }
    context.drawImage(kept.canvas, x, y, w, h, x, y, w, h);
  }
}

/**
 * @param {number} width
 * @param {number} height
 */
function blank(width, height) {
  const canvas =
    typeof OffscreenCanvas === "undefined"
      ? Object.assign(document.createElement("canvas"), { width, height })
      : new OffscreenCanvas(width, height);
  const context = /** @type {Context | null} */ (canvas.getContext("2d", { alpha: false }));
  if (context === null) {
    throw new Error("this browser gives no further 2D context");
  }
  context.imageSmoothingEnabled = false;
  return { canvas, context };
}
