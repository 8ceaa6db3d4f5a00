// The technician's socket to the relay: opened, watched, opened again when it breaks. It
// knows neither page nor worker, since both may run it (engine.js).

import { ProtocolError } from "./fields.js";
import { Knocker } from "./knock.js";
import { Session } from "./session.js";
import { serverMessage } from "./wire.js";

/**
 * @typedef {Exclude<import("./session.js").SessionEvent, {type: "elsewhere"}>
 *   | {type: "opened"}
 *   | {type: "closed", retryIn: number | null}} LineEvent `retryIn` in milliseconds; null = only on `connect`
 */

// Codes of section 7 after which coming back by itself is no use.
const COMES_BACK = new Set(["server-stopping", "internal"]);
// Browsers let a page close only with 1000 or 3000 to 4999; the relay's own number is 1008.
const CLOSE_FAULT = 4008;
// Before the next try, by the number of sockets in a row that led to nothing.
const RETRY_MS = [0, 500, 1000, 2000, 4000, 8000];
// A ping comes every two seconds. After so long without one the line is dead, even if the
// browser has not noticed.
const SILENCE_MS = 6000;
// After so long it is in doubt: what is typed now would arrive at some later time.
const DOUBT_MS = 3000;
// After a sleep or a change of the network the line gets so long to show that it is alive.
const PROOF_MS = 2500;
const OPEN_MS = 4000;
const WATCH_MS = 500;
// Between two looks at the line: the computer was asleep.
const SLEEP_MS = 5000;

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
  /** When something has to have been heard, whatever the silence before. */
  #provesBy = Infinity;
  #watchedAt = Date.now();
  #knocker;

  /**
   * @param {{socketUrl: string, lineUrl: string}} urls of the socket, and of who knows where it is by now
   * @param {import("./session.js").Identity} identity
   * @param {import("./painter.js").Painter} painter
   * @param {(event: LineEvent) => void} emit
   */
  constructor({ socketUrl, lineUrl }, identity, painter, emit) {
    this.#url = socketUrl;
    this.#knocker = new Knocker(lineUrl, (found) => this.#open(found ?? this.#url));
    this.#emit = emit;
    this.#session = new Session(identity, {
      painter,
      send: (data) => this.#send(data),
      buffered: () => this.#socket?.bufferedAmount ?? 0,
      emit: (event) => this.#event(event),
      wake: (milliseconds) => void setTimeout(() => void this.#session.flush(), milliseconds),
      now: () => performance.now(),
      isInDoubt: () => this.#silence() > DOUBT_MS,
    });
    setInterval(() => this.#watch(), WATCH_MS);
  }

  get session() {
    return this.#session;
  }

  /** Open the socket, now. */
  connect() {
    this.#isOver = false;
    this.#drop();
    this.#open(this.#url);
  }

  /** Somebody looks again, or there is a network again: do not wait for the next try. */
  hurry() {
    this.#knocker.hurry();
  }

  /** The line has to show that it is alive: its network has changed. */
  prove() {
    this.#knocker.hurry();
    this.#provesBy = performance.now() + PROOF_MS;
  }

  /** @param {string} url */
  #open(url) {
    this.#knocker.stop();
    this.#url = url;
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#heardAt = performance.now();
    this.#provesBy = Infinity;
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
    this.#provesBy = Infinity;
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
    if (event.type === "elsewhere") {
      this.#follow(event.relay);
      return;
    }
    if (event.type === "paired" || event.type === "clock") {
      this.#failures = 0;
    } else if (event.type === "ended" || (event.type === "error" && !COMES_BACK.has(event.code))) {
      this.#isOver = true;
    }
    this.#emit(event);
    if (event.type === "fault") {
      this.#session.forget();
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

  /** @param {string} relay where the agent is: the server process of that name */
  #follow(relay) {
    this.#url = this.#url.replace(/\/ws\/(relay\/[^/]+\/)?technician\//, `/ws/relay/${relay}/technician/`);
    this.#drop();
    this.#closed(0);
  }

  /** @param {number} [soonest] milliseconds until the first try; later ones wait longer */
  #closed(soonest = RETRY_MS[0]) {
    this.#socket = null;
    this.#session.unpair();
    if (this.#isOver) {
      this.#emit({ type: "closed", retryIn: null });
      return;
    }
    const tries = [soonest, ...RETRY_MS.slice(1)];
    const retryIn = tries[Math.min(this.#failures, tries.length - 1)] ?? 0;
    this.#failures += 1;
    this.#emit({ type: "closed", retryIn });
    this.#knocker.start(retryIn);
  }

  /** @returns {number} milliseconds since anything came */
  #silence() {
    return performance.now() - this.#heardAt;
  }

  #watch() {
    const watchedAt = this.#watchedAt;
    this.#watchedAt = Date.now();
    if (this.#watchedAt - watchedAt > SLEEP_MS) {
      this.prove();
    }
    const isOpening = this.#socket?.readyState === WebSocket.CONNECTING;
    const isSilent = this.#silence() > (isOpening ? OPEN_MS : SILENCE_MS);
    if (this.#socket !== null && (isSilent || performance.now() > this.#provesBy)) {
      this.#drop();
      this.#closed();
    }
  }
}
