// A long text, typed piece by piece: never faster than the customer's computer says it was typed.

import { pieces } from "./typing.js";

/** @typedef {{t: "piece", n: number, text: string}} PieceMessage */

// Characters. Small, so that little is still typed after "cancel"; two under way, so that the line's
// delay is not waited for between them.
const PIECE = 100;
const UNDER_WAY = 2;

/** One text at a time. */
export class Typewriter {
  /** @type {string[]} */
  #waiting = [];
  /** What is under way: number to length. @type {Map<number, number>} */
  #sent = new Map();
  #n = 0;
  #length = 0;
  #done = 0;
  /** @type {Set<string>} */
  #missing = new Set();

  /** Whether a text is being typed. */
  get isBusy() {
    return this.#waiting.length > 0 || this.#sent.size > 0;
  }

  /** How much of it is typed, 0 to 1. */
  get progress() {
    return this.#length === 0 ? 0 : this.#done / this.#length;
  }

  /** Characters that the customer's computer could not type. */
  get missing() {
    return [...this.#missing].join("");
  }

  /**
   * @param {string} text
   * @returns {PieceMessage[]} what to send first
   */
  start(text) {
    this.cancel();
    this.#waiting = pieces(text, PIECE);
    this.#length = this.#waiting.reduce((length, piece) => length + piece.length, 0);
    this.#done = 0;
    this.#missing.clear();
    return this.#next();
  }

  /**
   * @param {{n: number, missing: string}} message of the agent
   * @returns {PieceMessage[]} what to send next
   */
  typed({ n, missing }) {
    const length = this.#sent.get(n);
    if (length === undefined) {
      return [];
    }
    this.#sent.delete(n);
    this.#done += length;
    for (const character of missing) {
      this.#missing.add(character);
    }
    return this.#next();
  }

  /** Send nothing more; what is under way arrives. */
  cancel() {
    this.#waiting = [];
    this.#sent.clear();
  }

  /** @returns {PieceMessage[]} */
  #next() {
    /** @type {PieceMessage[]} */
    const messages = [];
    while (this.#sent.size < UNDER_WAY) {
      const text = this.#waiting.shift();
      if (text === undefined) {
        break;
      }
      this.#n += 1;
      this.#sent.set(this.#n, text.length);
      messages.push({ t: "piece", n: this.#n, text });
    }
    return messages;
  }
}
