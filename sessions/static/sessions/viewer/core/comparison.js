// The picture at rest against what the agent says it must be (docs/protocol.md, section 6.2).

/** @typedef {import("./fields.js").Bytes} Bytes */

const BAND_ROWS = 64;
const DIGEST_SIZE = 32;
// So much is read from the canvas at once: every look at it costs, and so does memory.
const PIXELS_AT_ONCE = 2 ** 22;
// A browser may be set to falsify what pages read from a canvas; it would never be the same.
const MOST_IN_A_ROW = 3;

/** Says what to do about pictures that differ, and counts them. */
export class Comparison {
  #inARow = 0;
  #mismatches = 0;

  /** Pictures that differed since the page was opened. */
  get mismatches() {
    return this.#mismatches;
  }

  /** A new pairing. */
  begin() {
    this.#inARow = 0;
  }

  /**
   * @param {Bytes} ours
   * @param {Bytes} theirs
   * @returns {boolean} whether a full picture is to be asked for
   */
  judge(ours, theirs) {
    if (ours.every((byte, index) => byte === theirs[index])) {
      this.#inARow = 0;
      return false;
    }
    this.#mismatches += 1;
    this.#inARow += 1;
    return this.#inARow <= MOST_IN_A_ROW;
  }
}

/**
 * @param {{width: number, height: number}} size of the picture
 * @param {(y: number, rows: number) => Uint8ClampedArray} read RGBA of whole rows
 * @param {() => boolean} isStale whether nobody wants to know any more
 * @returns {Promise<Bytes | null>} null if nobody does
 */
export async function digest({ width, height }, read, isStale) {
  const perRead = Math.max(1, Math.floor(PIXELS_AT_ONCE / (width * BAND_ROWS))) * BAND_ROWS;
  const digests = new Uint8Array(Math.ceil(height / BAND_ROWS) * DIGEST_SIZE);
  for (let top = 0; top < height; top += perRead) {
    const rows = Math.min(perRead, height - top);
    const pixels = read(top, rows);
    for (let y = 0; y < rows; y += BAND_ROWS) {
      if (isStale()) {
        return null;
      }
      const band = pixels.subarray(y * width * 4, Math.min(y + BAND_ROWS, rows) * width * 4);
      const hash = await crypto.subtle.digest("SHA-256", withoutAlpha(band));
      digests.set(new Uint8Array(hash), ((top + y) / BAND_ROWS) * DIGEST_SIZE);
    }
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", digests));
}

/**
 * @param {Uint8ClampedArray} rgba
 * @returns {Bytes} RGB
 */
function withoutAlpha(rgba) {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = /** @type {number} */ (rgba[from]);
    rgb[to + 1] = /** @type {number} */ (rgba[from + 1]);
    rgb[to + 2] = /** @type {number} */ (rgba[from + 2]);
  }
  return rgb;
}
