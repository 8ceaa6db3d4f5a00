// Whose session this is: search while typing, or a new customer.

import { ApiError, get, post } from "./api.js";
import { element, setting } from "./elements.js";
import { text } from "./texts.js";

/** @typedef {{id: number, number?: number, name: string, city?: string}} Customer */

const PAUSE_MS = 200;

/** A combobox as in the ARIA Authoring Practices: the focus stays in the field. */
class CustomerPicker {
  #find = element("customer-find", HTMLDivElement);
  #chosen = element("customer-chosen", HTMLParagraphElement);
  #name = element("customer-name", HTMLElement);
  #search = element("customer-search", HTMLInputElement);
  #list = element("customer-list", HTMLUListElement);
  #new = element("customer-new", HTMLButtonElement);
  #form = element("customer-form", HTMLFormElement);
  #state = element("customer-state", HTMLParagraphElement);
  /** @type {Customer[]} */
  #found = [];
  #active = -1;
  #question = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pause;

  constructor() {
    this.#search.addEventListener("input", () => {
      clearTimeout(this.#pause);
      this.#pause = setTimeout(() => void this.#ask(), PAUSE_MS);
    });
    this.#search.addEventListener("keydown", (event) => this.#key(event));
    this.#search.addEventListener("blur", () => this.#close());
    element("customer-change", HTMLButtonElement).addEventListener("click", () => {
      this.#show(false);
      this.#search.focus();
    });
    this.#new.addEventListener("click", () => this.#openForm(Boolean(this.#form.hidden)));
    element("customer-cancel", HTMLButtonElement).addEventListener("click", () => this.#openForm(false));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#create();
    });
  }

  async #ask() {
    this.#question.abort();
    this.#question = new AbortController();
    const { signal } = this.#question;
    const q = this.#search.value.trim();
    if (q === "") {
      this.#say("");
      this.#close();
      return;
    }
    this.#say(text("customer.searching"));
    try {
      const { results } = await get(setting("searchUrl"), { q }, signal);
      this.#offer(results);
      this.#say(results.length === 0 ? text("customer.none") : "");
    } catch (error) {
      if (!signal.aborted) {
        this.#failed(error);
      }
    }
  }

  /** @param {Customer[]} found */
  #offer(found) {
    this.#found = found;
    this.#list.replaceChildren(
      ...found.map((customer, index) => {
        const option = document.createElement("li");
        option.id = `customer-option-${index}`;
        option.role = "option";
        const name = document.createElement("strong");
        name.textContent = customer.name;
        const more = document.createElement("span");
        more.textContent = [customer.number, customer.city].filter(Boolean).join(" · ");
        option.append(name, more);
        // Before the field loses the focus and the list closes.
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          void this.#choose(customer);
        });
        return option;
      }),
    );
    this.#list.hidden = found.length === 0;
    this.#search.setAttribute("aria-expanded", String(found.length > 0));
    this.#activate(found.length > 0 ? 0 : -1);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const count = this.#list.hidden ? 0 : this.#found.length;
    if (event.key === "Escape") {
      this.#close();
    } else if (event.key === "ArrowDown" && count > 0) {
      this.#activate((this.#active + 1) % count);
    } else if (event.key === "ArrowUp" && count > 0) {
      this.#activate((this.#active + count - 1) % count);
    } else if (event.key === "Enter") {
      const customer = count > 0 ? this.#found[this.#active] : undefined;
      if (customer) {
        void this.#choose(customer);
      }
    } else {
      return;
    }
    event.preventDefault();
  }

  /** @param {number} index of the option that Enter takes, or -1 */
  #activate(index) {
    this.#active = index;
    for (const [at, option] of [...this.#list.children].entries()) {
      option.setAttribute("aria-selected", String(at === index));
    }
    const option = this.#list.children[index];
    option?.scrollIntoView({ block: "nearest" });
    this.#search.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  #close() {
    this.#list.hidden = true;
    this.#search.setAttribute("aria-expanded", "false");
    this.#search.setAttribute("aria-activedescendant", "");
  }

  /** @param {Customer} customer */
  async #choose({ id, name }) {
    this.#close();
    try {
      await post(setting("customerUrl"), { customer: String(id) });
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.#name.textContent = name;
    this.#search.value = "";
    this.#openForm(false);
    this.#form.reset();
    this.#show(true);
    this.#say(text("customer.saved", { name }));
  }

  async #create() {
    this.#showErrors({});
    try {
      const customer = await post(setting("createUrl"), new FormData(this.#form));
      await this.#choose(customer);
    } catch (error) {
      if (error instanceof ApiError && Object.keys(error.errors).length > 0) {
        this.#showErrors(error.errors);
      } else {
        this.#failed(error);
      }
    }
  }

  /** @param {Record<string, string[]>} errors by field; `__all__` for the form */
  #showErrors(errors) {
    /** @type {NodeListOf<HTMLElement>} */
    const places = this.#form.querySelectorAll("[data-error]");
    const names = new Set([...places].map((place) => place.dataset.error ?? ""));
    // What belongs to a field that the form does not show is said at its end.
    const others = Object.entries(errors).flatMap(([name, found]) => (names.has(name) ? [] : found));
    for (const place of places) {
      const name = place.dataset.error ?? "";
      const said = [...(errors[name] ?? []), ...(name === "__all__" ? others : [])].join(" ");
      place.textContent = said;
      place.hidden = said === "";
      place.previousElementSibling?.setAttribute("aria-invalid", String(said !== ""));
    }
    this.#form.querySelector("input[aria-invalid=true]")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {boolean} open */
  #openForm(open) {
    this.#form.hidden = !open;
    this.#new.setAttribute("aria-expanded", String(open));
    if (open) {
      element("new-company-name", HTMLInputElement).focus();
    }
  }

  /** @param {boolean} isChosen */
  #show(isChosen) {
    this.#chosen.hidden = !isChosen;
    this.#find.hidden = isChosen;
    this.#say("");
  }

  /** @param {unknown} error */
  #failed(error) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
    this.#say(text("customer.failed", { reason: error.message }));
  }

  /** @param {string} message */
  #say(message) {
    this.#state.textContent = message;
  }
}

/** Let the page's customer be found, created and chosen. */
export function setUpCustomer() {
  new CustomerPicker();
}
