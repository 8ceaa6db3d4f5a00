// Finding elements of the page, with a clear fault when template and script disagree.

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) {
    throw new Error(`the page has no ${kind.name} with the id ${id}`);
  }
  return found;
}

/**
 * @param {string} name of a data attribute of the body
 * @returns {string}
 */
export function setting(name) {
  const value = document.body.dataset[name];
  if (value === undefined) {
    throw new Error(`the page does not say ${name}`);
  }
  return value;
}

/**
 * @param {string} name
 * @returns {number}
 */
export const numberSetting = (name) => Number.parseInt(setting(name), 10);
