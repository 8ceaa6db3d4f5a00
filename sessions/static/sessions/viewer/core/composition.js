// Text that comes from the field and not from keys: input methods, screen keyboards, emoji.

import { tap, typed } from "./typing.js";

/** @typedef {import("./keymap.js").KeyMessage} KeyMessage */

/** What a screen keyboard does to the field, as a key of the customer's. @type {Record<string, string>} */
const EDITS = {
  deleteContentBackward: "Backspace",
  deleteContentForward: "Delete",
  deleteWordBackward: "Backspace",
  insertLineBreak: "Enter",
  insertParagraph: "Enter",
};
// Their text comes with the end of the composition. Browsers disagree on which is told first.
const OF_COMPOSITION = new Set(["insertCompositionText", "insertFromComposition", "deleteCompositionText"]);

/** Follows the field. */
export class Composition {
  #keyboard;
  /** A screen keyboard underlines each word until it is done: shown at once, and corrected. */
  #isLive = false;
  #shown = "";

  /** @param {{composed: (text: string) => KeyMessage[]}} keyboard */
  constructor(keyboard) {
    this.#keyboard = keyboard;
  }

  /** @param {boolean} isLive a screen keyboard is open, whose words are typed as they come */
  setLive(isLive) {
    this.#isLive = isLive;
    this.#shown = "";
  }

  /**
   * @param {{inputType: string, data: string | null, isComposing: boolean}} event
   * @returns {KeyMessage[]}
   */
  input({ inputType, data, isComposing }) {
    if (isComposing || OF_COMPOSITION.has(inputType)) {
      return this.#isLive && isComposing ? this.#correct(data ?? "") : [];
    }
    const code = EDITS[inputType];
    if (code !== undefined) {
      return tap(code);
    }
    return data === null ? [] : this.#keyboard.composed(data);
  }

  /**
   * @param {string} text
   * @returns {KeyMessage[]}
   */
  end(text) {
    if (!this.#isLive) {
      return this.#keyboard.composed(text);
    }
    const messages = this.#correct(text);
    this.#shown = "";
    return messages;
  }

  /**
   * @param {string} text what stands there now
   * @returns {KeyMessage[]}
   */
  #correct(text) {
    const [old, now] = [[...this.#shown], [...text]];
    let same = 0;
    while (same < old.length && old[same] === now[same]) {
      same += 1;
    }
    this.#shown = text;
    const added = now.slice(same).join("");
    const messages = old.slice(same).flatMap(() => tap("Backspace"));
    // One character may be meant for a modifier that a button has pressed.
    return [...messages, ...(messages.length === 0 ? this.#keyboard.composed(added) : typed(added))];
  }
}
