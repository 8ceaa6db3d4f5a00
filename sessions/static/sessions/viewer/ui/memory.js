// What this browser remembers of a technician's habits. Nothing that a customer would mind.

import { setting } from "./elements.js";

/** @param {string} name */
const keyOf = (name) => `dibuc.${name}.${setting("technicianId")}`;

/**
 * @param {string} name
 * @returns {string | null} null where nothing is remembered, or nothing may be
 */
export function recall(name) {
  try {
    return localStorage.getItem(keyOf(name));
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(keyOf(name), value);
  } catch {
    // A browser that is told to remember nothing still works; it asks anew next time.
  }
}
