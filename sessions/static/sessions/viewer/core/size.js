// How large the picture is on the technician's display. Pure.

/** Fitting that enlarges by no more than this beyond a sharp size is given up for sharpness. */
const WORTH_BLURRING = 1.1;
/** Of a number that was divided and multiplied again. */
const ROUNDING = 1e-9;

/**
 * @typedef {{width: number, height: number}} Size
 */

/**
 * The size at which each of the customer's pixels takes a whole number of the display's, so
 * that every letter is sharp, and which comes nearest to the size that the customer sees: a
 * screen of 200 percent is large in pixels, not to the eye, and so is a display of ratio 2.
 *
 * @param {number} ratio devicePixelRatio: the display's pixels in a CSS pixel
 * @param {number} scale percent by which the customer's programs enlarge what they draw
 * @returns {number} CSS pixels for one of the customer's
 */
export function originalScale(ratio, scale) {
  return Math.max(1, Math.round((100 / scale) * ratio)) / ratio;
}

/**
 * The largest size at which all of the picture is visible; a little smaller where that makes
 * it sharp.
 *
 * @param {Size} picture in the customer's pixels
 * @param {Size} room in CSS pixels
 * @param {number} ratio devicePixelRatio
 * @returns {number} CSS pixels for one of the customer's
 */
export function fittingScale(picture, room, ratio) {
  const largest = Math.min(room.width / picture.width, room.height / picture.height);
  const sharp = Math.floor(largest * ratio) / ratio;
  return sharp > 0 && largest < sharp * WORTH_BLURRING ? sharp : largest;
}

/**
 * @param {number} scale CSS pixels for one of the customer's
 * @param {number} ratio devicePixelRatio
 * @returns {boolean} whether each of the customer's pixels takes a whole number of the display's
 */
export function isSharp(scale, ratio) {
  const pixels = scale * ratio;
  return pixels > 0.5 && Math.abs(pixels - Math.round(pixels)) < ROUNDING;
}
