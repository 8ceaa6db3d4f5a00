// JSON objects read strictly: a wrong type, length or character is `malformed`. Unknown
// fields are ignored. The twin of agent/protocol/fields.py.

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** The other end broke the protocol, or refused. Codes: docs/protocol.md section 7. */
export class ProtocolError extends Error {
  /**
   * @param {string} code
   * @param {string} [detail] what and where, for a log; never shown to a person
   */
  constructor(code, detail = "") {
    super(detail === "" ? code : `${code}: ${detail}`);
    this.name = "ProtocolError";
    this.code = code;
    this.detail = detail;
  }
}

// As in fields.py: control characters, separators of lines, marks of writing direction.
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const NOT_IN_A_LINE = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const BASE64URL = /^[A-Za-z0-9_-]*$/;

const encoder = new TextEncoder();
// A byte order mark stays, so that JSON.parse refuses it as Python's json does.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * @param {string} text
 * @returns {Bytes} UTF-8
 */
export function toUtf8(text) {
  return encoder.encode(text);
}

/**
 * @param {...Uint8Array} parts
 * @returns {Bytes}
 */
export function concatenate(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * @param {Uint8Array} data
 * @returns {string} base64url without padding
 */
export function toBase64url(data) {
  const binary = Array.from(data, (octet) => String.fromCharCode(octet)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * @param {string} text only the canonical spelling without padding is accepted
 * @returns {Bytes}
 */
function fromBase64url(text) {
  if (!BASE64URL.test(text) || text.length % 4 === 1) {
    throw malformed("not base64url");
  }
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const data = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (toBase64url(data) !== text) {
    throw malformed("base64url with stray bits");
  }
  return data;
}

/**
 * @param {string} detail
 * @returns {ProtocolError}
 */
export function malformed(detail) {
  return new ProtocolError("malformed", detail);
}

/** The fields of one JSON object. */
export class Fields {
  /** @type {Map<string, unknown>} */
  #values;

  /** @param {object} values */
  constructor(values) {
    this.#values = new Map(Object.entries(values));
  }

  /**
   * @param {string | Uint8Array} data
   * @param {number} maximum in bytes of UTF-8
   * @returns {Fields}
   */
  static ofJson(data, maximum) {
    const raw = typeof data === "string" ? encoder.encode(data) : data;
    if (raw.length > maximum) {
      throw new ProtocolError("too-large", `${raw.length} bytes of JSON, at most ${maximum}`);
    }
    let values;
    try {
      values = JSON.parse(decoder.decode(raw));
    } catch {
      throw malformed("not JSON");
    }
    if (!isObject(values)) {
      throw malformed("not a JSON object");
    }
    return new Fields(values);
  }

  /**
   * @param {string} name
   * @returns {boolean}
   */
  has(name) {
    return this.#values.has(name);
  }

  /**
   * @param {string} name
   * @param {number} maximum in characters (code points)
   * @param {number} [minimum]
   * @returns {string} without lone surrogates
   */
  text(name, maximum, minimum = 1) {
    const value = this.#values.get(name);
    if (typeof value !== "string") {
      throw malformed(`${name}: a text`);
    }
    const length = [...value].length;
    if (length < minimum || length > maximum) {
      throw malformed(`${name}: a text of ${minimum} to ${maximum} characters`);
    }
    if (!value.isWellFormed()) {
      throw malformed(`${name}: half a character`);
    }
    return value;
  }

  /**
   * @param {string} name
   * @param {number} maximum in characters
   * @returns {string} that shows as one line, in one direction
   */
  line(name, maximum) {
    const value = this.text(name, maximum);
    if (NOT_IN_A_LINE.test(value)) {
      throw malformed(`${name}: a control character`);
    }
    return value;
  }

  /**
   * @param {string} name
   * @param {RegExp} pattern anchored at both ends
   * @returns {string}
   */
  matching(name, pattern) {
    const value = this.#values.get(name);
    if (typeof value !== "string" || !pattern.test(value)) {
      throw malformed(`${name}: not ${pattern.source}`);
    }
    return value;
  }

  /**
   * @param {string} name
   * @param {number} minimum
   * @param {number} maximum
   * @returns {number}
   */
  integer(name, minimum, maximum) {
    const value = this.#values.get(name);
    if (typeof value !== "number" || !Number.isInteger(value) || value < minimum || value > maximum) {
      throw malformed(`${name}: an integer from ${minimum} to ${maximum}`);
    }
    return value;
  }

  /**
   * @param {string} name
   * @param {number} minimum
   * @param {number} maximum
   * @returns {number | null} null where null is written; a missing one is malformed
   */
  integerOrNull(name, minimum, maximum) {
    return this.#values.get(name) === null ? null : this.integer(name, minimum, maximum);
  }

  /**
   * @param {string} name
   * @returns {boolean}
   */
  boolean(name) {
    const value = this.#values.get(name);
    if (typeof value !== "boolean") {
      throw malformed(`${name}: true or false`);
    }
    return value;
  }

  /**
   * @param {string} name given as base64url
   * @param {number} minimum in bytes
   * @param {number} maximum in bytes
   * @returns {Bytes}
   */
  octets(name, minimum, maximum) {
    const value = this.#values.get(name);
    if (typeof value !== "string" || value.length > (maximum * 4) / 3 + 3) {
      throw malformed(`${name}: base64url of at most ${maximum} bytes`);
    }
    const data = fromBase64url(value);
    if (data.length < minimum || data.length > maximum) {
      throw malformed(`${name}: ${minimum} to ${maximum} bytes`);
    }
    return data;
  }

  /**
   * @param {string} name
   * @param {number} minimum how many objects in the array
   * @param {number} maximum
   * @returns {Fields[]}
   */
  children(name, minimum, maximum) {
    const value = this.#values.get(name);
    if (!Array.isArray(value) || value.length < minimum || value.length > maximum) {
      throw malformed(`${name}: an array of ${minimum} to ${maximum} objects`);
    }
    return value.map((item) => {
      if (!isObject(item)) {
        throw malformed(`${name}: an array of objects`);
      }
      return new Fields(item);
    });
  }
}

/**
 * @param {unknown} value
 * @returns {value is object}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
