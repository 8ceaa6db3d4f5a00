// Notes that save themselves. Until the portal has them, they are kept in this tab.

import { ApiError, post } from "./api.js";
import { element, setting } from "./elements.js";
import { text } from "./texts.js";

const PAUSE_MS = 800;
const RETRY_MS = 5000;

class Notes {
  #field = element("notes", HTMLTextAreaElement);
  #state = element("notes-state", HTMLParagraphElement);
  #draft = `dibuc.notes.${setting("session")}`;
  #saved = this.#field.value;
  #isSaving = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  constructor() {
    const draft = sessionStorage.getItem(this.#draft);
    if (draft !== null && draft !== this.#saved) {
      // The page was closed or reloaded before its last words arrived.
      this.#field.value = draft;
      this.#later(0);
    }
    this.#field.addEventListener("input", () => {
      sessionStorage.setItem(this.#draft, this.#field.value);
      this.#state.textContent = "";
      this.#later(PAUSE_MS);
    });
    this.#field.addEventListener("blur", () => void this.#save());
    globalThis.addEventListener("pagehide", () => void this.#save({ keepalive: true }));
    globalThis.addEventListener("beforeunload", (event) => {
      if (this.#field.value !== this.#saved) {
        event.preventDefault();
      }
    });
  }

  /** @param {number} milliseconds */
  #later(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), milliseconds);
  }

  /** @param {{keepalive?: boolean}} [options] */
  async #save(options = {}) {
    const notes = this.#field.value;
    if (notes === this.#saved || this.#isSaving) {
      return;
    }
    this.#isSaving = true;
    this.#state.textContent = text("notes.saving");
    try {
      await post(setting("notesUrl"), { notes }, options);
      this.#saved = notes;
      this.#state.textContent = text("notes.saved");
    } catch (error) {
      const reason = error instanceof ApiError ? error.message : String(error);
      this.#state.textContent = text("notes.failed", { reason });
      this.#later(RETRY_MS);
      return;
    } finally {
      this.#isSaving = false;
    }
    if (this.#field.value === notes) {
      sessionStorage.removeItem(this.#draft);
    } else {
      this.#later(PAUSE_MS);
    }
  }
}

/** Let the page's notes save themselves. */
export function setUpNotes() {
  new Notes();
}
