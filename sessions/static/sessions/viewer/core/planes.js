// Shadow planes: what of the picture the agent wants kept, to be restored by a few bytes
// (docs/protocol.md, section 6.1). A plane is made of pieces, each once something is kept there:
// a browser copies a whole canvas before it draws on one that was drawn from.

import { malformed } from "./fields.js";

/** @typedef {import("./picture.js").Rect} Rect */
/** @typedef {OffscreenCanvas | HTMLCanvasElement} Canvas */
/** @typedef {OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D} Context */

const SIDE = 256;
const ONE = 1;

/** The planes of one picture. */
export class Planes {
  /** By plane, by the piece's place in it. @type {Map<number, Map<string, Context>>} */
  #planes = new Map();
  /** @type {Context | null} */
  #sink = null;

  /** Nothing is kept any more. */
  clear() {
    this.#planes.clear();
  }

  /**
   * @param {Canvas} picture
   * @param {Rect} rect
   */
  keep(picture, rect) {
    const pieces = this.#planes.get(rect.plane) ?? new Map();
    this.#planes.set(rect.plane, pieces);
    for (const { name, left, top, x, y, w, h } of piecesOf(rect)) {
      const piece = pieces.get(name) ?? blank(SIDE);
      pieces.set(name, piece);
      piece.drawImage(picture, x, y, w, h, x - left, y - top, w, h);
      this.#settle(piece);
    }
  }

  /**
   * A browser may only note what is to be drawn, and hold all of the picture as it was until it does
   * so; drawing from a piece makes it draw.
   *
   * @param {Context} piece
   */
  #settle(piece) {
    this.#sink ??= blank(ONE);
    this.#sink.drawImage(piece.canvas, 0, 0, ONE, ONE, 0, 0, ONE, ONE);
  }

  /**
   * @param {Context} context of the picture
   * @param {Rect} rect
   * @throws {import("./fields.js").ProtocolError} malformed
   */
  restore(context, rect) {
    const pieces = this.#planes.get(rect.plane);
    if (pieces === undefined) {
      throw malformed("picture: restored from a plane on which nothing was kept");
    }
    for (const { name, left, top, x, y, w, h } of piecesOf(rect)) {
      const piece = pieces.get(name);
      if (piece === undefined) {
        context.clearRect(x, y, w, h);
      } else {
        context.drawImage(piece.canvas, x - left, y - top, w, h, x, y, w, h);
      }
    }
  }
}

/**
 * Cut a rectangle where pieces meet.
 *
 * @param {Rect} rect
 */
function* piecesOf({ x, y, w, h }) {
  for (let top = y - (y % SIDE); top < y + h; top += SIDE) {
    for (let left = x - (x % SIDE); left < x + w; left += SIDE) {
      const [x0, y0] = [Math.max(x, left), Math.max(y, top)];
      const [x1, y1] = [Math.min(x + w, left + SIDE), Math.min(y + h, top + SIDE)];
      yield { name: `${left} ${top}`, left, top, x: x0, y: y0, w: x1 - x0, h: y1 - y0 };
    }
  }
}

/**
 * @param {number} side in pixels
 * @returns {Context} of a new, black canvas
 */
function blank(side) {
  const canvas =
    typeof OffscreenCanvas === "undefined"
      ? Object.assign(document.createElement("canvas"), { width: side, height: side })
      : new OffscreenCanvas(side, side);
  const context = /** @type {Context | null} */ (canvas.getContext("2d", { alpha: false }));
  if (context === null) {
    throw new Error("this browser gives no further 2D context");
  }
  context.imageSmoothingEnabled = false;
  return context;
}
