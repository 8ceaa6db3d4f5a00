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
// docs/protocol.md, section 6.2, if turns have gathered on a page that stood still.
const TURN_MAX = 120_000;
// Two clicks are a double click when they are at one place. On a picture scaled down, a hand that
// trembles by one pixel of the page moves by several of the customer's.
const DOUBLE_CLICK_MS = 500;
const DOUBLE_CLICK_PIXELS = 3;

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
 * @typedef {Pick<WheelEvent, "deltaX" | "deltaY" | "deltaMode" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey">
 *   & {wheelDeltaX?: number, wheelDeltaY?: number}} Turn
 */

/**
 * Whether Shift only turns the wheel sideways: then it must not be held at the customer's, where
 * some programs would turn it back again.
 *
 * @param {Turn} event
 */
export function isSideways({ shiftKey, ctrlKey, altKey, metaKey }) {
  return shiftKey && !ctrlKey && !altKey && !metaKey;
}

/**
 * @param {Turn} event
 * @returns {{dx: number, dy: number}} in 1/120 of a notch, also parts of that; positive = right and down
 */
export function wheelSteps(event) {
  const { dx, dy } = turned(event);
  // Chromium and Safari exchange the axes for Shift themselves, Firefox leaves it to the page.
  return isSideways(event) && dx === 0 ? { dx: dy, dy: 0 } : { dx, dy };
}

/** @param {Turn} event */
function turned({ deltaX, deltaY, deltaMode, wheelDeltaX, wheelDeltaY }) {
  if (isWheel(wheelDeltaX) && isWheel(wheelDeltaY)) {
    // Chromium and Safari count in notches already, upwards.
    return { dx: bounded(-(wheelDeltaX ?? 0)), dy: bounded(-(wheelDeltaY ?? 0)) };
  }
  const perNotch = [PIXELS_A_NOTCH, LINES_A_NOTCH, 1][deltaMode] ?? PIXELS_A_NOTCH;
  return { dx: bounded((deltaX / perNotch) * NOTCH), dy: bounded((deltaY / perNotch) * NOTCH) };
}

/**
 * A wheel moves by whole notches; a touchpad's pixels come with figures of no meaning.
 *
 * @param {number | undefined} delta
 */
const isWheel = (delta) => delta !== undefined && delta % NOTCH === 0;

/** @param {number} value */
function bounded(value) {
  // Adding 0 turns -0 into 0, which JSON and comparisons prefer.
  return Math.max(-MOST_NOTCHES * NOTCH, Math.min(MOST_NOTCHES * NOTCH, value)) + 0;
}

/** Keeps which buttons are down, and what has gathered since the last animation frame. */
export class Pointer {
  #buttons = 0;
  /** Buttons that were down when everything was let go: they count again once they came up. */
  #stale = 0;
  /** @type {MoveMessage | null} */
  #move = null;
  #turn = { dx: 0, dy: 0, x: 0, y: 0 };
  #click = { button: -1, at: -Infinity, left: 0, top: 0, x: 0, y: 0 };

  /**
   * @param {{buttons: number, clientX: number, clientY: number, timeStamp: number}} event
   * @param {{x: number, y: number}} point on the customer's screen
   * @returns {ButtonMessage[]} what changed; a mere movement waits for `gathered`
   */
  update(event, point) {
    this.#stale &= event.buttons;
    const buttons = event.buttons & ~this.#stale;
    /** @type {ButtonMessage[]} */
    const messages = [];
    for (const [bit, button] of BUTTON_BITS) {
      const isDown = (buttons & bit) !== 0;
      if (isDown !== ((this.#buttons & bit) !== 0)) {
        const { x, y } = isDown ? this.#clicked(button, event, point) : point;
        messages.push({ t: "button", button, down: isDown, x, y });
      }
    }
    this.#buttons = buttons;
    // A button carries its place, so a movement before it would come to the same.
    this.#move = messages.length > 0 ? null : { t: "move", ...point };
    return messages;
  }

  /**
   * @param {{dx: number, dy: number}} delta
   * @param {{x: number, y: number}} point
   */
  turn({ dx, dy }, { x, y }) {
    this.#turn = { dx: this.#turn.dx + dx, dy: this.#turn.dy + dy, x, y };
  }

  /**
   * Take what has gathered: at most one movement, the newest, and one turn of the wheel. Parts of a
   * unit stay for the next one.
   *
   * @returns {(MoveMessage | WheelMessage)[]}
   */
  gathered() {
    /** @type {(MoveMessage | WheelMessage)[]} */
    const messages = this.#move === null ? [] : [this.#move];
    const { dx, dy, x, y } = this.#turn;
    const [right, down] = [whole(dx), whole(dy)];
    if (right !== 0 || down !== 0) {
      messages.push({ t: "wheel", dx: right, dy: down, x, y });
    }
    this.#move = null;
    this.#turn = { dx: dx % 1, dy: dy % 1, x, y };
    return messages;
  }

  /** Everything was let go. */
  release() {
    this.#stale |= this.#buttons;
    this.#buttons = 0;
    this.#move = null;
    this.#turn = { dx: 0, dy: 0, x: 0, y: 0 };
  }

  /**
   * @param {number} button
   * @param {{clientX: number, clientY: number, timeStamp: number}} event
   * @param {{x: number, y: number}} point
   * @returns {{x: number, y: number}} the place of the first of two clicks for the second one, too
   */
  #clicked(button, { clientX, clientY, timeStamp }, point) {
    const before = this.#click;
    const isSecond =
      button === before.button &&
      timeStamp - before.at < DOUBLE_CLICK_MS &&
      Math.hypot(clientX - before.left, clientY - before.top) <= DOUBLE_CLICK_PIXELS;
    const { x, y } = isSecond ? before : point;
    this.#click = { button, at: timeStamp, left: clientX, top: clientY, x, y };
    return { x, y };
  }
}

/** @param {number} amount */
function whole(amount) {
  return Math.max(-TURN_MAX, Math.min(TURN_MAX, Math.trunc(amount))) + 0;
}
