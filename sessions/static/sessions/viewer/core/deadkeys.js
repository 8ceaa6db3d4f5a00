// Dead keys: the browser puts an accent and the next letter together.

/** @typedef {Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey">} DeadEvent */

// They take a dead key back, and have no other effect then.
const TAKE_BACK = new Set(["Backspace", "Escape"]);

/** Remembers whether a dead key waits for the next one. */
export class DeadKeys {
  #isWaiting = false;
  #isMac;

  /** @param {{isMac: boolean}} options on a Mac, Option makes characters and no shortcuts */
  constructor({ isMac }) {
    this.#isMac = isMac;
  }

  /**
   * @param {DeadEvent} event
   * @param {boolean} isAltGraph
   * @returns {boolean} whether the key is the browser's: what it makes of it comes as text
   */
  take({ key, ctrlKey, altKey, metaKey }, isAltGraph) {
    const isShortcut = !isAltGraph && (ctrlKey || metaKey || (altKey && !this.#isMac));
    const wasWaiting = this.#isWaiting;
    this.#isWaiting = key === "Dead" && !isShortcut;
    if (this.#isWaiting) {
      return true;
    }
    // For the second key Windows' browsers name the plain letter, so only the field knows the text.
    return wasWaiting && !isShortcut && (TAKE_BACK.has(key) || [...key].length === 1);
  }

  /** The text came, or nobody waits for it any more. */
  forget() {
    this.#isWaiting = false;
  }
}
