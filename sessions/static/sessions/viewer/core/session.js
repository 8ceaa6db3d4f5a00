// The technician's end of one session: what is said, in which order, and what is refused.
// The socket is the worker's; here is only what docs/protocol.md asks of T.

import { Refused, Initiator } from "./cpace.js";
import { ProtocolError } from "./fields.js";
import { Outbox } from "./flow.js";
import { parseFrame } from "./picture.js";
import { Opener, Sealer } from "./records.js";
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
/** @typedef {{name: string, company: string, origin: string}} Identity what the customer sees about us */

/**
 * What the page is told. Most are the server's and the agent's own messages.
 *
 * @typedef {Exclude<import("./wire.js").ServerMessage, {type: "ping"}>
 *   | {type: "refused", code: string, triesLeft: number | null}
 *   | {type: "verified", code: string}
 *   | {type: "painted", width: number, height: number, isFirst: boolean}
 *   | {type: "told", message: Exclude<import("./wire.js").AgentControl, {t: "echo"}>}
 *   | {type: "fault", code: string, detail: string}} SessionEvent
 */

/**
 * @typedef {object} Ends where a session's output goes
 * @property {(data: string | Bytes) => void} send
 * @property {() => number} buffered bytes that `send` took and the network has not
 * @property {(event: SessionEvent) => void} emit
 * @property {{begin: () => void, paint: (frame: import("./picture.js").Frame) => Promise<void>}} painter
 * @property {(milliseconds: number) => void} wake calls `flush` again after that time
 * @property {() => number} now milliseconds of a clock that runs forward
 */

// The outbox could not send now: a movement waits for the network, the rest for the pace.
const RETRY_MS = 8;

/** One pairing at a time; a new one starts from nothing. */
export class Session {
  #ends;
  #identity;
  #outbox = new Outbox();
  #supportId = "";
  #pairing = 0;
  #painted = 0;
  #consented = false;
  #size = "";
  #isFlushing = false;
  /** What T wants of this pairing and of every later one, by `t`. @type {Map<string, TechnicianControl>} */
  #wishes = new Map();
  /** Counts while somebody looks. @type {import("./statistics.js").Statistics | null} */
  #statistics = null;
  /** @type {Initiator | null} */
  #initiator = null;
  /** @type {Sealer | null} */
  #sealer = null;
  /** @type {Opener | null} */
  #opener = null;
  /** Handshakes and payloads are worked off one after the other. @type {Promise<void>} */
  #work = Promise.resolve();

  /**
   * @param {Identity} identity
   * @param {Ends} ends
   */
  constructor(identity, ends) {
    this.#identity = identity;
    this.#ends = ends;
  }

  /** Forget the pairing: the socket is gone, or the agent. Nothing of it reaches the next one. */
  unpair() {
    this.#pairing += 1;
    this.#painted = 0;
    this.#consented = false;
    this.#size = "";
    this.#initiator = null;
    this.#sealer = null;
    this.#opener = null;
    this.#outbox.clear();
    this.#statistics?.unpaired();
    this.#ends.painter.begin();
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
      this.unpair();
      this.#supportId = message.supportId;
    } else if (message.type === "agent-gone" || message.type === "ended") {
      this.unpair();
    } else if (message.type === "consent") {
      this.#consented = message.granted;
      this.#tellWishes();
    }
    this.#ends.emit(message);
  }

  /** @param {Bytes} data a binary message of the agent */
  receiveBinary(data) {
    const pairing = this.#pairing;
    const kind = kindOf(data);
    if (kind === Kind.RECORD) {
      if (this.#opener === null) {
        throw new ProtocolError("too-early", "a record before the key exchange");
      }
      const arrivedAt = this.#ends.now();
      this.#statistics?.received(arrivedAt, data.length);
      // Opening starts at once, in the background; painting keeps the order.
      const opened = this.#opener.receive(data);
      opened.catch(() => undefined);
      this.#enqueue(pairing, async () => this.#payload(await opened, pairing, arrivedAt));
    } else if (kind === Kind.HANDSHAKE) {
      this.#enqueue(pairing, () => this.#handshake(data));
    } else {
      throw new ProtocolError("malformed", "a credit from the agent");
    }
  }

  /**
   * Begin the key exchange, as often as the agent allows.
   *
   * @param {string} password 8 digits whose check digit is right
   */
  begin(password) {
    const initiator = new Initiator(this.#supportId, password, this.#identity);
    this.#initiator = initiator;
    this.#enqueue(this.#pairing, async () => this.#ends.send(initiator.start()));
  }

  /** @param {readonly TechnicianControl[]} messages */
  control(messages) {
    if (this.#sealer === null || !this.#consented) {
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
        if (message === null || this.#sealer === null) {
          break;
        }
        const records = await this.#sealer.seal(Channel.CONTROL, controlPayload(message));
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

  /** @param {Bytes} data */
  async #handshake(data) {
    const initiator = this.#initiator;
    if (initiator === null) {
      throw new ProtocolError("out-of-order", "a handshake nobody asked for");
    }
    try {
      const answer = await initiator.receive(data);
      if (answer !== null && initiator === this.#initiator) {
        this.#ends.send(answer);
      }
    } catch (error) {
      this.#initiator = null;
      if (!(error instanceof Refused)) {
        throw error;
      }
      this.#ends.emit({ type: "refused", code: error.code, triesLeft: error.triesLeft });
      return;
    }
    if (initiator.keys !== null && initiator === this.#initiator) {
      this.#initiator = null;
      this.#opener = new Opener(initiator.keys.agentToTechnician);
      this.#sealer = new Sealer(initiator.keys.technicianToAgent);
      this.#ends.emit({ type: "verified", code: initiator.keys.verificationCode });
    }
  }

  /**
   * @param {import("./records.js").Opened | null} opened
   * @param {number} pairing
   * @param {number} arrivedAt when its last record came
   */
  async #payload(opened, pairing, arrivedAt) {
    if (opened === null) {
      return;
    }
    if (opened.channel === Channel.CONTROL) {
      const message = parseControl(opened.payload);
      if (message?.t === "echo") {
        this.#statistics?.answered(this.#ends.now(), message.n);
      } else if (message !== null) {
        this.#ends.emit({ type: "told", message });
      }
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

  /** @param {unknown} error */
  #fault(error) {
    const isProtocol = error instanceof ProtocolError;
    const code = isProtocol ? error.code : "internal";
    this.#ends.emit({ type: "fault", code, detail: isProtocol ? error.detail : String(error) });
  }
}
