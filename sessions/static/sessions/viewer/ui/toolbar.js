// The buttons above the picture, and the question whether the session shall end.

import { element } from "./elements.js";

/** The keyboard while the picture is full screen; only Chromium has it. */
/** @typedef {{lock?: () => Promise<void>, unlock?: () => void}} KeyboardLock */
const keyboardLock = /** @type {{keyboard?: KeyboardLock}} */ (navigator).keyboard;

/**
 * @typedef {object} Actions
 * @property {() => void} pause
 * @property {() => void} resume
 * @property {() => void} end
 */

/**
 * @param {import("./screen.js").Screen} screen
 * @param {Actions} actions
 */
export function setUpToolbar(screen, { pause, resume, end }) {
  setUpSize(screen);
  setUpPanel();
  element("pause", HTMLButtonElement).addEventListener("click", pause);
  element("resume", HTMLButtonElement).addEventListener("click", resume);
  ask("end", "end-dialog", end);
}

/**
 * What can be done with a picture, with a clock that runs and with one that stands.
 *
 * @param {{picture: boolean, running: boolean, paused: boolean, over: boolean}} now
 */
export function setTools({ picture, running, paused, over }) {
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = document.querySelectorAll(".needs-picture");
  for (const button of buttons) {
    button.disabled = !picture;
  }
  const pause = element("pause", HTMLButtonElement);
  pause.disabled = !running;
  pause.hidden = paused;
  element("resume", HTMLButtonElement).hidden = !paused;
  element("end", HTMLButtonElement).disabled = over;
}

/** @param {import("./screen.js").Screen} screen */
function setUpSize(screen) {
  const fit = element("fit", HTMLButtonElement);
  const original = element("original", HTMLButtonElement);
  const choose = (/** @type {boolean} */ isFit) => {
    screen.setFit(isFit);
    fit.setAttribute("aria-pressed", String(isFit));
    original.setAttribute("aria-pressed", String(!isFit));
  };
  fit.addEventListener("click", () => choose(true));
  original.addEventListener("click", () => choose(false));
  const full = element("full", HTMLButtonElement);
  // A telephone's Safari shows nothing but films on its full screen.
  full.hidden = !document.fullscreenEnabled;
  full.addEventListener("click", () => void toggleFullScreen(screen));
  document.addEventListener("fullscreenchange", () => {
    full.setAttribute("aria-pressed", String(document.fullscreenElement !== null));
  });
}

/** @param {import("./screen.js").Screen} screen */
async function toggleFullScreen(screen) {
  if (document.fullscreenElement) {
    keyboardLock?.unlock?.();
    await document.exitFullscreen();
    return;
  }
  await document.documentElement.requestFullscreen();
  // With the lock, Alt+Tab, Escape and the Windows key go to the customer's computer too.
  await keyboardLock?.lock?.().catch(() => undefined);
  screen.focus();
}

function setUpPanel() {
  const toggle = element("panel-toggle", HTMLButtonElement);
  const panel = element("panel", HTMLElement);
  const set = (/** @type {boolean} */ open) => {
    panel.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
  };
  toggle.addEventListener("click", () => set(Boolean(panel.hidden)));
  set(globalThis.matchMedia("(min-width: 60rem)").matches);
}

/**
 * @param {string} buttonId opens the dialog
 * @param {string} dialogId
 * @param {() => void} confirmed the answer was neither Escape nor the button without a value
 */
function ask(buttonId, dialogId, confirmed) {
  const dialog = element(dialogId, HTMLDialogElement);
  element(buttonId, HTMLButtonElement).addEventListener("click", () => {
    dialog.returnValue = "";
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "") {
      confirmed();
    }
  });
}
