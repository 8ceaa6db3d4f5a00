// What the page says: written in the template, so that Django translates it.

/** @type {Map<string, string> | null} */
let texts = null;

function read() {
  /** @type {NodeListOf<HTMLElement>} */
  const items = document.querySelectorAll("[data-text]");
  return new Map([...items].map((item) => [item.dataset.text ?? "", item.textContent ?? ""]));
}

/**
 * @param {string} key
 * @returns {boolean} whether the template has a text of this key
 */
export function hasText(key) {
  texts ??= read();
  return texts.has(key);
}

/**
 * @param {string} key of an element with data-text
 * @param {Record<string, string | number>} [values] for the words in braces
 * @returns {string}
 */
export function text(key, values = {}) {
  texts ??= read();
  const found = texts.get(key) ?? key;
  return found.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * @param {string} key without its last part: `.one` and `.other` have to be there
 * @param {number} count
 */
export function countedText(key, count) {
  return text(`${key}.${count === 1 ? "one" : "other"}`, { count });
}

/**
 * @param {number} seconds
 * @returns {string} such as 0:08:03
 */
export function duration(seconds) {
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/**
 * @param {number} seconds
 * @returns {string} such as 8:03
 */
export function shortDuration(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

const euros = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" });

/**
 * @param {number} cents
 * @returns {string} such as 8,50 €
 */
export const money = (cents) => euros.format(cents / 100);
