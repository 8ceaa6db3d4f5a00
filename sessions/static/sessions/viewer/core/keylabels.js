// What is printed on the technician's keys, and which key of the customer's that is.
//
// A shortcut means the letter that the technician sees: Ctrl+Z is undo, though Z lies where
// an American keyboard has Y. So it goes by the label, and the agent finds the customer's key
// with that label (docs/adr/0006).

/** @typedef {Pick<KeyboardEvent, "key" | "code" | "shiftKey">} Labelled */

/** @param {string} key */
export const prints = (key) => [...key].length === 1;

/** @param {string} code */
const isNumpad = (code) => code.startsWith("Numpad");

/** Remembers which letters this keyboard types. */
export class Labels {
  #isLatin = true;

  /** @param {Labelled & {altKey: boolean}} event a key that types, without AltGr */
  learn({ key, code, altKey }) {
    if (code.startsWith("Key") && /^\p{L}$/u.test(key) && !altKey) {
      this.#isLatin = /\p{Script=Latin}/u.test(key);
    }
  }

  /**
   * @param {Labelled} event
   * @returns {string | null} what to look for on the customer's keys; null = the key at that place
   */
  of({ key, code, shiftKey }) {
    if (!prints(key) || key === " ") {
      return null;
    }
    if (isNumpad(code)) {
      // The decimal key would delete where the customer's NumLock is off.
      return code === "NumpadDecimal" ? key : null;
    }
    // The row of digits is the same everywhere, though in France digits need Shift.
    const isDigit = code.startsWith("Digit") && (!shiftKey || /\d/.test(key));
    return isDigit ? null : this.#letter(key.toLowerCase(), code);
  }

  /**
   * @param {string} label
   * @param {string} code
   */
  #letter(label, code) {
    const place = /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase();
    const isForeign = /\p{L}/u.test(label) ? !/\p{Script=Latin}/u.test(label) : !this.#isLatin;
    if (place !== undefined && isForeign) {
      // Cyrillic and Greek keys have the Latin letter of the American place printed on them, too.
      return place;
    }
    return prints(label) ? label : null;
  }
}

/**
 * Which key to press at the customer's, by its place.
 *
 * With NumLock off the number pad moves the cursor, with NumLock on it types. Its codes would
 * depend on the customer's NumLock, so the keys of the same meaning are sent instead.
 *
 * @param {Pick<KeyboardEvent, "key" | "code">} event
 * @returns {string} empty where there is none
 */
export function placeOf({ key, code }) {
  if (isNumpad(code) && key !== "Enter") {
    if (/^\d$/.test(key)) {
      return `Digit${key}`;
    }
    return prints(key) ? code : key === "Clear" ? "" : key;
  }
  if (code !== "") {
    return code;
  }
  // Screen keyboards know no physical key; for those that do not print, the names agree.
  if (/^[a-z]$/i.test(key)) {
    return `Key${key.toUpperCase()}`;
  }
  return prints(key) ? (/^\d$/.test(key) ? `Digit${key}` : "") : key;
}
