// The engine in a worker of its own. It says first whether it can paint here at all.

import { Engine } from "./engine.js";

/** @typedef {import("./engine.js").FromEngine | {type: "ready", canPaint: boolean}} FromWorker */

/**
 * @typedef {object} WorkerScope what of the worker's global scope is used
 * @property {(message: FromWorker) => void} postMessage
 * @property {(type: "message",
 *     listener: (event: MessageEvent<import("./engine.js").ToEngine>) => void) => void} addEventListener
 */
const scope = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));

function canPaint() {
  return "OffscreenCanvas" in globalThis && new OffscreenCanvas(1, 1).getContext("2d") !== null;
}

const engine = new Engine((event) => scope.postMessage(event));
scope.addEventListener("message", ({ data }) => engine.tell(data));
scope.postMessage({ type: "ready", canPaint: canPaint() });
