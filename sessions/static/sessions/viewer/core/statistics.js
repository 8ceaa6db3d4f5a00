// What the technician may want to know about the line and the picture: counted from what
// passes by, over the last second. No IO and no clock of its own; made only for those who ask.

import { LINES, ZSTD } from "./picture.js";

/** @typedef {import("./picture.js").Frame} Frame */
/** @typedef {{x: number, y: number, w: number, h: number, codec: number}} Region */

/**
 * @typedef {object} Summary of the last second
 * @property {number} frames painted
 * @property {number} bytes received, as they came through the socket
 * @property {number | null} paintMs from the arrival of a frame's last byte until it was painted, the median
 * @property {number | null} roundTripMs of the newest echo; null as long as none has come back
 * @property {{codec: number, rects: number, bytes: number}[]} codecs that were used, by their number
 * @property {Region[]} regions that were painted, the newest last
 */

const WINDOW_MS = 1000;
// A hostile agent may fill frames with tiny rectangles; nobody can look at more than these.
const MOST_REGIONS = 250;
// Not answered within so long: the line is dead, and so is the question.
const ECHO_MS = 10_000;
const ECHO_NUMBERS = 2 ** 31;

/**
 * Both are lossless and of one stream: whoever looks at it is not told the difference.
 *
 * @param {number} codec
 */
const kindOf = (codec) => (codec === LINES ? ZSTD : codec);

/** Counts for one page; `now` is always milliseconds of a clock that runs forward. */
export class Statistics {
  /** @type {{at: number, bytes: number}[]} */
  #received = [];
  /** @type {{at: number, took: number, rects: {codec: number, bytes: number}[]}[]} */
  #frames = [];
  /** @type {{at: number, region: Region}[]} */
  #regions = [];
  /** Echoes under way, by their number. @type {Map<number, number>} */
  #echoes = new Map();
  #nextEcho = 0;
  /** @type {number | null} */
  #roundTrip = null;

  /**
   * @param {number} now
   * @param {number} bytes of one message
   */
  received(now, bytes) {
    this.#received.push({ at: now, bytes });
    this.#forget(now);
  }

  /**
   * @param {number} now
   * @param {number} arrivedAt
   * @param {Frame} frame painted just now
   */
  painted(now, arrivedAt, { rects }) {
    const counted = rects.map(({ codec, data }) => ({ codec: kindOf(codec), bytes: data.length }));
    this.#frames.push({ at: now, took: now - arrivedAt, rects: counted });
    for (const { x, y, w, h, codec } of rects.slice(-MOST_REGIONS)) {
      this.#regions.push({ at: now, region: { x, y, w, h, codec: kindOf(codec) } });
    }
    this.#regions = this.#regions.slice(-MOST_REGIONS);
    this.#forget(now);
  }

  /**
   * @param {number} now
   * @returns {number} to be sent in an echo
   */
  ask(now) {
    for (const [number, askedAt] of this.#echoes) {
      if (now - askedAt > ECHO_MS) {
        this.#echoes.delete(number);
      }
    }
    const asked = this.#nextEcho;
    this.#nextEcho = (asked + 1) % ECHO_NUMBERS;
    this.#echoes.set(asked, now);
    return asked;
  }

  /**
   * @param {number} now
   * @param {number} number of an echo that came back; one that was never sent counts for nothing
   */
  answered(now, number) {
    const askedAt = this.#echoes.get(number);
    if (askedAt === undefined) {
      return;
    }
    this.#roundTrip = now - askedAt;
    // Older ones will not be answered any more: the agent may skip all but the newest.
    for (const older of [...this.#echoes.keys()]) {
      this.#echoes.delete(older);
      if (older === number) {
        break;
      }
    }
  }

  /** The pairing is over: what was asked of it stays without an answer. */
  unpaired() {
    this.#echoes.clear();
    this.#roundTrip = null;
    this.#regions = [];
  }

  /**
   * @param {number} now
   * @returns {Summary}
   */
  summary(now) {
    this.#forget(now);
    return {
      frames: this.#frames.length,
      bytes: this.#received.reduce((sum, { bytes }) => sum + bytes, 0),
      paintMs: median(this.#frames.map(({ took }) => took)),
      roundTripMs: this.#roundTrip,
      codecs: this.#codecs(),
      regions: this.#regions.map(({ region }) => region),
    };
  }

  #codecs() {
    /** @type {Map<number, {codec: number, rects: number, bytes: number}>} */
    const found = new Map();
    for (const { codec, bytes } of this.#frames.flatMap(({ rects }) => rects)) {
      const sum = found.get(codec) ?? { codec, rects: 0, bytes: 0 };
      found.set(codec, { codec, rects: sum.rects + 1, bytes: sum.bytes + bytes });
    }
    return [...found.values()].sort((one, other) => one.codec - other.codec);
  }

  /** @param {number} now */
  #forget(now) {
    const isOver = (/** @type {{at: number}[]} */ list) => list[0] !== undefined && now - list[0].at > WINDOW_MS;
    for (const list of [this.#received, this.#frames, this.#regions]) {
      while (isOver(list)) {
        list.shift();
      }
    }
  }
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
