// The viewer's painter in a worker: told {frames, zstd}, it paints them and answers
// {pixels, broken} as a PNG's bytes, or {error}.

import { Painter } from "../../sessions/static/sessions/viewer/core/painter.js";
import { parseFrame } from "../../sessions/static/sessions/viewer/core/picture.js";

/** @param {string} text */
const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

globalThis.addEventListener("message", async (event) => {
  const { frames, zstd } = /** @type {MessageEvent} */ (event).data;
  try {
    const canvas = new OffscreenCanvas(1, 1);
    const code = await fetch(zstd);
    let broken = 0;
    const painter = new Painter(canvas, await WebAssembly.compile(await code.arrayBuffer()), () => {
      broken += 1;
    });
    const took = [];
    for (const frame of frames) {
      const started = performance.now();
      await painter.paint(parseFrame(fromBase64(frame)));
      took.push(performance.now() - started);
    }
    const png = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
    postMessage({ png: btoa(Array.from(png, (octet) => String.fromCharCode(octet)).join("")), broken, took });
  } catch (error) {
    postMessage({ error: String(/** @type {any} */ (error).detail ?? error) });
  }
});
