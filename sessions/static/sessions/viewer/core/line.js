// The technician's socket to the relay: opened, watched, opened again when it breaks. It
// knows neither page nor worker, since both may run it (engine.js).

import { ProtocolError } from "./fields.js";
import { Session } from "./session.js";
import { serverMessage } from "./wire.js";

/**
 * @typedef {import("./session.js").SessionEvent
 *   | {type: "opened"}
 *   | {type: "closed", retryIn: number | null}} LineEvent `retryIn` in milliseconds; null = only on `connect`
 */

// Codes of section 7 after which coming back by itself is no use.
const COMES_BACK = new Set(["server-stopping", "internal"]);
// Browsers let a page close only with 1000 or 3000 to 4999; the relay's own number is 1008.
const CLOSE_FAULT = 4008;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];
// No ping for so long: the line is dead, even if the browser has not noticed.
const SILENCE_MS = 10_000;

/** The socket to the relay, opened again when it breaks. */
export class Line {
  #url;
  #emit;
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
   * @param {import("./painter.js").Painter} painter
   * @param {(event: LineEvent) => void} emit
   */
  constructor(url, identity, painter, emit) {
    this.#url = url;
    this.#emit = emit;
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
    socket.addEventListener("open", () => this.#emit({ type: "opened" }));
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
    this.#emit(event);
    if (event.type === "fault") {
      this.#isOver = true;
      this.#drop(event.code);
      this.#emit({ type: "closed", retryIn: null });
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
      this.#emit({ type: "closed", retryIn: null });
      return;
    }
    const retryIn = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 0;
    this.#failures += 1;
    this.#emit({ type: "closed", retryIn });
    this.#retry = setTimeout(() => this.connect(), retryIn);
  }

  #watch() {
    if (this.#socket !== null && performance.now() - this.#heardAt > SILENCE_MS) {
      this.#drop();
      this.#closed();
    }
  }
}
