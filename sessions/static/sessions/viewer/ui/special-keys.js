// The menu of keys that the technician's own system keeps for itself, and the tablet's keyboard.

import { chord } from "../core/typing.js";
import { element } from "./elements.js";

/** @typedef {import("../core/wire.js").TechnicianControl} TechnicianControl */

/** Every key of the menu is pressed at the customer's, and the keyboard is back at the picture. */
export class SpecialKeys {
  #menu = element("keys-menu", HTMLDivElement);
  #screenKeyboard = element("screen-keyboard", HTMLButtonElement);
  #isKeyboardShown = false;
  #typist;

  /**
   * @param {import("./typist.js").Typist} typist
   * @param {(messages: TechnicianControl[]) => void} send
   */
  constructor(typist, send) {
    this.#typist = typist;
    /** @type {NodeListOf<HTMLButtonElement>} */
    const keys = this.#menu.querySelectorAll("[data-keys]");
    for (const button of keys) {
      button.addEventListener("click", () => {
        // Modifiers that were pressed before, for instance Control and F5.
        const latched = [...typist.latched];
        send(chord([...latched, ...(button.dataset.keys ?? "").split(" ")]));
        latched.forEach((code) => typist.latch(code));
        typist.focus();
      });
    }
    for (const button of this.#latches()) {
      button.addEventListener("click", () => {
        typist.latch(button.dataset.latch ?? "");
        typist.focus();
      });
    }
    this.#menu.addEventListener("toggle", () => this.#showLatches());
    this.#screenKeyboard.addEventListener("click", () => {
      this.#isKeyboardShown = !this.#isKeyboardShown;
      this.#screenKeyboard.setAttribute("aria-pressed", String(this.#isKeyboardShown));
      typist.showScreenKeyboard(this.#isKeyboardShown);
    });
  }

  /** @param {{caps: boolean, num: boolean, scroll: boolean}} locks of the customer's keyboard */
  showLocks({ caps, num, scroll }) {
    const on = { CapsLock: caps, NumLock: num, ScrollLock: scroll };
    for (const [code, isOn] of Object.entries(on)) {
      this.#menu.querySelector(`[data-keys="${code}"]`)?.setAttribute("aria-pressed", String(isOn));
    }
  }

  #showLatches() {
    for (const button of this.#latches()) {
      button.setAttribute("aria-pressed", String(this.#typist.latched.has(button.dataset.latch ?? "")));
    }
  }

  /** @returns {NodeListOf<HTMLButtonElement>} */
  #latches() {
    return this.#menu.querySelectorAll("[data-latch]");
  }
}
