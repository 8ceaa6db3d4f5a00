// Where the engine runs: in a worker, or in this page if a worker cannot paint here. The code
// is the same, and so is the picture.

import { setting } from "./elements.js";

/** @typedef {import("../core/engine.js").FromEngine} FromEngine */
/** @typedef {import("../core/engine.js").ToEngine} ToEngine */
/** @typedef {import("../core/worker.js").FromWorker} FromWorker */
/** @typedef {{createPolicy: (name: string, rules: {createScriptURL: (url: string) => string}) => {createScriptURL: (url: string) => string}}} TrustedTypes */

/**
 * @typedef {object} Ears
 * @property {(event: FromEngine) => void} told
 * @property {() => void} failed the worker broke down
 */

/**
 * @param {HTMLCanvasElement} canvas for the picture
 * @param {Ears} ears
 * @returns {Promise<(message: ToEngine) => void>} tells the engine, which has started
 */
export async function startEngine(canvas, { told, failed }) {
  const identity = { name: setting("technician"), company: setting("company"), origin: location.origin };
  const start = /** @type {const} */ ({
    type: "start",
    socketUrl: setting("socket"),
    lineUrl: new URL(setting("lineUrl"), location.href).href,
    zstdUrl: setting("zstd"),
    identity,
  });
  const worker = "transferControlToOffscreen" in canvas ? await startWorker() : null;
  document.body.dataset.engine = worker === null ? "page" : "worker";
  if (worker === null) {
    const { Engine } = await import("../core/engine.js");
    // Told later, as a worker does: whoever is told may tell the engine at once.
    const engine = new Engine((event) => queueMicrotask(() => told(event)));
    engine.tell({ ...start, canvas });
    return (message) => engine.tell(message);
  }
  worker.addEventListener("message", (/** @type {MessageEvent<FromEngine>} */ { data }) => told(data));
  worker.addEventListener("error", failed);
  const offscreen = canvas.transferControlToOffscreen();
  worker.postMessage({ ...start, canvas: offscreen }, [offscreen]);
  return (message) => worker.postMessage(message);
}

/** @returns {Promise<Worker | null>} null where workers have no modules, or no canvas */
async function startWorker() {
  const worker = new Worker(workerUrl(), { type: "module" });
  const canPaint = await new Promise((resolve) => {
    worker.addEventListener(
      "message",
      (/** @type {MessageEvent<FromWorker>} */ { data }) => resolve(data.type === "ready" && data.canPaint),
      { once: true },
    );
    worker.addEventListener(
      "error",
      (event) => {
        event.preventDefault();
        resolve(false);
      },
      { once: true },
    );
  });
  if (!canPaint) {
    worker.terminate();
    return null;
  }
  return worker;
}

/** The one script that this page may load by itself (Content Security Policy: trusted-types). */
function workerUrl() {
  const wanted = setting("worker");
  const trustedTypes = /** @type {{trustedTypes?: TrustedTypes}} */ (globalThis).trustedTypes;
  if (trustedTypes === undefined) {
    return wanted;
  }
  const policy = trustedTypes.createPolicy("dibuc-worker", {
    createScriptURL: (url) => {
      if (new URL(url, location.href).origin !== location.origin) {
        throw new TypeError(`not one of our scripts: ${url}`);
      }
      return url;
    },
  });
  return policy.createScriptURL(wanted);
}

/** @returns {Promise<string | null>} the name of something without which nothing goes */
export async function missingFeature() {
  if (!("WebAssembly" in globalThis)) {
    return "WebAssembly";
  }
  try {
    await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
  } catch {
    return "X25519";
  }
  return null;
}
