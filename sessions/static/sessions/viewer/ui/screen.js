// The picture and what the technician's hands do on it.

import { Pointer, isSideways, screenPoint, wheelSteps } from "../core/input.js";
import { fittingScale, isSharp, originalScale } from "../core/size.js";
import { element } from "./elements.js";
import { Touch } from "./touch.js";
import { Typist } from "./typist.js";

/** @typedef {import("../core/wire.js").TechnicianControl} TechnicianControl */
/** @typedef {import("../core/gestures.js").Gesture} Gesture */

/** Room for the ring that shows who has the keyboard, in CSS pixels. */
const FRAME = 2;
const LARGEST_ZOOM = 8;
// Fingers scroll by pixels of this page: so many are one notch of the customer's wheel.
const PIXELS_A_NOTCH = 40;
const NOTCH = 120;

/** Canvas, mouse and keyboard. Nothing is sent while it is not active. */
export class Screen {
  canvas = element("screen", HTMLCanvasElement);
  #room = element("room", HTMLDivElement);
  #paper = element("paper", HTMLDivElement);
  #input = element("keyboard", HTMLTextAreaElement);
  #control = element("control", HTMLButtonElement);
  #remotePointer = element("pointer", HTMLSpanElement);
  #pointer = new Pointer();
  #typist;
  #touch;
  #size = { width: 1280, height: 800 };
  /** Where on the whole screen of all monitors the picture begins. */
  #origin = { x: 0, y: 0 };
  #percent = 100;
  #isFit = true;
  /** How many times larger than chosen two fingers have made the picture. */
  #zoom = 1;
  #isActive = false;
  #frame = 0;
  /** Shapes by their id. @type {Map<string, {url: string, hotX: number, hotY: number}>} */
  #cursors = new Map();
  #cursor = "";
  #send;

  /**
   * @param {(messages: TechnicianControl[]) => void} send
   * @param {() => void} leave the technician wants the keyboard back
   */
  constructor(send, leave) {
    this.#send = send;
    this.#typist = new Typist(send, leave);
    this.#touch = new Touch(this.#paper, (gesture) => this.#isActive && this.#gestured(gesture));
    this.#listenToPointer();
    this.#listenToFocus();
    new ResizeObserver(() => this.#layOut()).observe(this.#room);
    // The window may have moved to a display with another ratio, its size the same.
    globalThis.addEventListener("resize", () => this.#layOut());
  }

  /** @param {boolean} isActive hands on: the customer agreed and the picture stands */
  setActive(isActive) {
    this.#letGo();
    this.#isActive = isActive;
    this.#typist.setActive(isActive);
    this.#remotePointer.hidden = true;
  }

  /** @param {boolean} isFit scaled to the room that there is, or shown in its own size */
  setFit(isFit) {
    this.#isFit = isFit;
    this.#zoom = 1;
    this.#layOut();
  }

  /**
   * @param {number} width of the picture in the customer's pixels
   * @param {number} height
   * @param {{x: number, y: number}} origin of the picture on the customer's screen of all monitors
   * @param {number} percent by which the customer's programs enlarge what they draw
   */
  resize(width, height, origin, percent) {
    this.#size = { width, height };
    this.#origin = origin;
    this.#percent = percent;
    this.#layOut();
  }

  /** Give the keyboard to the customer's computer. */
  focus() {
    this.#typist.focus();
  }

  /** Keys, texts and the tablet's own keyboard. */
  get typist() {
    return this.#typist;
  }

  /** @param {import("../core/wire.js").AgentControl & {t: "cursor"}} cursor */
  setCursor({ id, shape }) {
    if (shape !== null) {
      const url = URL.createObjectURL(new Blob([shape.png], { type: "image/png" }));
      this.#cursors.set(id, { url, hotX: shape.hotX, hotY: shape.hotY });
    }
    this.#cursor = id;
    this.#paper.style.cursor = this.#cursorStyle();
  }

  /** @param {{x: number, y: number}} point where the customer moved the pointer */
  showPointer({ x, y }) {
    this.#remotePointer.hidden = false;
    this.#remotePointer.style.left = `${((x - this.#origin.x) / this.#size.width) * 100}%`;
    this.#remotePointer.style.top = `${((y - this.#origin.y) / this.#size.height) * 100}%`;
  }

  /** As large as on the customer's display: there, 200 percent draw it of twice as many pixels. */
  #cursorStyle() {
    const shape = this.#cursors.get(this.#cursor);
    if (shape === undefined) {
      return "default";
    }
    const { url, hotX, hotY } = shape;
    const density = this.#percent / 100;
    const scaled = `image-set(url("${url}") ${density}x) ${hotX / density} ${hotY / density}, default`;
    return density !== 1 && CSS.supports("cursor", scaled) ? scaled : `url("${url}") ${hotX} ${hotY}, default`;
  }

  #layOut() {
    const { width, height } = this.#size;
    const room = this.#room.getBoundingClientRect();
    const { devicePixelRatio: ratio } = globalThis;
    const inside = { width: room.width - 2 * FRAME, height: room.height - 2 * FRAME };
    const chosen = this.#isFit
      ? fittingScale(this.#size, inside, ratio)
      : originalScale(ratio, this.#percent);
    const scale = chosen * this.#zoom;
    const [w, h] = [Math.max(1, width * scale), Math.max(1, height * scale)];
    // On a whole pixel of the display, or every letter of the picture would be blurred.
    const centre = (/** @type {number} */ start, /** @type {number} */ length, /** @type {number} */ part) =>
      Math.round((start + Math.max(FRAME, (length - part) / 2)) * ratio) / ratio - start;
    const { style } = this.#paper;
    style.width = `${w}px`;
    style.height = `${h}px`;
    style.left = `${centre(room.left, room.width, w)}px`;
    style.top = `${centre(room.top, room.height, h)}px`;
    style.cursor = this.#cursorStyle();
    this.#room.classList.toggle("is-original", !this.#isFit || this.#zoom > 1);
    this.#room.classList.toggle("is-sharp", isSharp(scale, ratio));
  }

  #listenToPointer() {
    const paper = this.#paper;
    const update = (/** @type {PointerEvent} */ event) => this.#pointed(event);
    paper.addEventListener("pointerdown", (event) => {
      // The default would take the focus away from the field that takes the keys.
      event.preventDefault();
      if (this.#isActive && event.pointerType !== "touch") {
        this.focus();
        paper.setPointerCapture(event.pointerId);
        update(event);
      }
    });
    paper.addEventListener("pointermove", update);
    paper.addEventListener("pointerup", update);
    paper.addEventListener("pointercancel", update);
    paper.addEventListener("contextmenu", (event) => event.preventDefault());
    paper.addEventListener("mousedown", (event) => event.preventDefault());
    // Around the picture too: a turn beside it would enlarge this page instead.
    this.#room.addEventListener("wheel", (event) => event.ctrlKey && event.preventDefault(), { passive: false });
    paper.addEventListener(
      "wheel",
      (event) => {
        if (this.#isActive) {
          event.preventDefault();
          this.#typist.pressModifiers(isSideways(event) ? "shiftKey" : undefined);
          this.#pointer.turn(wheelSteps(event), this.#point(event));
          this.#gather();
        }
      },
      { passive: false },
    );
  }

  /** @param {PointerEvent} event */
  #pointed(event) {
    if (!this.#isActive || !event.isPrimary || event.pointerType === "touch") {
      return;
    }
    // From now on the customer's pointer is where this one is.
    this.#remotePointer.hidden = true;
    this.#use(event.buttons, event);
  }

  /**
   * @param {number} buttons that are down, as PointerEvent.buttons has them
   * @param {{clientX: number, clientY: number, timeStamp: number}} place
   */
  #use(buttons, { clientX, clientY, timeStamp }) {
    const place = { buttons, clientX, clientY, timeStamp };
    const messages = this.#pointer.update(place, this.#point(place));
    if (messages.length > 0) {
      this.#typist.pressModifiers();
      this.#send(messages);
    }
    this.#gather();
  }

  /** @param {Gesture} gesture */
  #gestured(gesture) {
    if (gesture.kind === "pan") {
      this.#room.scrollBy(-gesture.dx, -gesture.dy);
      return;
    }
    if (gesture.kind === "zoom") {
      this.#enlarge(gesture);
      return;
    }
    const place = { clientX: gesture.x, clientY: gesture.y, timeStamp: performance.now() };
    switch (gesture.kind) {
      case "scroll":
        this.#pointer.turn(
          { dx: (gesture.dx / PIXELS_A_NOTCH) * NOTCH, dy: (gesture.dy / PIXELS_A_NOTCH) * NOTCH },
          this.#point(place),
        );
        this.#gather();
        break;
      case "hover":
        if (this.#room.scrollWidth <= this.#room.clientWidth && this.#room.scrollHeight <= this.#room.clientHeight) {
          this.#use(0, place);
        }
        break;
      case "click":
        this.#use(gesture.button === 0 ? 1 : 2, place);
        this.#use(0, place);
        break;
      default:
        this.#use(gesture.kind === "drop" ? 0 : 1, place);
    }
  }

  /** @param {Gesture & {kind: "zoom"}} gesture what lies between the fingers stays there */
  #enlarge({ factor, x, y }) {
    const before = this.#paper.getBoundingClientRect();
    this.#zoom = Math.min(LARGEST_ZOOM, Math.max(1, this.#zoom * factor));
    this.#layOut();
    const after = this.#paper.getBoundingClientRect();
    const grown = after.width / before.width;
    this.#room.scrollBy(
      after.left + (x - before.left) * grown - x,
      after.top + (y - before.top) * grown - y,
    );
  }

  /** @param {{clientX: number, clientY: number}} event */
  #point(event) {
    const { x, y } = screenPoint(event, this.canvas.getBoundingClientRect(), this.#size);
    return { x: x + this.#origin.x, y: y + this.#origin.y };
  }

  /** Movements and turns of the wheel go once in a frame of this display, the newest only. */
  #gather() {
    if (this.#frame === 0) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#send(this.#pointer.gathered());
      });
    }
  }

  #listenToFocus() {
    this.#input.addEventListener("focus", () => this.#control.setAttribute("aria-pressed", "true"));
    this.#input.addEventListener("blur", () => {
      this.#control.setAttribute("aria-pressed", "false");
      this.#letGo();
    });
    this.#control.addEventListener("click", () => this.focus());
    document.addEventListener("visibilitychange", () => document.hidden && this.#letGo());
    document.addEventListener("fullscreenchange", () => this.#letGo());
    globalThis.addEventListener("blur", () => this.#letGo());
  }

  /** The typist tells the customer's computer to let everything go; here it is forgotten. */
  #letGo() {
    this.#pointer.release();
    this.#touch.release();
  }
}
