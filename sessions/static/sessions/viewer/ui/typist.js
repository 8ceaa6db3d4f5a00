// The hidden field that takes the technician's keys, and what goes to the customer for them.

import { Composition } from "../core/composition.js";
import { Keyboard } from "../core/keymap.js";
import { element } from "./elements.js";

/** @typedef {import("../core/wire.js").TechnicianControl} TechnicianControl */

// docs/protocol.md, section 6.2: at least every 200 ms, or the agent lets the keys go.
const HOLD_MS = 150;
const isMac = /mac/i.test(navigator.platform);

/** Keyboard, input methods and screen keyboards. */
export class Typist {
  #input = element("keyboard", HTMLTextAreaElement);
  #keyboard = new Keyboard({ isMac });
  #composition = new Composition(this.#keyboard);
  #isActive = false;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #holding;
  #send;
  #leave;

  /**
   * @param {(messages: TechnicianControl[]) => void} send
   * @param {() => void} leave the technician wants the keyboard back
   */
  constructor(send, leave) {
    this.#send = send;
    this.#leave = leave;
    if (matchMedia("(pointer: coarse)").matches) {
      // A tablet would show its keyboard over the picture at every touch: it has a button.
      this.#input.inputMode = "none";
    }
    this.#listenToKeys();
    this.#listenToText();
  }

  /** @param {boolean} isActive whether keys go to the customer */
  setActive(isActive) {
    if (!isActive) {
      this.release();
    }
    this.#isActive = isActive;
    this.#input.disabled = !isActive;
  }

  /** Give the keyboard to the customer's computer. */
  focus() {
    this.#input.focus({ preventScroll: true });
  }

  /** @param {boolean} isShown the tablet's own keyboard; without it only keys that one can touch */
  showScreenKeyboard(isShown) {
    this.#composition.setLive(isShown);
    this.#input.inputMode = isShown ? "text" : "none";
    // Browsers look at the mode when the field gets the focus.
    this.#input.blur();
    this.focus();
  }

  /**
   * Press a modifier for the next key, or take that back.
   *
   * @param {string} code
   * @returns {boolean} whether it is pressed now
   */
  latch(code) {
    return this.#keyboard.latch(code);
  }

  /** Modifiers that wait for the next key. */
  get latched() {
    return this.#keyboard.latched;
  }

  /**
   * Press the modifiers that are held here, before a mouse button or the wheel.
   *
   * @param {string} [except] the flag of one that means something else this time
   */
  pressModifiers(except) {
    this.#say(this.#keyboard.modifiersForPointer(except));
  }

  /** Let everything go. */
  release() {
    if (this.#isActive) {
      this.#say(this.#keyboard.release());
    }
  }

  /** @param {TechnicianControl[]} messages */
  #say(messages) {
    this.#send(messages);
    const isHolding = this.#keyboard.held().length > 0;
    if (isHolding && this.#holding === undefined) {
      this.#holding = setInterval(() => this.#hold(), HOLD_MS);
    } else if (!isHolding) {
      clearInterval(this.#holding);
      this.#holding = undefined;
    }
  }

  #hold() {
    this.#send([{ t: "hold", codes: this.#keyboard.held() }]);
  }

  #listenToKeys() {
    const take = (/** @type {KeyboardEvent} */ event) => {
      const { key, code, ctrlKey, altKey, shiftKey, metaKey, timeStamp, isComposing, repeat } = event;
      const altGraph = event.getModifierState("AltGraph");
      const numLock = event.getModifierState("NumLock");
      const plain = { key, code, ctrlKey, altKey, shiftKey, metaKey, timeStamp, isComposing, repeat, altGraph, numLock };
      const answer = event.type === "keydown" ? this.#keyboard.down(plain) : this.#keyboard.up(plain);
      if (answer.handled) {
        event.preventDefault();
      }
      this.#say(answer.messages);
      if (answer.leave) {
        this.#leave();
      }
    };
    this.#input.addEventListener("keydown", take);
    this.#input.addEventListener("keyup", take);
    this.#input.addEventListener("blur", () => this.release());
    document.addEventListener("visibilitychange", () => document.hidden && this.release());
    document.addEventListener("fullscreenchange", () => this.release());
    // The browser may leave the page without a word to the field.
    globalThis.addEventListener("blur", () => this.release());
    globalThis.addEventListener("pagehide", () => this.release());
  }

  #listenToText() {
    const input = this.#input;
    input.addEventListener("input", (event) => {
      if (event instanceof InputEvent) {
        this.#say(this.#composition.input(event));
        if (!event.isComposing) {
          input.value = "";
        }
      }
    });
    input.addEventListener("compositionend", (event) => {
      this.#say(this.#composition.end(event.data));
      input.value = "";
    });
    input.addEventListener("paste", (event) => event.preventDefault());
  }
}
