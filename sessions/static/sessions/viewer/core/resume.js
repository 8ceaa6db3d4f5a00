// Going on after a lost line without a password (docs/protocol.md section 4.4): what is kept
// for it, and the technician's half. The twin of agent/protocol/resume.py.

import { BASE_POINT, NONCE_SIZE, Refused, SHARE_SIZE, scalarMult, systemRandom } from "./cpace.js";
import { ProtocolError, malformed, toBase64url } from "./fields.js";
import { EPOCH_MAX, deriveResumed, resumeTranscript } from "./keys.js";
import { handshakeMessage, parseHandshake } from "./wire.js";

/** @typedef {import("./fields.js").Bytes} Bytes */
/** @typedef {import("./keys.js").ResumeSecret} ResumeSecret */
/** @typedef {import("./keys.js").SessionKeys} SessionKeys */

const TAG_SIZE = 32;

/**
 * What stays for a line that breaks, in this worker's memory and nowhere else: the newest
 * secret, and the one before until the agent has shown that it has the newest, too. Otherwise
 * a line cut in the middle of a resumption would strand both.
 */
export class KeptSecrets {
  #supportId = "";
  /** @type {ResumeSecret[]} */
  #kept = [];

  /**
   * Keep this alone: it comes from a password.
   *
   * @param {string} supportId
   * @param {ResumeSecret} secret
   */
  begin(supportId, secret) {
    this.#supportId = supportId;
    this.#kept = [secret];
  }

  /**
   * @param {ResumeSecret} before
   * @param {ResumeSecret} secret derived from it
   */
  add(before, secret) {
    this.#kept = [before, secret];
  }

  /** Forget all but the newest: a record of its epoch has opened. */
  settle() {
    this.#kept.splice(0, this.#kept.length - 1);
  }

  /** Only a password opens the next pairing. */
  forget() {
    this.#kept = [];
  }

  /**
   * @param {string} supportId
   * @returns {ResumeSecret[]} what a resumption with this agent may begin from, the newest first
   */
  newestFirst(supportId) {
    return supportId === this.#supportId ? this.#kept.filter(({ epoch }) => epoch < EPOCH_MAX).reverse() : [];
  }
}

/** One attempt; what fails is over. */
export class Resumer {
  /** @type {SessionKeys | null} set when the exchange is done */
  keys = null;
  /** Set as soon as the agent has proved itself: from then on it may hold them, too. @type {SessionKeys | null} */
  derived = null;

  #supportId;
  #random;
  #expecting = "resuming";
  #nonce = new Uint8Array(0);
  #scalar = new Uint8Array(0);
  #share = new Uint8Array(0);

  /**
   * @param {string} supportId 9 digits
   * @param {ResumeSecret} before
   * @param {(size: number) => Bytes} [random] another source only for test vectors
   */
  constructor(supportId, before, random = systemRandom) {
    this.before = before;
    this.#supportId = supportId;
    this.#random = random;
  }

  /** @returns {Promise<Bytes>} the message that begins it */
  async start() {
    this.#nonce = this.#random(NONCE_SIZE);
    this.#scalar = this.#random(SHARE_SIZE);
    this.#share = await scalarMult(this.#scalar, BASE_POINT);
    return handshakeMessage({
      step: "resume",
      nonce: toBase64url(this.#nonce),
      share: toBase64url(this.#share),
      epoch: this.before.epoch + 1,
    });
  }

  /**
   * @param {Bytes} message a handshake from A
   * @returns {Promise<Bytes | null>} the answer; null once `keys` is set
   * @throws {ProtocolError} this attempt is over; a Refused where A said no
   */
  async receive(message) {
    const expecting = this.#expecting;
    // Whatever comes while this message is at work, or after a fault, is out of order.
    this.#expecting = "";
    const fields = parseHandshake(message);
    const step = fields.text("step", 20);
    if (step === "refused") {
      throw new Refused("not-resumed", null);
    }
    if (step !== "resuming" && step !== "resumed") {
      throw malformed("unknown step");
    }
    if (step !== expecting) {
      throw new ProtocolError("out-of-order", step);
    }
    if (step === "resumed") {
      this.keys = this.derived;
      return null;
    }
    return this.#resuming(fields);
  }

  /** @param {import("./fields.js").Fields} fields */
  async #resuming(fields) {
    const theirs = {
      nonce: fields.octets("nonce", NONCE_SIZE, NONCE_SIZE),
      share: fields.octets("share", SHARE_SIZE, SHARE_SIZE),
    };
    const tag = fields.octets("tag", TAG_SIZE, TAG_SIZE);
    const ours = { nonce: this.#nonce, share: this.#share };
    const transcript = resumeTranscript(this.#supportId, this.before.epoch + 1, ours, theirs);
    const shared = await scalarMult(this.#scalar, theirs.share);
    const { keys, isFromAgent, ownTag } = await deriveResumed(this.before, shared, transcript);
    if (!(await isFromAgent(tag))) {
      throw new ProtocolError("not-confirmed", "the agent's tag is wrong");
    }
    this.derived = keys;
    this.#expecting = "resumed";
    return handshakeMessage({ step: "proof", tag: toBase64url(ownTag) });
  }
}
