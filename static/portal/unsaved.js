// Asks before a page with unsaved entries is left. Forms that want this carry data-unsaved.

/** @type {Set<HTMLFormElement>} */
const unsaved = new Set();

/** @param {HTMLFormElement} form */
function watch(form) {
  if (form.dataset.unsaved === "now") {
    unsaved.add(form);
  }
  form.addEventListener("input", () => unsaved.add(form));
  form.addEventListener("submit", () => unsaved.delete(form));
}

for (const form of document.querySelectorAll("form[data-unsaved]")) {
  if (form instanceof HTMLFormElement) {
    watch(form);
  }
}

addEventListener("beforeunload", (event) => {
  if (unsaved.size > 0) {
    event.preventDefault();
  }
});
