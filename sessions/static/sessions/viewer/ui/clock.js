// Elapsed time, blocks and cost in the bar.

import { LocalClock } from "../core/clock.js";
import { element, numberSetting } from "./elements.js";
import { duration, money, shortDuration, text } from "./texts.js";

const TICK_MS = 250;

/** Shows the ledger's clock and counts on between the server's words. */
export class ClockDisplay {
  #elapsed = element("elapsed", HTMLElement);
  #cost = element("cost", HTMLElement);
  #block = element("block", HTMLElement);
  #clock = new LocalClock({
    blockSeconds: numberSetting("blockSeconds"),
    minimumBlocks: numberSetting("minimumBlocks"),
    firstBlockCents: numberSetting("firstBlockCents"),
    furtherBlockCents: numberSetting("furtherBlockCents"),
  });

  constructor() {
    setInterval(() => this.#show(), TICK_MS);
    this.#show();
  }

  /** @param {import("../core/clock.js").ServerClock} said by the server */
  set(said) {
    this.#clock.set(said, performance.now());
    this.#show();
  }

  /** No line, no time. */
  stop() {
    this.#clock.stop(performance.now());
    this.#show();
  }

  #show() {
    const { seconds, blocks, cents, nextBlockIn, running } = this.#clock.at(performance.now());
    this.#elapsed.textContent = duration(seconds);
    this.#cost.textContent = money(cents);
    this.#block.textContent = block(blocks, nextBlockIn);
    this.#elapsed.classList.toggle("is-running", running);
  }
}

/**
 * @param {number} count of started blocks
 * @param {number} nextIn seconds; 0 when no other will begin
 */
function block(count, nextIn) {
  if (count === 0) {
    return text("block.none");
  }
  return nextIn === 0 ? String(count) : text("block.next", { count, time: shortDuration(nextIn) });
}
