// The picture and what the technician's hands do on it.

import { Pointer, screenPoint, wheelSteps } from "../core/input.js";
import { Keyboard } from "../core/keymap.js";
import { fittingScale, isSharp, originalScale } from "../core/size.js";
import { chord, typed } from "../core/typing.js";
import { element } from "./elements.js";

/** @typedef {import("../core/wire.js").TechnicianControl} TechnicianControl */
/** @typedef {import("../core/keymap.js").KeyMessage} KeyMessage */

/** Room for the ring that shows who has the keyboard, in CSS pixels. */
const FRAME = 2;
const isMac = /mac/i.test(navigator.platform);

/** Canvas, mouse and keyboard. Nothing is sent while it is not active. */
export class Screen {
  canvas = element("screen", HTMLCanvasElement);
  #room = element("room", HTMLDivElement);
  #paper = element("paper", HTMLDivElement);
  #input = element("keyboard", HTMLTextAreaElement);
  #control = element("control", HTMLButtonElement);
  #remotePointer = element("pointer", HTMLSpanElement);
  #pointer = new Pointer();
  #keyboard = new Keyboard({ isMac });
  #size = { width: 1280, height: 800 };
  /** Where on the whole screen of all monitors the picture begins. */
  #origin = { x: 0, y: 0 };
  #percent = 100;
  #isFit = true;
  #isActive = false;
  #frame = 0;
  /** Shapes by their id. @type {Map<string, {url: string, hotX: number, hotY: number}>} */
  #cursors = new Map();
  #cursor = "";
  #send;
  #leave;

  /**
   * @param {(messages: TechnicianControl[]) => void} send
   * @param {() => void} leave the technician wants the keyboard back
   */
  constructor(send, leave) {
    this.#send = send;
    this.#leave = leave;
    this.#listenToPointer();
    this.#listenToKeyboard();
    new ResizeObserver(() => this.#layOut()).observe(this.#room);
    // The window may have moved to a display with another ratio, its size the same.
    globalThis.addEventListener("resize", () => this.#layOut());
  }

  /** @param {boolean} isActive hands on: the customer agreed and the picture stands */
  setActive(isActive) {
    if (this.#isActive && !isActive) {
      this.#release();
    }
    this.#isActive = isActive;
    this.#input.disabled = !isActive;
    this.#remotePointer.hidden = true;
  }

  /** @param {boolean} isFit scaled to the room that there is, or shown in its own size */
  setFit(isFit) {
    this.#isFit = isFit;
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
    this.#input.focus({ preventScroll: true });
  }

  /** @param {string} codes as KeyboardEvent.code, separated by blanks, pressed together */
  press(codes) {
    this.#send(chord(codes.split(" ")));
  }

  /** @param {string} text */
  type(text) {
    this.#send(typed(text));
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
    const scale = this.#isFit
      ? fittingScale(this.#size, inside, ratio)
      : originalScale(ratio, this.#percent);
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
    this.#room.classList.toggle("is-original", !this.#isFit);
    this.#room.classList.toggle("is-sharp", isSharp(scale, ratio));
  }

  #listenToPointer() {
    const paper = this.#paper;
    const update = (/** @type {PointerEvent} */ event) => this.#pointed(event);
    paper.addEventListener("pointerdown", (event) => {
      // The default would take the focus away from the field that takes the keys.
      event.preventDefault();
      if (this.#isActive) {
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
          this.#send(this.#keyboard.modifiersForPointer());
          this.#pointer.turn(wheelSteps(event), this.#point(event));
          this.#gather();
        }
      },
      { passive: false },
    );
  }

  /** @param {PointerEvent} event */
  #pointed(event) {
    if (!this.#isActive || !event.isPrimary) {
      return;
    }
    // From now on the customer's pointer is where this one is.
    this.#remotePointer.hidden = true;
    const buttons = this.#pointer.update(event.buttons, this.#point(event));
    if (buttons.length > 0) {
      this.#send([...this.#keyboard.modifiersForPointer(), ...buttons]);
    }
    this.#gather();
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

  #listenToKeyboard() {
    const input = this.#input;
    const take = (/** @type {KeyboardEvent} */ event) => {
      const { key, code, ctrlKey, altKey, shiftKey, metaKey, timeStamp, isComposing } = event;
      const altGraph = event.getModifierState("AltGraph");
      const plain = { key, code, ctrlKey, altKey, shiftKey, metaKey, timeStamp, isComposing, altGraph };
      const answer = event.type === "keydown" ? this.#keyboard.down(plain) : this.#keyboard.up(plain);
      if (answer.handled) {
        event.preventDefault();
      }
      this.#send(answer.messages);
      if (answer.leave) {
        this.#leave();
      }
    };
    input.addEventListener("keydown", take);
    input.addEventListener("keyup", take);
    input.addEventListener("input", (event) => {
      // While something is being composed, the text is not final; its end comes below.
      if (event instanceof InputEvent && !event.isComposing && event.inputType !== "insertCompositionText") {
        this.#send(this.#keyboard.composed(event.data ?? input.value));
        input.value = "";
      }
    });
    input.addEventListener("compositionend", (event) => {
      this.#send(this.#keyboard.composed(event.data));
      input.value = "";
    });
    input.addEventListener("paste", (event) => event.preventDefault());
    input.addEventListener("focus", () => this.#control.setAttribute("aria-pressed", "true"));
    input.addEventListener("blur", () => {
      this.#control.setAttribute("aria-pressed", "false");
      this.#release();
    });
    this.#control.addEventListener("click", () => this.focus());
    document.addEventListener("visibilitychange", () => document.hidden && this.#release());
    document.addEventListener("fullscreenchange", () => this.#release());
  }

  #release() {
    this.#pointer.release();
    if (this.#isActive) {
      this.#send(this.#keyboard.release());
    }
  }
}
