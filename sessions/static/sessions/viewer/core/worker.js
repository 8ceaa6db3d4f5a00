// The viewer's worker: it owns the socket, the keys and the canvas, so that neither a busy
// page nor a slow picture holds up the other.

import { ProtocolError } from "./fields.js";
import { Painter } from "./painter.js";
import { Session } from "./session.js";
import { serverMessage } from "./wire.js";

/**
 * From the page.
 *
 * @typedef {{type: "start", canvas: OffscreenCanvas, socketUrl: string, zstdUrl: string,
 *     identity: import("./session.js").Identity}
 *   | {type: "password", password: string}
 *   | {type: "control", messages: import("./wire.js").TechnicianControl[]}
 *   | {type: "pause" | "resume" | "end" | "connect"}} ToWorker
 */

/**
 * To the page.
 *
 * @typedef {import("./session.js").SessionEvent
 *   | {type: "opened"}
 *   | {type: "closed", retryIn: number | null}} FromWorker `retryIn` in milliseconds; null = only on `connect`
 */

// Codes of section 7 after which coming back by itself is no use.
const COMES_BACK = new Set(["server-stopping", "internal"]);
// Browsers let a page close only with 1000 or 3000 to 4999; the relay's own number is 1008.
const CLOSE_FAULT = 4008;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];
// No ping for so long: the line is dead, even if the browser has not noticed.
const SILENCE_MS = 10_000;

/**
 * @typedef {object} WorkerScope what of the worker's global scope is used
 * @property {(message: FromWorker) => void} postMessage
 * @property {(type: "message", listener: (event: MessageEvent<ToWorker>) => void) => void} addEventListener
 */
const scope = /** @type {WorkerScope} */ (/** @type {unknown} */ (self));

/** @param {FromWorker} event */
const emit = (event) => scope.postMessage(event);

/** The socket to the relay, opened again when it breaks. */
class Line {
  #url;
  /** @type {Session} */
  #session;
  /** @type {WebSocket | null} */
  #socket = null;
  #failures = 0;
  #isOver = false;
  #heardAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /**
   * @param {string} url
   * @param {import("./session.js").Identity} identity
   * @param {Painter} painter
   */
  constructor(url, identity, painter) {
    this.#url = url;
    this.#session = new Session(identity, {
      painter,
      send: (data) => this.#send(data),
      buffered: () => this.#socket?.bufferedAmount ?? 0,
      emit: (event) => this.#event(event),
      wake: (milliseconds) => void setTimeout(() => void this.#session.flush(), milliseconds),
      now: () => performance.now(),
    });
    setInterval(() => this.#watch(), 1000);
  }

  get session() {
    return this.#session;
  }

  /** Open the socket, now. */
  connect() {
    clearTimeout(this.#retry);
    this.#isOver = false;
    this.#drop();
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#heardAt = performance.now();
    socket.addEventListener("open", () => emit({ type: "opened" }));
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) {
        this.#receive(data);
      }
    });
    socket.addEventListener("close", () => {
      if (socket === this.#socket) {
        this.#closed();
      }
    });
  }

  /** @param {"pause" | "resume" | "end"} type */
  tell(type) {
    this.#send(serverMessage({ type }));
  }

  /** @param {string | import("./fields.js").Bytes} data */
  #send(data) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(data);
    }
  }

  /** @param {string | ArrayBuffer} data */
  #receive(data) {
    this.#heardAt = performance.now();
    try {
      if (typeof data === "string") {
        this.#session.receiveText(data);
      } else {
        this.#session.receiveBinary(new Uint8Array(data));
      }
    } catch (error) {
      const isProtocol = error instanceof ProtocolError;
      const detail = isProtocol ? error.detail : String(error);
      this.#event({ type: "fault", code: isProtocol ? error.code : "internal", detail });
    }
  }

  /** @param {import("./session.js").SessionEvent} event */
  #event(event) {
    if (event.type === "paired") {
      this.#failures = 0;
    } else if (event.type === "ended" || (event.type === "error" && !COMES_BACK.has(event.code))) {
      this.#isOver = true;
    }
    emit(event);
    if (event.type === "fault") {
      this.#isOver = true;
      this.#drop(event.code);
      emit({ type: "closed", retryIn: null });
    }
  }

  /** @param {string} [fault] code to close with, if the other end broke the protocol */
  #drop(fault) {
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) {
      socket.close(fault === undefined ? 1000 : CLOSE_FAULT, fault);
      this.#session.unpair();
    }
  }

  #closed() {
    this.#socket = null;
    this.#session.unpair();
    if (this.#isOver) {
      emit({ type: "closed", retryIn: null });
      return;
    }
    const retryIn = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 0;
    this.#failures += 1;
    emit({ type: "closed", retryIn });
    this.#retry = setTimeout(() => this.connect(), retryIn);
  }

  #watch() {
    if (this.#socket !== null && performance.now() - this.#heardAt > SILENCE_MS) {
      this.#drop();
      this.#closed();
    }
  }
}

/** @type {Line | null} */
let line = null;

/** @param {ToWorker & {type: "start"}} message */
async function start({ canvas, socketUrl, zstdUrl, identity }) {
  const response = await fetch(zstdUrl);
  const zstd = await WebAssembly.compile(await response.arrayBuffer());
  line = new Line(socketUrl, identity, new Painter(canvas, zstd));
  line.connect();
}

scope.addEventListener("message", ({ data: message }) => {
  switch (message.type) {
    case "start":
      start(message).catch((error) => emit({ type: "fault", code: "internal", detail: String(error) }));
      break;
    case "password":
      line?.session.begin(message.password);
      break;
    case "control":
      line?.session.control(message.messages);
      break;
    case "connect":
      line?.connect();
      break;
    default:
      line?.tell(message.type);
  }
});
