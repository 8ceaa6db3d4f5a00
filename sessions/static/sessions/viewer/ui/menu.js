// Menus of the toolbar: each opens below its button, in the top layer, where nothing cuts it off.
// Opening, closing by Escape or a click beside it, and the focus are the browser's own (popover).

const GAP = 4;
const EDGE = 8;

/** Give every menu of the page its place. */
export function setUpMenus() {
  /** @type {NodeListOf<HTMLElement>} */
  const menus = document.querySelectorAll(".menu[popover]");
  for (const menu of menus) {
    const button = document.querySelector(`[popovertarget="${menu.id}"]`);
    if (!(button instanceof HTMLButtonElement)) {
      throw new Error(`no button opens the menu ${menu.id}`);
    }
    menu.addEventListener("toggle", () => place(menu, button));
    menu.addEventListener("keydown", (event) => walk(menu, event));
    button.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" && !button.disabled) {
        menu.showPopover();
        walk(menu, event);
      }
    });
    menu.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("button") !== null) {
        menu.hidePopover();
      }
    });
    globalThis.addEventListener("resize", () => menu.hidePopover());
  }
}

/**
 * @param {HTMLElement} menu
 * @param {HTMLButtonElement} button
 */
function place(menu, button) {
  const box = button.getBoundingClientRect();
  const rightmost = document.documentElement.clientWidth - menu.offsetWidth - EDGE;
  menu.style.top = `${box.bottom + GAP}px`;
  menu.style.left = `${Math.max(EDGE, Math.min(box.left, rightmost))}px`;
}

/**
 * The arrows go from item to item, round and round.
 *
 * @param {HTMLElement} menu
 * @param {KeyboardEvent} event
 */
function walk(menu, event) {
  const steps = new Map([["ArrowDown", 1], ["ArrowRight", 1], ["ArrowUp", -1], ["ArrowLeft", -1]]);
  const step = steps.get(event.key);
  /** @type {HTMLElement[]} */
  const items = [...menu.querySelectorAll("button:enabled, input:enabled")].filter((item) => item instanceof HTMLElement);
  if (step === undefined || items.length === 0) {
    return;
  }
  event.preventDefault();
  const now = items.findIndex((item) => item === document.activeElement);
  items.at(now === -1 && step === -1 ? -1 : (now + step) % items.length)?.focus();
}
