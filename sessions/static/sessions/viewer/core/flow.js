// What goes out, and when: nothing waits behind a movement, and nothing is sent faster
// than the relay allows (docs/protocol.md, section 1). No IO and no clock of its own.

/** @typedef {import("./wire.js").TechnicianControl} ControlMessage */

// The relay closes at 500 messages a second, credits and answers to its pings included.
const MESSAGES_A_SECOND = 250;
const BURST = 100;
// Bytes that the browser has not yet given to the network. While there are more, the line
// is slower than the hand, and a movement would arrive late and in the way of a click.
const BUFFERED_LIMIT = 2048;

/** Control messages on their way out, movements coalesced to the newest. */
export class Outbox {
  /** @type {ControlMessage[]} */
  #queue = [];
  /** @type {ControlMessage | null} */
  #move = null;
  #allowance = BURST;
  #countedAt = 0;

  /** @param {ControlMessage} message */
  push(message) {
    if (message.t === "move") {
      this.#move = message;
      return;
    }
    if (message.t === "button") {
      // It carries its own place; the older movement would arrive after it.
      this.#move = null;
    }
    this.#queue.push(message);
  }

  /**
   * @param {number} now in milliseconds, from any clock that runs forward
   * @param {number} buffered bytes that still wait for the network
   * @returns {ControlMessage | null} the next to send, or null for now
   */
  take(now, buffered) {
    this.#allowance = Math.min(BURST, this.#allowance + ((now - this.#countedAt) / 1000) * MESSAGES_A_SECOND);
    this.#countedAt = now;
    if (this.#allowance < 1) {
      return null;
    }
    const message = this.#queue.shift() ?? (buffered < BUFFERED_LIMIT ? this.#takeMove() : null);
    if (message !== null) {
      this.#allowance -= 1;
    }
    return message;
  }

  /** Whether anything waits. */
  get isEmpty() {
    return this.#queue.length === 0 && this.#move === null;
  }

  /** Forget all: the line is gone, and old input must not reach the next pairing. */
  clear() {
    this.#queue = [];
    this.#move = null;
  }

  #takeMove() {
    const move = this.#move;
    this.#move = null;
    return move;
  }
}
