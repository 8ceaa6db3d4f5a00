// "Type this text": for what cannot be pasted at the customer's, such as a password field or a
// log-in, and for long texts, piece by piece.

import { Typewriter } from "../core/typewriter.js";
import { element } from "./elements.js";
import { text } from "./texts.js";

/** @typedef {import("../core/wire.js").TechnicianControl} TechnicianControl */

// A longer one is a file, not something to type.
const LONGEST = 10_000;
// What is typed faster than this needs no progress.
const SHOW_AFTER_MS = 400;

/** The dialog, and the line that says how far it has come. */
export class TypeText {
  #dialog = element("type-dialog", HTMLDialogElement);
  #field = element("type-text", HTMLTextAreaElement);
  #count = element("type-count", HTMLParagraphElement);
  #bar = element("typing", HTMLDivElement);
  #progress = element("typing-progress", HTMLProgressElement);
  #words = element("typing-words", HTMLSpanElement);
  #stop = element("typing-stop", HTMLButtonElement);
  #typewriter = new Typewriter();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #soon;
  #send;
  #notify;

  /**
   * @param {(messages: TechnicianControl[]) => void} send
   * @param {(note: string) => void} notify
   * @param {() => void} done the keyboard belongs to the picture again
   */
  constructor(send, notify, done) {
    this.#send = send;
    this.#notify = notify;
    element("type", HTMLButtonElement).addEventListener("click", () => {
      this.#dialog.returnValue = "";
      this.#dialog.showModal();
      this.#showCount();
    });
    this.#field.addEventListener("input", () => this.#showCount());
    this.#field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.#dialog.close("type");
      }
    });
    this.#setUpPaste();
    this.#dialog.addEventListener("close", () => {
      if (this.#dialog.returnValue === "type" && this.#field.value !== "") {
        this.#start(this.#field.value);
        this.#field.value = "";
      }
      done();
    });
    this.#stop.addEventListener("click", () => {
      if (this.#typewriter.isBusy) {
        this.#notify(text("typing.stopped"));
      }
      this.cancel();
      done();
    });
  }

  /** @param {{n: number, missing: string}} message of the agent */
  typed(message) {
    if (!this.#typewriter.isBusy) {
      return;
    }
    this.#send(this.#typewriter.typed(message));
    if (this.#typewriter.isBusy) {
      this.#show();
    } else {
      this.#finish();
    }
  }

  /** Type nothing more: stopped, paused, or the line is lost. */
  cancel() {
    clearTimeout(this.#soon);
    this.#typewriter.cancel();
    this.#bar.hidden = true;
  }

  /** @param {string} wanted */
  #start(wanted) {
    this.cancel();
    this.#send(this.#typewriter.start(wanted));
    this.#show();
    this.#soon = setTimeout(() => {
      this.#bar.hidden = false;
    }, SHOW_AFTER_MS);
  }

  #show() {
    this.#progress.hidden = false;
    this.#progress.value = this.#typewriter.progress;
    this.#words.textContent = text("notice.typing");
    this.#stop.textContent = text("typing.stop");
  }

  #finish() {
    clearTimeout(this.#soon);
    const { missing } = this.#typewriter;
    this.#bar.hidden = missing === "";
    if (missing === "") {
      this.#notify(text("typing.done"));
      return;
    }
    // It stays until it was read.
    this.#progress.hidden = true;
    this.#words.textContent = text("typing.missing", { characters: [...missing].join(" ") });
    this.#stop.textContent = text("typing.close");
  }

  #showCount() {
    const { length } = this.#field.value;
    this.#count.textContent = length === 0 ? "" : text("typing.count", { count: length, most: LONGEST });
  }

  #setUpPaste() {
    const paste = element("type-paste", HTMLButtonElement);
    // Firefox keeps the clipboard from pages; there Ctrl+V does it.
    paste.hidden = typeof navigator.clipboard?.readText !== "function";
    paste.addEventListener("click", async () => {
      try {
        const pasted = await navigator.clipboard.readText();
        this.#field.setRangeText(pasted, this.#field.selectionStart, this.#field.selectionEnd, "end");
        this.#field.value = this.#field.value.slice(0, LONGEST);
      } catch {
        this.#notify(text("typing.clipboard"));
      }
      this.#showCount();
      this.#field.focus();
    });
  }
}
