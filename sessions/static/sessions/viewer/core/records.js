// Sealed records: AES-256-GCM with a strict counter (docs/protocol.md section 5). The twin of
// agent/protocol/records.py. WebCrypto works in the background, so several records may be
// under way at once; what comes out keeps the order of the calls all the same.

import { ProtocolError, concatenate } from "./fields.js";
import {
  BINARY_MAX_FROM_TECHNICIAN,
  CONTROL_MAX,
  Channel,
  FRAME_MAX,
  Kind,
  RECORD_HEADER_SIZE,
  RECORD_OVERHEAD,
  RECORD_TAG_SIZE,
  packRecordHeader,
  parseRecordHeader,
} from "./wire.js";

/** @typedef {import("./fields.js").Bytes} Bytes */
/** @typedef {{key: Bytes, iv: Bytes, epoch: number}} DirectionKeys 32 and 12 bytes, from the key exchange */

const BODY_START = 1 + RECORD_HEADER_SIZE;
const COUNTER_START = 4;

/** @param {number} channel */
const payloadMax = (channel) => (channel === Channel.PICTURE ? FRAME_MAX : CONTROL_MAX);

/** One direction's cipher and its counter. */
class Direction {
  /** @type {Promise<CryptoKey>} */
  #key;
  #iv;
  counter = 0n;

  /** @param {DirectionKeys} keys */
  constructor({ key, iv, epoch }) {
    this.#key = crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
    this.#iv = iv;
    this.epoch = epoch;
  }

  /**
   * Read now, before the counter moves on.
   *
   * @returns {Bytes} IV xor counter
   */
  nonce() {
    const nonce = this.#iv.slice();
    const view = new DataView(nonce.buffer);
    view.setBigUint64(COUNTER_START, view.getBigUint64(COUNTER_START) ^ this.counter);
    return nonce;
  }

  /**
   * @param {Bytes} nonce
   * @param {Bytes} header
   * @param {Bytes} body
   */
  async encrypt(nonce, header, body) {
    const algorithm = { name: "AES-GCM", iv: nonce, additionalData: header };
    return new Uint8Array(await crypto.subtle.encrypt(algorithm, await this.#key, body));
  }

  /**
   * @param {Bytes} nonce
   * @param {Bytes} header
   * @param {Bytes} sealed
   */
  async decrypt(nonce, header, sealed) {
    const algorithm = { name: "AES-GCM", iv: nonce, additionalData: header };
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, await this.#key, sealed));
  }
}

/** The sending end of one direction. */
export class Sealer {
  #direction;
  #piece;
  /** @type {Promise<unknown>} */
  #before = Promise.resolve();

  /**
   * @param {DirectionKeys} keys
   * @param {number} [messageMax] the longest binary message in bytes that may be sent
   */
  constructor(keys, messageMax = BINARY_MAX_FROM_TECHNICIAN) {
    this.#direction = new Direction(keys);
    this.#piece = messageMax - RECORD_OVERHEAD;
  }

  /**
   * @param {number} channel
   * @param {Bytes} payload
   * @returns {Promise<Bytes[]>} whole binary messages, to be sent in this order; the promises
   *   of several calls resolve in the order of the calls
   */
  seal(channel, payload) {
    const pieces = Math.max(1, Math.ceil(payload.length / this.#piece));
    if (payload.length + pieces * RECORD_OVERHEAD > payloadMax(channel)) {
      return Promise.reject(new ProtocolError("too-large", `a payload of ${payload.length} bytes`));
    }
    const records = [];
    for (let number = 0; number < pieces; number += 1) {
      const body = payload.subarray(number * this.#piece, (number + 1) * this.#piece);
      records.push(this.#record(channel, body, number + 1 < pieces));
    }
    const sealed = Promise.all([Promise.all(records), this.#before]).then(([messages]) => messages);
    this.#before = sealed;
    return sealed;
  }

  /**
   * @param {number} channel
   * @param {Bytes} body
   * @param {boolean} more
   */
  async #record(channel, body, more) {
    const { epoch, counter } = this.#direction;
    const header = packRecordHeader({ channel, more, epoch, counter });
    const nonce = this.#direction.nonce();
    this.#direction.counter += 1n;
    const sealed = await this.#direction.encrypt(nonce, header, body);
    const message = new Uint8Array(BODY_START + sealed.length);
    message[0] = Kind.RECORD;
    message.set(header, 1);
    message.set(sealed, BODY_START);
    return message;
  }
}

/**
 * @typedef {{channel: number, payload: Bytes}} Opened
 * @typedef {{channel: number, more: boolean, body: Promise<Bytes>}} Opening
 */

/** The receiving end of one direction. After an error it opens nothing more. */
export class Opener {
  #direction;
  #broken = false;
  /** @type {Map<number, Bytes[]>} */
  #pieces;
  /** @type {Map<number, number>} */
  #sizes = new Map();
  /** @type {Promise<unknown>} */
  #before = Promise.resolve();

  /**
   * @param {DirectionKeys} keys
   * @param {number[]} [channels] that may come from this direction
   */
  constructor(keys, channels = [Channel.PICTURE, Channel.CONTROL]) {
    this.#direction = new Direction(keys);
    this.#pieces = new Map(channels.map((channel) => [channel, []]));
  }

  /**
   * @param {Bytes} message a whole binary message; call in the order of arrival
   * @returns {Promise<Opened | null>} the payload once it is complete; the promises of several
   *   calls settle in the order of the calls. Rejects with ProtocolError `malformed`,
   *   `bad-record` or `too-large`: the session ends.
   */
  receive(message) {
    const body = this.#open(message);
    const opened = this.#inOrder(message, body, this.#before);
    this.#before = opened.catch(() => {
      this.#broken = true;
    });
    return opened;
  }

  /**
   * The counter is compared on arrival, and only then does the cipher start.
   *
   * @param {Bytes} message
   * @returns {Opening | ProtocolError}
   */
  #open(message) {
    let header;
    try {
      header = parseRecordHeader(message);
    } catch (error) {
      return /** @type {ProtocolError} */ (error);
    }
    const { channel, more, epoch, counter } = header;
    if (epoch !== this.#direction.epoch) {
      return new ProtocolError("bad-record", `epoch ${epoch}, now is ${this.#direction.epoch}`);
    }
    if (counter !== this.#direction.counter) {
      return new ProtocolError("bad-record", `record ${counter}, expected ${this.#direction.counter}`);
    }
    if (!this.#pieces.has(channel)) {
      return new ProtocolError("bad-record", `channel ${channel} from this end`);
    }
    if (more && message.length === BODY_START + RECORD_TAG_SIZE) {
      return new ProtocolError("bad-record", "an empty piece");
    }
    const nonce = this.#direction.nonce();
    this.#direction.counter += 1n;
    const aad = message.slice(1, BODY_START);
    const body = this.#direction.decrypt(nonce, aad, message.subarray(BODY_START));
    body.catch(() => {}); // It is awaited below, in its turn.
    return { channel, more, body };
  }

  /**
   * @param {Bytes} message
   * @param {Opening | ProtocolError} record
   * @param {Promise<unknown>} before
   * @returns {Promise<Opened | null>}
   */
  async #inOrder(message, record, before) {
    await before;
    if (this.#broken) {
      throw new ProtocolError("bad-record", "after a bad record");
    }
    if (record instanceof ProtocolError) {
      throw record;
    }
    let body;
    try {
      body = await record.body;
    } catch {
      throw new ProtocolError("bad-record", "does not open");
    }
    return this.#collect(record, body, message.length);
  }

  /**
   * @param {{channel: number, more: boolean}} header
   * @param {Bytes} body
   * @param {number} messageLength
   * @returns {Opened | null}
   */
  #collect({ channel, more }, body, messageLength) {
    const size = (this.#sizes.get(channel) ?? 0) + messageLength;
    if (size > payloadMax(channel)) {
      throw new ProtocolError("too-large", "a payload over its limit");
    }
    const pieces = /** @type {Bytes[]} */ (this.#pieces.get(channel));
    if (more) {
      this.#sizes.set(channel, size);
      pieces.push(body);
      return null;
    }
    const payload = pieces.length === 0 ? body : concatenate(...pieces, body);
    this.#sizes.set(channel, 0);
    pieces.length = 0;
    return { channel, payload };
  }
}
