// Lines of text come column by column (docs/protocol.md, section 6.1, codec 8), since a letter is
// then one piece of the stream, which knows it already.

/** Highest band; the bit above it says that a band's pixels come by columns. */
const HIGHEST = 0x7f;
const BY_COLUMNS = 0x80;

/**
 * @param {Uint8Array} data of a rectangle: bands, then the stream
 * @param {number} height of the rectangle
 * @returns {number} how many bands there are; 0 if they do not make up the height, if none is by
 *     columns, or if no stream follows
 */
export function countBands(data, height) {
  let high = 0;
  let hasColumns = false;
  for (const [index, band] of data.entries()) {
    if ((band & HIGHEST) === 0) {
      return 0;
    }
    high += band & HIGHEST;
    hasColumns ||= (band & BY_COLUMNS) !== 0;
    if (high >= height) {
      return high === height && hasColumns && index + 1 < data.length ? index + 1 : 0;
    }
  }
  return 0;
}

/** @param {number} band */
export const heightOf = (band) => band & HIGHEST;

/** @param {number} band */
export const isByColumns = (band) => (band & BY_COLUMNS) !== 0;
