// Copies the few files that pages need out of node_modules into static/vendor/.
//
// The packages themselves stay out of Django's collectstatic, which would stumble
// over their module trees. From `zstddec` only the WebAssembly is taken: its own
// wrapper loads it through a data: URL, which our Content Security Policy blocks,
// and keeps no context from one call to the next.
//
// Usage: node script/vendor.mjs   (after `npm ci`, from any folder)

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SOURCE = join(ROOT, "node_modules");
const TARGET = join(ROOT, "static", "vendor");

const COPIED = [
  "bootstrap/dist/css/bootstrap.min.css",
  "bootstrap/dist/css/bootstrap.min.css.map",
  "htmx.org/dist/htmx.min.js",
];
const ZSTD_MODULE = "zstddec/dist/zstddec-stream.mjs";
const ZSTD_EXPORTS = ["memory", "malloc", "free", "ZSTD_createDCtx", "ZSTD_freeDCtx", "ZSTD_decompressStream"];

/**
 * @param {string} source text of the module that carries the WebAssembly as base64
 * @returns {Buffer} the WebAssembly, checked for the functions that the viewer calls
 */
function zstdWasm(source) {
  // "AGFzbQ" is base64 for the magic number at the start of every WebAssembly file.
  const found = /"(AGFzbQ[A-Za-z0-9+/=]+)"/.exec(source);
  if (!found?.[1]) {
    throw new Error(`${ZSTD_MODULE} holds no WebAssembly any more: is the pinned version installed?`);
  }
  const wasm = Buffer.from(found[1], "base64");
  const names = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name);
  const missing = ZSTD_EXPORTS.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new Error(`${ZSTD_MODULE} lacks ${missing.join(", ")}: is the pinned version installed?`);
  }
  return wasm;
}

mkdirSync(TARGET, { recursive: true });
for (const path of COPIED) {
  copyFileSync(join(SOURCE, path), join(TARGET, /** @type {string} */ (path.split("/").at(-1))));
}
writeFileSync(join(TARGET, "zstd.wasm"), zstdWasm(readFileSync(join(SOURCE, ZSTD_MODULE), "utf8")));
