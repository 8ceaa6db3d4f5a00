// Questions to the portal, with answers that can be shown to a person.

import { setting } from "./elements.js";
import { text } from "./texts.js";

/** Not done. The message is a sentence for the technician; `errors` are by field. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {Record<string, string[]>} [errors]
   */
  constructor(message, errors = {}) {
    super(message);
    this.errors = errors;
  }
}

/**
 * @param {string} url
 * @param {RequestInit} options
 * @returns {Promise<any>} the JSON of a good answer
 * @throws {ApiError}
 */
async function ask(url, options) {
  let response;
  try {
    response = await fetch(url, { ...options, headers: { Accept: "application/json", ...options.headers } });
  } catch {
    throw new ApiError(text("fetch.offline"));
  }
  // A page instead of JSON, such as a 403, has nothing that could be shown here.
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new ApiError(answer.message ?? text("fetch.refused", { status: response.status }), answer.errors);
  }
  return answer;
}

/**
 * @param {string} url
 * @param {Record<string, string>} query
 * @param {AbortSignal} [signal]
 */
export function get(url, query, signal) {
  return ask(`${url}?${new URLSearchParams(query)}`, signal ? { signal } : {});
}

/**
 * @param {string} url
 * @param {Record<string, string> | FormData} fields
 * @param {{keepalive?: boolean}} [options] keepalive: finish even if the page closes
 */
export function post(url, fields, { keepalive = false } = {}) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  return ask(url, { method: "POST", body, keepalive, headers: { "X-CSRFToken": setting("csrf") } });
}
