// The vector files, and bytes as hexadecimal digits.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { ProtocolError } from "../../sessions/static/sessions/viewer/core/fields.js";

/**
 * @param {string} name of a file in tests/vectors
 * @returns {any}
 */
export function vectors(name) {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), "ascii"));
}

/**
 * @param {string} digits
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromHex(digits) {
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

/** @param {Uint8Array} bytes */
export function toHex(bytes) {
  return Buffer.from(bytes).toString("hex");
}

/**
 * @param {() => unknown} call that has to fail
 * @param {string} code
 * @param {string} name of the case
 */
export async function refuses(call, code, name) {
  await assert.rejects(
    async () => call(),
    (error) => error instanceof ProtocolError && error.code === code,
    `${name}: expected ${code}`,
  );
}

/**
 * @param {Uint8Array} bytes handed out from the front
 * @returns {(size: number) => Uint8Array<ArrayBuffer>}
 */
export function stream(bytes) {
  let at = 0;
  return (size) => {
    at += size;
    return bytes.slice(at - size, at);
  };
}
