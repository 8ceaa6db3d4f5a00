// Texts and chords as the messages of docs/protocol.md, section 6.2.

/**
 * @typedef {{t: "key", code: string, down: boolean} | {t: "shortcut", code: string, label: string}
 *   | {t: "text", text: string} | {t: "release"}} KeyMessage
 */

// docs/protocol.md, section 6.2. Characters beyond the basic plane count twice here.
const TEXT_LIMIT = 1000;

/**
 * @param {string} code
 * @returns {KeyMessage[]} the key pressed and let go
 */
export function tap(code) {
  return chord([code]);
}

/**
 * Keys pressed together, as the toolbar's buttons send them.
 *
 * @param {readonly string[]} codes in the order of pressing
 * @returns {KeyMessage[]}
 */
export function chord(codes) {
  /** @type {KeyMessage[]} */
  const down = codes.map((code) => ({ t: "key", code, down: true }));
  /** @type {KeyMessage[]} */
  const up = [...codes].reverse().map((code) => ({ t: "key", code, down: false }));
  return [...down, ...up];
}

/**
 * Text as it can be typed: composed, with one kind of line end, without other control
 * characters and halves of characters.
 *
 * @param {string} text
 */
function typeable(text) {
  return text
    .normalize("NFC")
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/(?![\n\t])\p{Cc}|\p{Cs}/gu, "");
}

/**
 * @param {string} text
 * @param {number} [limit] in UTF-16 units, which are never fewer than characters
 * @returns {string[]} the whole text, in pieces of at most `limit`, no character torn apart
 */
export function pieces(text, limit = TEXT_LIMIT) {
  const found = [];
  let piece = "";
  for (const character of typeable(text)) {
    if (piece.length + character.length > limit) {
      found.push(piece);
      piece = "";
    }
    piece += character;
  }
  return piece === "" ? found : [...found, piece];
}

/**
 * Text of any length as messages; the agent presses Enter and Tab for line ends and tabs.
 *
 * @param {string} text
 * @returns {KeyMessage[]}
 */
export function typed(text) {
  return pieces(text).map((piece) => ({ t: "text", text: piece }));
}
