// Fingers on the customer's picture: what they mean for the mouse there and for the view here.
// No DOM and no clock: places are in CSS pixels, times in milliseconds.

/**
 * @typedef {{kind: "click", button: 0 | 2, x: number, y: number}
 *   | {kind: "press" | "drag" | "drop" | "hover", x: number, y: number}
 *   | {kind: "scroll", dx: number, dy: number, x: number, y: number}
 *   | {kind: "pan", dx: number, dy: number}
 *   | {kind: "zoom", factor: number, x: number, y: number}} Gesture
 * @typedef {{id: number, x: number, y: number, at: number}} Touch
 */

/** A finger that rests for so long means the right button. */
export const LONG_PRESS_MS = 500;
const TAP_AGAIN_MS = 300;
// A finger is not as still as a mouse.
const STILL = 10;
const TAP_AGAIN_STILL = 30;
// Two fingers have to say by so much whether they scroll or stretch.
const DECIDE = 14;

/**
 * "one": a finger that may still become a tap; "drag": the left button is down; "move": the finger
 * moves the view or the pointer; "two": two fingers, undecided; "scroll", "zoom": decided;
 * "over": whatever the fingers do until all are up means nothing.
 *
 * @typedef {"none" | "one" | "drag" | "move" | "two" | "scroll" | "zoom" | "over"} State
 */

/** One hand on the picture. */
export class Gestures {
  /** @type {Map<number, {x: number, y: number}>} */
  #fingers = new Map();
  /** @type {State} */
  #state = "none";
  #start = { x: 0, y: 0, at: 0 };
  #lastTap = { x: 0, y: 0, at: -Infinity };
  /** Centre of two fingers, and how far they are apart. */
  #pair = { x: 0, y: 0, apart: 1 };
  #pairStart = { x: 0, y: 0, apart: 1 };
  #isTapAgain = false;

  /** Whether a finger rests that `held` should be called for. */
  get isWaiting() {
    return this.#state === "one";
  }

  /**
   * @param {Touch} touch
   * @returns {Gesture[]}
   */
  down({ id, x, y, at }) {
    this.#fingers.set(id, { x, y });
    if (this.#fingers.size === 1) {
      this.#state = "one";
      this.#start = { x, y, at };
      this.#isTapAgain =
        at - this.#lastTap.at < TAP_AGAIN_MS && distance(this.#lastTap, { x, y }) < TAP_AGAIN_STILL;
      return [];
    }
    const dropped = this.#state === "drag" ? this.#drop() : [];
    if (this.#fingers.size === 2 && (this.#state === "one" || this.#state === "move")) {
      this.#state = "two";
      this.#pair = this.#pairStart = this.#measure();
    } else {
      this.#state = "over";
    }
    return dropped;
  }

  /**
   * @param {Touch} touch
   * @returns {Gesture[]}
   */
  move({ id, x, y }) {
    const before = this.#fingers.get(id);
    if (before === undefined) {
      return [];
    }
    this.#fingers.set(id, { x, y });
    switch (this.#state) {
      case "one":
        return this.#leave({ x, y });
      case "drag":
        return [{ kind: "drag", x, y }];
      case "move":
        return [{ kind: "pan", dx: x - before.x, dy: y - before.y }, { kind: "hover", x, y }];
      case "two":
      case "scroll":
      case "zoom":
        return this.#moveTwo();
      default:
        return [];
    }
  }

  /**
   * @param {Touch} touch
   * @returns {Gesture[]}
   */
  up({ id, x, y, at }) {
    if (!this.#fingers.delete(id)) {
      return [];
    }
    const state = this.#state;
    this.#state = this.#fingers.size === 0 ? "none" : "over";
    if (state === "drag") {
      return [{ kind: "drop", x, y }];
    }
    if (state === "two") {
      // Two fingers that tapped together.
      return [{ kind: "click", button: 2, x: this.#pair.x, y: this.#pair.y }];
    }
    if (state !== "one") {
      return [];
    }
    this.#lastTap = { x, y, at };
    return [{ kind: "click", button: 0, x: this.#start.x, y: this.#start.y }];
  }

  /**
   * The finger has rested for LONG_PRESS_MS.
   *
   * @returns {Gesture[]}
   */
  held() {
    if (this.#state !== "one") {
      return [];
    }
    const { x, y } = this.#start;
    if (this.#isTapAgain) {
      // Tapped, touched again and stayed: it takes hold of what is there.
      this.#state = "drag";
      return [{ kind: "press", x, y }];
    }
    this.#state = "over";
    return [{ kind: "click", button: 2, x, y }];
  }

  /**
   * The system took the fingers for something of its own.
   *
   * @returns {Gesture[]}
   */
  cancel() {
    const dropped = this.#state === "drag" ? this.#drop() : [];
    this.#fingers.clear();
    this.#state = "none";
    return dropped;
  }

  /**
   * @param {{x: number, y: number}} place
   * @returns {Gesture[]}
   */
  #leave({ x, y }) {
    if (distance(this.#start, { x, y }) <= STILL) {
      return [];
    }
    if (this.#isTapAgain) {
      this.#state = "drag";
      return [{ kind: "press", x: this.#start.x, y: this.#start.y }, { kind: "drag", x, y }];
    }
    this.#state = "move";
    return [{ kind: "pan", dx: x - this.#start.x, dy: y - this.#start.y }, { kind: "hover", x, y }];
  }

  /** @returns {Gesture[]} */
  #moveTwo() {
    const [before, now] = [this.#pair, this.#measure()];
    if (this.#state === "two") {
      const stretched = Math.abs(now.apart - this.#pairStart.apart);
      const moved = distance(now, this.#pairStart);
      if (Math.max(stretched, moved) < DECIDE) {
        return [];
      }
      this.#state = stretched > moved ? "zoom" : "scroll";
    }
    this.#pair = now;
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    if (this.#state === "scroll") {
      // What lies under the fingers follows them, so the wheel turns against them.
      return [{ kind: "scroll", dx: -dx, dy: -dy, x: now.x, y: now.y }];
    }
    return [
      { kind: "zoom", factor: now.apart / before.apart, x: before.x, y: before.y },
      { kind: "pan", dx, dy },
    ];
  }

  /** @returns {Gesture[]} */
  #drop() {
    const place = [...this.#fingers.values()][0] ?? this.#start;
    return [{ kind: "drop", x: place.x, y: place.y }];
  }

  #measure() {
    const [one = this.#start, other = this.#start] = [...this.#fingers.values()];
    return {
      x: (one.x + other.x) / 2,
      y: (one.y + other.y) / 2,
      apart: Math.max(1, distance(one, other)),
    };
  }
}

/**
 * @param {{x: number, y: number}} one
 * @param {{x: number, y: number}} other
 */
function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
