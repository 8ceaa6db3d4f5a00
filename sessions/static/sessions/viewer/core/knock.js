// Asking the portal where the agent's relay is, again and again, until it answers. A request
// costs the browser nothing when it fails, whereas failed WebSockets make it wait longer and
// longer before the next one; so the socket is opened only when somebody has answered.

const AGAIN_MS = 500;
// Requests under way at once: one that hangs in a dead line must not hold up the next.
const MOST = 4;
const PATIENCE_MS = 4000;
// So long both ends come back by themselves (docs/protocol.md, section 2); then there is no hurry.
const HURRY_MS = 600_000;
const CALM_MS = 8000;

/** One portal's door. */
export class Knocker {
  #url;
  #answered;
  /** @type {Set<AbortController>} */
  #waiting = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #since = 0;

  /**
   * @param {string} url answers in JSON with the address of the socket
   * @param {(socketUrl: string | null) => void} answered null when the answer names none
   */
  constructor(url, answered) {
    this.#url = url;
    this.#answered = answered;
  }

  /** @param {number} delay in milliseconds until the first request */
  start(delay) {
    this.stop();
    this.#since = Date.now();
    this.#timer = setTimeout(() => this.#knock(), delay);
  }

  /** Ask at once, if somebody is waiting for an answer at all. */
  hurry() {
    if (this.#timer !== undefined) {
      this.start(0);
    }
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.forEach((request) => request.abort());
    this.#waiting.clear();
  }

  #knock() {
    const isUrgent = Date.now() - this.#since < HURRY_MS;
    // Spread, so that not all pages ask at once when a portal comes back.
    this.#timer = setTimeout(() => this.#knock(), (isUrgent ? AGAIN_MS : CALM_MS) * (0.7 + 0.3 * Math.random()));
    if (this.#waiting.size < MOST) {
      void this.#ask();
    }
  }

  async #ask() {
    const request = new AbortController();
    this.#waiting.add(request);
    const timeout = setTimeout(() => request.abort(), PATIENCE_MS);
    try {
      const answer = await fetch(this.#url, { cache: "no-store", signal: request.signal });
      if (answer.status < 500 && this.#waiting.has(request)) {
        const socketUrl = answer.ok ? await socketUrlIn(answer) : null;
        if (this.#waiting.has(request)) {
          this.stop();
          this.#answered(socketUrl);
        }
      }
    } catch {
      // No line, or it took too long: the next one follows anyway.
    } finally {
      clearTimeout(timeout);
      this.#waiting.delete(request);
    }
  }
}

/**
 * @param {Response} answer
 * @returns {Promise<string | null>}
 */
async function socketUrlIn(answer) {
  const { socket } = /** @type {{socket?: unknown}} */ (await answer.json());
  return typeof socket === "string" ? socket : null;
}
