// The ledger's clock, counted on in the page between two words of the server, which win.

/**
 * @typedef {Omit<import("./wire.js").ClockMessage, "type">} ServerClock
 * @typedef {{blockSeconds: number, minimumBlocks: number, firstBlockCents: number,
 *   furtherBlockCents: number}} Terms
 */

/** Shows what the server said, plus the time since, while it said that the clock runs. */
export class LocalClock {
  /** @type {Terms} */
  #terms;
  /** @type {ServerClock} */
  #said = { seconds: 0, blocks: 0, cents: 0, nextBlockIn: 0, running: false };
  #saidAt = 0;

  /** @param {Terms} terms that this session was promised */
  constructor(terms) {
    this.#terms = terms;
  }

  /**
   * @param {ServerClock} said
   * @param {number} now in milliseconds, from a clock that only runs forward
   */
  set(said, now) {
    this.#said = said;
    this.#saidAt = now;
  }

  /**
   * Stop counting at once, before the server says so: no line, no time.
   *
   * @param {number} now in milliseconds
   */
  stop(now) {
    this.set({ ...this.at(now), running: false }, now);
  }

  /**
   * @param {number} now in milliseconds
   * @returns {ServerClock}
   */
  at(now) {
    const said = this.#said;
    const since = said.running ? Math.max(0, Math.floor((now - this.#saidAt) / 1000)) : 0;
    if (since === 0) {
      return said;
    }
    // The same arithmetic as company/domain/tariff.py, for the seconds in between only. A price
    // that the server has named is added to, not made anew: it may be the customer's own.
    const { blockSeconds, minimumBlocks, firstBlockCents, furtherBlockCents } = this.#terms;
    const seconds = said.seconds + since;
    const begun = said.blocks === 0 ? minimumBlocks : said.blocks;
    const more = Math.max(0, Math.ceil((since + 1 - said.nextBlockIn) / blockSeconds));
    const first = said.blocks === 0 ? firstBlockCents + (begun - 1) * furtherBlockCents : said.cents;
    return {
      seconds,
      blocks: begun + more,
      cents: first + more * furtherBlockCents,
      nextBlockIn: said.nextBlockIn + more * blockSeconds - since,
      running: true,
    };
  }
}
