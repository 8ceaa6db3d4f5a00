// The home's connect field. Both check digits are tried here, before anything is sent; the
// password stays in this browser and goes to the viewer's page through the tab's storage.

import { readPassword, readSupportId } from "./viewer/core/damm.js";

/** @typedef {{ok: true, url: string} | {ok: false, code: string, message: string}} Answer */

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @returns {HTMLInputElement}
 */
function field(form, name) {
  const found = form.elements.namedItem(name);
  if (!(found instanceof HTMLInputElement)) {
    throw new Error(`the form has no field ${name}`);
  }
  return found;
}

/**
 * Say beside a field what is wrong with it.
 *
 * @param {HTMLInputElement} input
 * @param {string} message empty: nothing is wrong
 */
function mark(input, message) {
  const place = document.getElementById(`${input.id}-error`);
  if (place !== null) {
    place.textContent = message;
    place.hidden = message === "";
  }
  input.classList.toggle("is-invalid", message !== "");
  input.setAttribute("aria-invalid", String(message !== ""));
}

/**
 * @param {HTMLInputElement} input
 * @param {(typed: string) => string | null} read
 * @param {number} length in digits
 * @returns {string | null} the digits, or null after having said what is wrong
 */
function readField(input, read, length) {
  const digits = read(input.value);
  if (digits !== null) {
    mark(input, "");
    return digits;
  }
  const isWhole = input.value.replace(/\D/g, "").length === length;
  mark(input, (isWhole ? input.dataset.wrong : input.dataset.incomplete) ?? "");
  return null;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} supportId
 * @returns {Promise<Answer>}
 */
async function order(form, supportId) {
  const body = new FormData();
  body.set("support_id", supportId);
  body.set("csrfmiddlewaretoken", field(form, "csrfmiddlewaretoken").value);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
    });
    return await response.json();
  } catch {
    return { ok: false, code: "offline", message: form.dataset.offline ?? "" };
  }
}

/** @param {HTMLFormElement} form */
async function connect(form) {
  const id = field(form, "support_id");
  const password = field(form, "password");
  const supportId = readField(id, readSupportId, 9);
  const digits = readField(password, readPassword, 8);
  if (supportId === null || digits === null) {
    const wrong = supportId === null ? id : password;
    wrong.focus();
    wrong.select();
    return;
  }
  /** @type {HTMLButtonElement | null} */
  const button = form.querySelector("button[type=submit]");
  button?.setAttribute("disabled", "");
  const answer = await order(form, supportId);
  if (answer.ok) {
    const session = new URL(answer.url, location.href).pathname.split("/").find((part) => part.length === 36);
    sessionStorage.setItem(`dibuc.password.${session}`, digits);
    password.value = "";
    location.assign(answer.url);
    return;
  }
  button?.removeAttribute("disabled");
  mark(id, answer.message);
  id.focus();
}

/**
 * Digits in groups, as they are read out. Only while typing at the end: the cursor stays put.
 *
 * @param {HTMLInputElement} input
 * @param {number[]} groups lengths
 */
function group(input, groups) {
  input.addEventListener("input", () => {
    const { value } = input;
    if (input.selectionStart !== value.length || /[^\d ]/.test(value)) {
      return;
    }
    let rest = value.replaceAll(" ", "");
    const parts = [];
    for (const length of groups) {
      parts.push(rest.slice(0, length));
      rest = rest.slice(length);
    }
    input.value = [...parts, rest].filter((part) => part !== "").join(" ");
  });
}

for (const form of document.querySelectorAll("form[data-connect]")) {
  if (form instanceof HTMLFormElement) {
    group(field(form, "support_id"), [3, 3, 3]);
    group(field(form, "password"), [4, 4]);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void connect(form);
    });
  }
}
