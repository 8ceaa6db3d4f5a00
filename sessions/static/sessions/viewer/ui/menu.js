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
