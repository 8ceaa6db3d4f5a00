// What stands before the picture while there is none, and the one line that names the state.

import { readPassword } from "../core/damm.js";
import { element } from "./elements.js";
import { countedText, duration, hasText, money, text } from "./texts.js";

/** @typedef {"connecting" | "password" | "checking" | "asking" | "opening" | "connected" | "paused" | "lost" | "ended" | "failed"} State */

const PASSWORD_DIGITS = 8;

/** The card over the picture and the badge in the bar. */
export class Overlay {
  #overlay = element("overlay", HTMLElement);
  #badge = element("state", HTMLParagraphElement);
  #title = element("overlay-title", HTMLHeadingElement);
  #text = element("overlay-text", HTMLParagraphElement);
  #form = element("password-form", HTMLFormElement);
  #password = element("password", HTMLInputElement);
  #error = element("password-error", HTMLParagraphElement);
  #summary = element("summary", HTMLDListElement);
  #again = element("again", HTMLButtonElement);
  #toSession = element("to-session", HTMLAnchorElement);
  #toHome = element("to-home", HTMLAnchorElement);

  /**
   * @param {(password: string) => void} onPassword 8 digits whose check digit is right
   * @param {() => void} onAgain
   */
  constructor(onPassword, onAgain) {
    this.#again.addEventListener("click", onAgain);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const typed = this.#password.value;
      const password = readPassword(typed);
      if (password === null) {
        const isWhole = typed.replace(/\D/g, "").length === PASSWORD_DIGITS;
        this.#refuse(text(isWhole ? "password.digits" : "password.incomplete"));
      } else {
        this.#refuse(null);
        this.#password.value = "";
        onPassword(password);
      }
    });
  }

  /**
   * @param {State} state
   * @param {string} key of the texts: key.title and key.text
   */
  show(state, key) {
    this.#set(state, text(`${key}.title`), text(`${key}.text`));
  }

  /** The picture is free. */
  hide() {
    this.#set("connected", "", "");
    this.#overlay.hidden = true;
  }

  /**
   * @param {string} title
   * @param {string} explanation
   */
  askPassword(title, explanation) {
    this.#set("password", title, explanation);
    this.#form.hidden = false;
    this.#refuse(null);
    this.#password.focus();
  }

  /**
   * @param {string} code wrong-password, password-rotated or locked
   * @param {number | null} triesLeft
   */
  refusePassword(code, triesLeft) {
    const explanation =
      code === "wrong-password" && triesLeft !== null ? countedText(code, triesLeft) : text(`${code}.text`);
    this.askPassword(text(`${code}.title`), explanation);
  }

  /** @param {{reason: string, seconds: number, blocks: number, cents: number}} ended */
  showEnd({ reason, seconds, blocks, cents }) {
    const title = hasText(`ended.${reason}`) ? `ended.${reason}` : "ended.title";
    const explanation = hasText(`ended.${reason}.text`) ? `ended.${reason}.text` : "ended.text";
    this.#set("ended", text(title), text(explanation));
    if (blocks > 0) {
      const started = countedText("blocks", blocks);
      element("summary-time", HTMLElement).textContent = text("minutes", { time: duration(seconds), blocks: started });
      element("summary-cost", HTMLElement).textContent = money(cents);
      this.#summary.hidden = false;
    }
    this.#toSession.hidden = false;
    this.#toHome.hidden = false;
  }

  /**
   * @param {string} code of docs/protocol.md, section 7
   * @param {string} fallback key of the text for codes that have none of their own
   * @param {boolean} mayTryAgain
   */
  showError(code, fallback, mayTryAgain) {
    const title = hasText(`error.${code}.title`) ? `error.${code}.title` : "error.title";
    this.#set("failed", text(title), text(hasText(`error.${code}`) ? `error.${code}` : fallback, { code }));
    this.#again.hidden = !mayTryAgain;
    this.#toHome.hidden = false;
  }

  /** @param {string} feature that this browser lacks */
  showMissing(feature) {
    this.#set("failed", text("error.title"), text("error.old-browser", { feature }));
    this.#toHome.hidden = false;
  }

  /**
   * @param {State} state
   * @param {string} title
   * @param {string} explanation
   */
  #set(state, title, explanation) {
    this.#badge.textContent = text(`state.${state}`);
    document.body.dataset.state = state;
    this.#overlay.hidden = false;
    this.#title.textContent = title;
    this.#text.textContent = explanation;
    for (const part of [this.#form, this.#summary, this.#again, this.#toSession, this.#toHome]) {
      part.hidden = true;
    }
  }

  /** @param {string | null} message null: nothing is wrong */
  #refuse(message) {
    this.#error.textContent = message;
    this.#error.hidden = message === null;
    this.#password.setAttribute("aria-invalid", String(message !== null));
    this.#password.classList.toggle("is-invalid", message !== null);
    if (message !== null) {
      this.#password.focus();
      this.#password.select();
    }
  }
}
