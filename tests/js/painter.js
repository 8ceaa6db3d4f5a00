// The viewer's painter in a worker: told {frames, zstd}, it paints them and answers {png, broken},
// the one in base64, or {error}. With {isOld} pixels of images can only be read from a canvas.

import { Painter } from "../../sessions/static/sessions/viewer/core/painter.js";
import { parseFrame } from "../../sessions/static/sessions/viewer/core/picture.js";

/** @param {string} text */
const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

globalThis.addEventListener("message", async (event) => {
  const { frames, zstd, isOld } = /** @type {MessageEvent} */ (event).data;
  if (isOld) {
    VideoFrame.prototype.copyTo = () => Promise.reject(new DOMException("no format", "NotSupportedError"));
  }
  try {
    const canvas = new OffscreenCanvas(1, 1);
    const code = await fetch(zstd);
    let broken = 0;
    const painter = new Painter(canvas, await WebAssembly.compile(await code.arrayBuffer()), () => {
      broken += 1;
    });
    for (const frame of frames) {
      await painter.paint(parseFrame(fromBase64(frame)));
    }
    const png = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
    postMessage({ png: btoa(Array.from(png, (octet) => String.fromCharCode(octet)).join("")), broken });
  } catch (error) {
    postMessage({ error: String(/** @type {any} */ (error).detail ?? error) });
  }
});
