// How a pairing gets its keys: by a password, or without one after a lost line
// (docs/protocol.md section 4). It keeps what a resumption needs, in memory only.

import { Initiator, Refused } from "./cpace.js";
import { ProtocolError } from "./fields.js";
import { Opener, Sealer } from "./records.js";
import { KeptSecrets, Resumer } from "./resume.js";

/** @typedef {{name: string, company: string, origin: string}} Identity what the customer sees about us */

/** @typedef {import("./fields.js").Bytes} Bytes */
/** @typedef {import("./keys.js").SessionKeys} SessionKeys */

/**
 * What the page hears of it.
 *
 * @typedef {{type: "refused", code: string, triesLeft: number | null}
 *   | {type: "verified", code: string}
 *   | {type: "line-back"}
 *   | {type: "resume-refused"}} ExchangeEvent
 */

/** The keys of one pairing after the other. */
export class Exchange {
  /** Set with the keys, until `unpair`. @type {Sealer | null} */
  sealer = null;
  /** @type {Opener | null} */
  opener = null;
  /** Whether these keys come from a resumption: the customer has agreed before. */
  isResumed = false;

  #identity;
  #send;
  #emit;
  #supportId = "";
  /** @type {Initiator | Resumer | null} */
  #half = null;
  #kept = new KeptSecrets();
  /** Still to be tried in this pairing. @type {import("./keys.js").ResumeSecret[]} */
  #untried = [];

  /**
   * @param {Identity} identity
   * @param {(data: Bytes) => void} send
   * @param {(event: ExchangeEvent) => void} emit
   */
  constructor(identity, send, emit) {
    this.#identity = identity;
    this.#send = send;
    this.#emit = emit;
  }

  /** Forget the keys, but not what brings the same two back together. */
  unpair() {
    this.#half = null;
    this.sealer = null;
    this.opener = null;
    this.isResumed = false;
  }

  /** Only a password opens the next pairing. */
  forget() {
    this.#kept.forget();
    this.#untried = [];
  }

  /** A record has opened, so the agent has the keys of this epoch. */
  settle() {
    this.#kept.settle();
  }

  /**
   * @param {string} supportId of the agent that is there now
   * @returns {boolean} whether `resume` may do without a password
   */
  paired(supportId) {
    this.#supportId = supportId;
    this.#untried = this.#kept.newestFirst(supportId);
    return this.#untried.length > 0;
  }

  /** Try the next secret; say so when none is left. */
  async resume() {
    const before = this.#untried.shift();
    if (before === undefined) {
      this.forget();
      this.#emit({ type: "resume-refused" });
      return;
    }
    const resumer = new Resumer(this.#supportId, before);
    this.#half = resumer;
    const message = await resumer.start();
    if (this.#half === resumer) {
      this.#send(message);
    }
  }

  /**
   * Try a password; call the result when it may be sent.
   *
   * @param {string} password 8 digits whose check digit is right
   * @returns {() => void}
   */
  begin(password) {
    const initiator = new Initiator(this.#supportId, password, this.#identity);
    this.#half = initiator;
    return () => this.#send(initiator.start());
  }

  /**
   * @param {Bytes} data a handshake of the agent
   * @throws {ProtocolError} out-of-order, not-confirmed and others: the agent broke the rules
   */
  async receive(data) {
    const half = this.#half;
    if (half === null) {
      throw new ProtocolError("out-of-order", "a handshake nobody asked for");
    }
    let answer;
    try {
      answer = await half.receive(data);
    } catch (error) {
      if (half === this.#half) {
        await this.#failed(half, error);
      }
      return;
    }
    if (half !== this.#half) {
      return;
    }
    if (half instanceof Resumer) {
      this.#resumed(half);
    } else if (half.keys !== null) {
      this.#verified(half.keys);
    }
    if (answer !== null) {
      this.#send(answer);
    }
  }

  /**
   * @param {Initiator | Resumer} half
   * @param {unknown} error
   */
  async #failed(half, error) {
    this.#half = null;
    if (half instanceof Resumer && error instanceof ProtocolError) {
      this.unpair();
      await this.resume();
    } else if (error instanceof Refused) {
      this.#emit({ type: "refused", code: error.code, triesLeft: error.triesLeft });
    } else {
      throw error;
    }
  }

  /** @param {SessionKeys} keys */
  #verified(keys) {
    this.#half = null;
    this.#kept.begin(this.#supportId, keys.resume);
    this.#open(keys);
    this.#emit({ type: "verified", code: keys.verificationCode });
  }

  /** @param {Resumer} resumer that has come one step further */
  #resumed({ before, derived, keys }) {
    if (keys !== null) {
      this.#half = null;
      this.#emit({ type: "line-back" });
    } else if (derived !== null) {
      // Before the agent hears the proof: its first records follow at once.
      this.isResumed = true;
      this.#kept.add(before, derived.resume);
      this.#open(derived);
    }
  }

  /** @param {SessionKeys} keys */
  #open({ agentToTechnician, technicianToAgent }) {
    this.opener = new Opener(agentToTechnician);
    this.sealer = new Sealer(technicianToAgent);
  }
}
