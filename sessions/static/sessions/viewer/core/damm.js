// Support ID and one-time password: digits with a Damm check digit. The twin of
// agent/protocol/damm.py, where the source is named.

const SUPPORT_ID_DIGITS = 9;
const PASSWORD_DIGITS = 8;

// Row: the interim digit, column: the next digit.
const QUASIGROUP = [
  "0317598642",
  "7092154863",
  "4206871359",
  "1750983426",
  "6123045978",
  "3674209581",
  "5869720134",
  "8945362017",
  "9438617205",
  "2581436790",
];
// What people put between groups of digits when they type or paste them.
const SEPARATORS = /[ \t\r\n\-./\u00a0\u202f\u2009]/g;

/**
 * @param {string} digits
 * @returns {boolean} whether these are ASCII digits that end with their check digit
 */
export function isComplete(digits) {
  if (!/^[0-9]{2,}$/.test(digits)) {
    return false;
  }
  let interim = 0;
  for (const digit of digits) {
    interim = Number(QUASIGROUP[interim]?.[Number(digit)]);
  }
  return interim === 0;
}

/**
 * @param {string} typed by a person
 * @returns {string | null} the 9 digits, or null where they cannot be right
 */
export function readSupportId(typed) {
  return read(typed, SUPPORT_ID_DIGITS);
}

/**
 * @param {string} typed by a person
 * @returns {string | null} the 8 digits, or null where they cannot be right
 */
export function readPassword(typed) {
  return read(typed, PASSWORD_DIGITS);
}

/**
 * @param {string} typed
 * @param {number} length
 */
function read(typed, length) {
  const digits = typed.replace(SEPARATORS, "");
  return digits.length === length && isComplete(digits) ? digits : null;
}
