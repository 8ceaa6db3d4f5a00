// The technician's end of one session: what is said, in which order, and what is refused.
// The socket is the worker's; here is only what docs/protocol.md asks of T.

import { Comparison } from "./comparison.js";
import { Exchange } from "./exchange.js";
import { ProtocolError } from "./fields.js";
import { Outbox } from "./flow.js";
import { NoMemoryError } from "./framebuffer.js";
import { parseFrame } from "./picture.js";
import {
  Channel,
  Kind,
  controlPayload,
  creditMessage,
  kindOf,
  parseControl,
  parseServerMessage,
  serverMessage,
} from "./wire.js";

/** @typedef {import("./fields.js").Bytes} Bytes */
/** @typedef {import("./wire.js").TechnicianControl} TechnicianControl */
/** @typedef {import("./exchange.js").Identity} Identity */

/**
 * What the page is told. Most are the server's and the agent's own messages.
 *
 * @typedef {Exclude<import("./wire.js").ServerMessage, {type: "ping" | "paired"}>
 *   | import("./wire.js").PairedMessage & {isResuming: boolean}
 *   | import("./exchange.js").ExchangeEvent
 *   | {type: "painted", width: number, height: number, isFirst: boolean}
 *   | {type: "told", message: Exclude<import("./wire.js").AgentControl, {t: "echo" | "checksum"}>}
 *   | {type: "fault", code: string, detail: string}} SessionEvent
 */

/**
 * @typedef {object} Ends where a session's output goes
 * @property {(data: string | Bytes) => void} send
 * @property {() => number} buffered bytes that `send` took and the network has not
 * @property {(event: SessionEvent) => void} emit
 * @property {Pick<import("./painter.js").Painter, "begin" | "paint" | "digest">} painter
 * @property {(milliseconds: number) => void} wake calls `flush` again after that time
 * @property {() => number} now milliseconds of a clock that runs forward
 * @property {() => boolean} isInDoubt whether nothing has come for so long that the line may be dead
 */

// The outbox could not send now: a movement waits for the network, the rest for the pace.
const RETRY_MS = 8;

/** One pairing at a time; a new one starts from nothing but what a lost line leaves. */
export class Session {
  #ends;
  #outbox = new Outbox();
  #pairing = 0;
  #painted = 0;
  #consented = false;
  #size = "";
  #isFlushing = false;
  /** What T wants of this pairing and of every later one, by `t`. @type {Map<string, TechnicianControl>} */
  #wishes = new Map();
  /** Counts while somebody looks. @type {import("./statistics.js").Statistics | null} */
  #statistics = null;
  #comparison = new Comparison();
  /** Records that have come, to see whether the picture still rests. */
  #arrived = 0;
  #exchange;
  /** Whether the technician has stopped the clock; it stays so when a lost line is back. */
  #isPaused = false;
  /** Handshakes, the consent and payloads are worked off one after the other. @type {Promise<void>} */
  #work = Promise.resolve();
  /** Done with the newest handshake: records behind it may need the keys that it brings. */
  #handshaken = this.#work;

  /**
   * @param {Identity} identity
   * @param {Ends} ends
   */
  constructor(identity, ends) {
    this.#ends = ends;
    this.#exchange = new Exchange(
      identity,
      (data) => ends.send(data),
      (event) => ends.emit(event),
    );
  }

  /** Forget the pairing: the socket is gone, or the agent. Nothing of it reaches the next one. */
  unpair() {
    this.#pairing += 1;
    this.#painted = 0;
    this.#consented = false;
    this.#size = "";
    this.#exchange.unpair();
    this.#outbox.clear();
    this.#statistics?.unpaired();
    this.#comparison.begin();
    this.#ends.painter.begin();
  }

  /** Only a password opens the next pairing: the session is over, or an end broke the rules. */
  forget() {
    this.#exchange.forget();
    this.#isPaused = false;
  }

  /**
   * @param {string} data a text message of the server
   * @throws {ProtocolError} malformed, too-large
   */
  receiveText(data) {
    const message = parseServerMessage(data);
    if (message === null) {
      return;
    }
    if (message.type === "ping") {
      this.#ends.send(serverMessage({ type: "pong", n: message.n }));
      return;
    }
    if (message.type === "paired") {
      this.#paired(message);
      return;
    }
    if (message.type === "agent-gone" || message.type === "ended") {
      this.unpair();
    } else if (message.type === "paused" || message.type === "resumed") {
      this.#isPaused = message.type === "paused";
    } else if (message.type === "consent") {
      // A line that hung brings it together with the handshake that makes the keys.
      this.#enqueue(this.#pairing, async () => this.#consent(message));
      return;
    }
    if (message.type === "ended") {
      this.forget();
    }
    this.#ends.emit(message);
  }

  /** @param {import("./wire.js").PairedMessage} message */
  #paired(message) {
    this.unpair();
    const isResuming = this.#exchange.paired(message.supportId);
    this.#ends.emit({ ...message, isResuming });
    if (isResuming) {
      this.#enqueue(this.#pairing, () => this.#exchange.resume());
    }
  }

  /** @param {import("./wire.js").ServerMessage & {type: "consent"}} message */
  #consent(message) {
    this.#consented = message.granted;
    this.#goOn();
    this.#tellWishes();
    this.#ends.emit(message);
  }

  /** After a resumption: a first record, by which A forgets the older secret, and the pause. */
  #goOn() {
    if (!this.#exchange.isResumed) {
      return;
    }
    this.control([{ t: "release" }]);
    if (this.#isPaused) {
      this.#ends.send(serverMessage({ type: "pause" }));
    }
  }

  /** @param {Bytes} data a binary message of the agent */
  receiveBinary(data) {
    const pairing = this.#pairing;
    const kind = kindOf(data);
    if (kind === Kind.RECORD) {
      this.#arrived += 1;
      const arrivedAt = this.#ends.now();
      this.#statistics?.received(arrivedAt, data.length);
      // Opening starts in the background; painting keeps the order.
      const opened = this.#handshaken.then(() => this.#open(data, pairing));
      opened.catch(() => undefined);
      this.#enqueue(pairing, async () => this.#payload(await opened, pairing, arrivedAt));
    } else if (kind === Kind.HANDSHAKE) {
      this.#enqueue(pairing, () => this.#exchange.receive(data));
      this.#handshaken = this.#work;
    } else {
      throw new ProtocolError("malformed", "a credit from the agent");
    }
  }

  /**
   * @param {Bytes} record
   * @param {number} pairing in which it came
   */
  #open(record, pairing) {
    const { opener } = this.#exchange;
    if (opener === null || pairing !== this.#pairing) {
      throw new ProtocolError("too-early", "a record before the key exchange");
    }
    return opener.receive(record);
  }

  /**
   * Begin the key exchange, as often as the agent allows.
   *
   * @param {string} password 8 digits whose check digit is right
   */
  begin(password) {
    const start = this.#exchange.begin(password);
    this.#isPaused = false;
    this.#enqueue(this.#pairing, async () => start());
  }

  /** @param {readonly TechnicianControl[]} messages */
  control(messages) {
    if (this.#exchange.sealer === null || !this.#consented || this.#ends.isInDoubt()) {
      return;
    }
    for (const message of messages) {
      this.#outbox.push(message);
    }
    void this.flush();
  }

  /**
   * Ask for something that holds in this pairing and in every later one.
   *
   * @param {TechnicianControl} message takes the place of an older one of its kind
   */
  wish(message) {
    this.#wishes.set(message.t, message);
    this.control([message]);
  }

  /** A pairing begins to take input. */
  #tellWishes() {
    this.control([...this.#wishes.values()]);
  }

  /** @param {import("./statistics.js").Statistics | null} statistics counts from now on; null: nothing does */
  count(statistics) {
    this.#statistics = statistics;
  }

  /** Frames of this pairing. */
  get painted() {
    return this.#painted;
  }

  /** Pictures at rest that were not what they had to be, since the page was opened. */
  get mismatches() {
    return this.#comparison.mismatches;
  }

  /** Send what waits, as far as pace and network allow. */
  async flush() {
    if (this.#isFlushing) {
      return;
    }
    this.#isFlushing = true;
    const pairing = this.#pairing;
    try {
      for (;;) {
        const message = this.#outbox.take(this.#ends.now(), this.#ends.buffered());
        if (message === null || this.#exchange.sealer === null) {
          break;
        }
        const records = await this.#exchange.sealer.seal(Channel.CONTROL, controlPayload(message));
        if (pairing !== this.#pairing) {
          break;
        }
        records.forEach((record) => this.#ends.send(record));
      }
    } finally {
      this.#isFlushing = false;
    }
    if (!this.#outbox.isEmpty) {
      this.#ends.wake(RETRY_MS);
    }
  }

  /**
   * @param {number} pairing to which the work belongs; of an older one it is left undone
   * @param {() => Promise<void>} work
   */
  #enqueue(pairing, work) {
    this.#work = this.#work.then(async () => {
      if (pairing !== this.#pairing) {
        return;
      }
      try {
        await work();
      } catch (error) {
        if (pairing === this.#pairing) {
          this.#fault(error);
        }
      }
    });
  }

  /**
   * @param {import("./records.js").Opened | null} opened
   * @param {number} pairing
   * @param {number} arrivedAt when its last record came
   */
  async #payload(opened, pairing, arrivedAt) {
    this.#exchange.settle();
    if (opened === null) {
      return;
    }
    if (opened.channel === Channel.CONTROL) {
      await this.#heard(opened.payload, pairing);
      return;
    }
    const frame = parseFrame(opened.payload);
    await this.#ends.painter.paint(frame);
    if (pairing !== this.#pairing) {
      return;
    }
    this.#painted += 1;
    this.#statistics?.painted(this.#ends.now(), arrivedAt, frame);
    this.#ends.send(creditMessage(this.#painted));
    const size = `${frame.width} ${frame.height}`;
    if (this.#painted === 1 || size !== this.#size || frame.freshStream) {
      this.#size = size;
      const { width, height } = frame;
      this.#ends.emit({ type: "painted", width, height, isFirst: this.#painted === 1 });
    }
  }

  /**
   * @param {Bytes} payload of channel 2
   * @param {number} pairing
   */
  async #heard(payload, pairing) {
    const message = parseControl(payload);
    if (message?.t === "echo") {
      this.#statistics?.answered(this.#ends.now(), message.n);
    } else if (message?.t === "checksum") {
      await this.#compare(message, pairing);
    } else if (message !== null) {
      this.#ends.emit({ type: "told", message });
    }
  }

  /**
   * @param {{painted: number, digest: Bytes}} checksum
   * @param {number} pairing
   */
  async #compare({ painted, digest }, pairing) {
    const arrived = this.#arrived;
    if (painted !== this.#painted) {
      return;
    }
    const ours = await this.#ends.painter.digest(() => arrived !== this.#arrived);
    if (ours !== null && pairing === this.#pairing && this.#comparison.judge(ours, digest)) {
      this.control([{ t: "refresh" }]);
    }
  }

  /** @param {unknown} error */
  #fault(error) {
    if (error instanceof ProtocolError) {
      this.#ends.emit({ type: "fault", code: error.code, detail: error.detail });
    } else {
      const code = error instanceof NoMemoryError ? "no-memory" : "internal";
      this.#ends.emit({ type: "fault", code, detail: String(error) });
    }
  }
}
