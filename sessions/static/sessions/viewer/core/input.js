// The technician's mouse as messages of docs/protocol.md, section 6.2.

/**
 * @typedef {{t: "move", x: number, y: number}} MoveMessage
 * @typedef {{t: "button", button: number, down: boolean, x: number, y: number}} ButtonMessage
 * @typedef {{t: "wheel", dx: number, dy: number, x: number, y: number}} WheelMessage
 * @typedef {{left: number, top: number, width: number, height: number}} Box
 */

// PointerEvent.buttons is a set of bits, PointerEvent.button a number, in another order.
const BUTTON_BITS = /** @type {const} */ ([
  [1, 0],
  [4, 1],
  [2, 2],
  [8, 3],
  [16, 4],
]);
/** One notch of a wheel in the protocol's unit. */
const NOTCH = 120;
// What a notch is worth where the browser does not say: three lines, 100 pixels, one page.
const LINES_A_NOTCH = 3;
const PIXELS_A_NOTCH = 100;
// A flick on a touchpad; more at once is no person's wish.
const MOST_NOTCHES = 50;

/**
 * @param {{clientX: number, clientY: number}} event
 * @param {Box} box where the picture is on the page, in CSS pixels
 * @param {{width: number, height: number}} screen in the customer's pixels
 * @returns {{x: number, y: number}} the customer's pixel, clamped to the screen
 */
export function screenPoint(event, box, screen) {
  const scale = (/** @type {number} */ value, /** @type {number} */ length, /** @type {number} */ pixels) =>
    Math.min(pixels - 1, Math.max(0, Math.floor((value / Math.max(1, length)) * pixels)));
  return {
    x: scale(event.clientX - box.left, box.width, screen.width),
    y: scale(event.clientY - box.top, box.height, screen.height),
  };
}

/**
 * @param {Pick<WheelEvent, "deltaX" | "deltaY" | "deltaMode"> & {wheelDeltaX?: number, wheelDeltaY?: number}} event
 * @returns {{dx: number, dy: number}} in 1/120 of a notch, positive = right and down
 */
export function wheelSteps(event) {
  if (event.wheelDeltaX !== undefined && event.wheelDeltaY !== undefined) {
    // Chromium and Safari count in notches already, upwards.
    return { dx: steps(-event.wheelDeltaX), dy: steps(-event.wheelDeltaY) };
  }
  const perNotch = [PIXELS_A_NOTCH, LINES_A_NOTCH, 1][event.deltaMode] ?? PIXELS_A_NOTCH;
  return { dx: steps((event.deltaX / perNotch) * NOTCH), dy: steps((event.deltaY / perNotch) * NOTCH) };
}

/** @param {number} value */
function steps(value) {
  // Adding 0 turns -0 into 0, which JSON and comparisons prefer.
  return Math.max(-MOST_NOTCHES * NOTCH, Math.min(MOST_NOTCHES * NOTCH, Math.round(value))) + 0;
}

/** Keeps which buttons are down, and what has gathered since the last animation frame. */
export class Pointer {
  #buttons = 0;
  /** @type {MoveMessage | null} */
  #move = null;
  /** @type {WheelMessage | null} */
  #wheel = null;

  /**
   * @param {number} buttons PointerEvent.buttons
   * @param {{x: number, y: number}} point
   * @returns {ButtonMessage[]} what changed; a mere movement waits for `gathered`
   */
  update(buttons, { x, y }) {
    /** @type {ButtonMessage[]} */
    const messages = [];
    for (const [bit, button] of BUTTON_BITS) {
      if ((buttons & bit) !== (this.#buttons & bit)) {
        messages.push({ t: "button", button, down: (buttons & bit) !== 0, x, y });
      }
    }
    this.#buttons = buttons;
    // A button carries its place, so a movement before it would come to the same.
    this.#move = messages.length > 0 ? null : { t: "move", x, y };
    return messages;
  }

  /**
   * @param {{dx: number, dy: number}} delta
   * @param {{x: number, y: number}} point
   */
  turn({ dx, dy }, { x, y }) {
    this.#wheel = { t: "wheel", dx: dx + (this.#wheel?.dx ?? 0), dy: dy + (this.#wheel?.dy ?? 0), x, y };
  }

  /**
   * Take what has gathered: at most one movement, the newest, and one turn of the wheel.
   *
   * @returns {(MoveMessage | WheelMessage)[]}
   */
  gathered() {
    const messages = [this.#move, this.#wheel].filter((message) => message !== null);
    this.#move = null;
    this.#wheel = null;
    return messages;
  }

  /** Everything was let go. */
  release() {
    this.#buttons = 0;
    this.#move = null;
    this.#wheel = null;
  }
}
