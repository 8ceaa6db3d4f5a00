// The viewer's engine: socket, keys and painter. It runs in a worker, so that neither a busy
// page nor a slow picture holds up the other, and in the page where a worker cannot paint.

import { Line } from "./line.js";
import { Painter } from "./painter.js";

/**
 * What the page says.
 *
 * @typedef {{type: "start", canvas: OffscreenCanvas | HTMLCanvasElement, socketUrl: string, zstdUrl: string,
 *     identity: import("./session.js").Identity}
 *   | {type: "password", password: string}
 *   | {type: "control", messages: import("./wire.js").TechnicianControl[]}
 *   | {type: "pause" | "resume" | "end" | "connect"}} ToEngine
 */

/** What the page hears. @typedef {import("./line.js").LineEvent} FromEngine */

/** One session of the page, from `start` on. */
export class Engine {
  #emit;
  /** @type {Line | null} */
  #line = null;

  /** @param {(event: FromEngine) => void} emit */
  constructor(emit) {
    this.#emit = emit;
  }

  /** @param {ToEngine} message */
  tell(message) {
    switch (message.type) {
      case "start":
        this.#start(message).catch((error) =>
          this.#emit({ type: "fault", code: "internal", detail: String(error) }),
        );
        break;
      case "password":
        this.#line?.session.begin(message.password);
        break;
      case "control":
        this.#line?.session.control(message.messages);
        break;
      case "connect":
        this.#line?.connect();
        break;
      default:
        this.#line?.tell(message.type);
    }
  }

  /** @param {ToEngine & {type: "start"}} message */
  async #start({ canvas, socketUrl, zstdUrl, identity }) {
    const response = await fetch(zstdUrl);
    const zstd = await WebAssembly.compile(await response.arrayBuffer());
    this.#line = new Line(socketUrl, identity, new Painter(canvas, zstd), this.#emit);
    this.#line.connect();
  }
}
