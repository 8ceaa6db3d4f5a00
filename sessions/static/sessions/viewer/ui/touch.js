// A tablet's fingers on the picture: gestures become the customer's mouse, or move the view.

import { Gestures, LONG_PRESS_MS } from "../core/gestures.js";

/** @typedef {import("../core/gestures.js").Gesture} Gesture */

/** Follows the fingers on `paper`; mouse and pen are left alone. */
export class Touch {
  #gestures = new Gestures();
  #act;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #resting;

  /**
   * @param {HTMLElement} paper
   * @param {(gesture: Gesture) => void} act
   */
  constructor(paper, act) {
    this.#act = act;
    paper.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch") {
        paper.setPointerCapture(event.pointerId);
        this.#take(this.#gestures.down(touchOf(event)));
      }
    });
    paper.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch") {
        this.#take(this.#gestures.move(touchOf(event)));
      }
    });
    paper.addEventListener("pointerup", (event) => {
      if (event.pointerType === "touch") {
        this.#take(this.#gestures.up(touchOf(event)));
      }
    });
    paper.addEventListener("pointercancel", (event) => {
      if (event.pointerType === "touch") {
        this.#take(this.#gestures.cancel());
      }
    });
  }

  /** The customer's buttons were all let go: what the fingers do till they are up means nothing. */
  release() {
    clearTimeout(this.#resting);
    this.#gestures.cancel();
  }

  /** @param {Gesture[]} gestures */
  #take(gestures) {
    gestures.forEach((gesture) => this.#act(gesture));
    clearTimeout(this.#resting);
    if (this.#gestures.isWaiting) {
      this.#resting = setTimeout(() => this.#take(this.#gestures.held()), LONG_PRESS_MS);
    }
  }
}

/** @param {PointerEvent} event */
function touchOf({ pointerId, clientX, clientY, timeStamp }) {
  return { id: pointerId, x: clientX, y: clientY, at: timeStamp };
}
