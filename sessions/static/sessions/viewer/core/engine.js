// The viewer's engine: socket, keys and painter. It runs in a worker, so that neither a busy
// page nor a slow picture holds up the other, and in the page where a worker cannot paint.

import { canShowFilms } from "./film.js";
import { Line } from "./line.js";
import { Painter } from "./painter.js";
import { Statistics } from "./statistics.js";

/**
 * What the page says.
 *
 * @typedef {{type: "start", canvas: OffscreenCanvas | HTMLCanvasElement, socketUrl: string,
 *     lineUrl: string, zstdUrl: string, identity: import("./session.js").Identity}
 *   | {type: "password", password: string}
 *   | {type: "control", messages: import("./wire.js").TechnicianControl[]}
 *   | {type: "wish", message: import("./wire.js").TechnicianControl}
 *   | {type: "measure", isOn: boolean}
 *   | {type: "pause" | "resume" | "end" | "connect" | "hurry" | "prove"}} ToEngine
 */

/**
 * @typedef {import("./statistics.js").Summary & {painted: number, interruptions: number, mismatches: number}} Measured
 *     `painted` frames of this pairing; since the page was opened `interruptions` of either end's line,
 *     and `mismatches`: pictures at rest that had to be sent anew
 *
 * What the page hears.
 *
 * @typedef {import("./line.js").LineEvent | {type: "measured", measured: Measured}} FromEngine
 */

const SHOW_MS = 500;
const SHOWN_PER_ECHO = 2;
const FILMS_BROKEN_MOST = 1;

/** One session of the page, from `start` on. */
export class Engine {
  #emit;
  /** @type {Line | null} */
  #line = null;
  /** What the page said before the engine could hear it. @type {Exclude<ToEngine, {type: "start"}>[]} */
  #early = [];
  #interruptions = 0;
  #brokenFilms = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #measuring;

  /** @param {(event: FromEngine) => void} emit */
  constructor(emit) {
    this.#emit = (/** @type {FromEngine} */ event) => {
      if (event.type === "agent-gone" || (event.type === "closed" && event.retryIn !== null)) {
        this.#interruptions += 1;
      }
      emit(event);
    };
  }

  /** @param {ToEngine} message */
  tell(message) {
    if (message.type === "start") {
      this.#start(message).catch((error) =>
        this.#emit({ type: "fault", code: "internal", detail: String(error) }),
      );
    } else if (this.#line === null) {
      this.#early.push(message);
    } else {
      this.#obey(message, this.#line);
    }
  }

  /** @param {ToEngine & {type: "start"}} message */
  async #start({ canvas, zstdUrl, identity, ...urls }) {
    const response = await fetch(zstdUrl);
    const zstd = await WebAssembly.compile(await response.arrayBuffer());
    const h264 = await canShowFilms();
    const painter = new Painter(canvas, zstd, () => this.#filmBroke());
    const line = new Line(urls, identity, painter, this.#emit);
    this.#line = line;
    line.session.wish({ t: "can", h264 });
    this.#early.splice(0).forEach((message) => this.#obey(message, line));
    line.connect();
  }

  /** A decoder may stumble once; then films come as photographs, whoever goes on sending them. */
  #filmBroke() {
    this.#brokenFilms += 1;
    if (this.#brokenFilms > FILMS_BROKEN_MOST + 1) {
      return;
    }
    if (this.#brokenFilms > FILMS_BROKEN_MOST) {
      this.#line?.session.wish({ t: "can", h264: false });
    }
    this.#line?.session.control([{ t: "refresh" }]);
  }

  /**
   * @param {Exclude<ToEngine, {type: "start"}>} message
   * @param {Line} line
   */
  #obey(message, line) {
    switch (message.type) {
      case "password":
        line.session.begin(message.password);
        break;
      case "control":
        line.session.control(message.messages);
        break;
      case "wish":
        line.session.wish(message.message);
        break;
      case "measure":
        this.#measure(line.session, message.isOn);
        break;
      case "connect":
        line.connect();
        break;
      case "hurry":
        line.hurry();
        break;
      case "prove":
        line.prove();
        break;
      default:
        line.tell(message.type);
    }
  }

  /**
   * @param {import("./session.js").Session} session
   * @param {boolean} isOn
   */
  #measure(session, isOn) {
    clearInterval(this.#measuring);
    if (!isOn) {
      session.count(null);
      return;
    }
    const statistics = new Statistics();
    session.count(statistics);
    let shown = 0;
    this.#measuring = setInterval(() => {
      const now = performance.now();
      if (shown % SHOWN_PER_ECHO === 0) {
        session.control([{ t: "echo", n: statistics.ask(now) }]);
      }
      shown += 1;
      const { painted, mismatches } = session;
      const measured = { ...statistics.summary(now), painted, mismatches, interruptions: this.#interruptions };
      this.#emit({ type: "measured", measured });
    }, SHOW_MS);
  }
}
