// The technician's half of the key exchange (docs/protocol.md section 4): CPace-X25519-SHA512
// as in draft-irtf-cfrg-cpace-21, initiator. X25519, SHA-512, HMAC and HKDF are WebCrypto's.
// The twin of agent/protocol/{cpace,keyexchange}.py.

import { decodeU, elligator2, encodeU } from "./elligator.js";
import { Fields, ProtocolError, concatenate, malformed, toBase64url, toUtf8 } from "./fields.js";
import { deriveKeys } from "./keys.js";
import { handshakeMessage, parseHandshake } from "./wire.js";

/** @typedef {import("./fields.js").Bytes} Bytes */
/** @typedef {import("./keys.js").SessionKeys} SessionKeys */
/** @typedef {{share: Bytes, ad: Bytes}} Half what one end contributes in the open */

const DSI = toUtf8("CPace255");
const DSI_ISK = toUtf8("CPace255_ISK");
const MAC_LABEL = toUtf8("CPaceMac");
const CI_PREFIX = toUtf8("dibuc/1 CPace-X25519-SHA512\0");
const HASH_BLOCK = 128;
export const SHARE_SIZE = 32;
const TAG_SIZE = 64;
export const NONCE_SIZE = 16;
// RFC 7748: u = 9.
export const BASE_POINT = Uint8Array.from({ length: SHARE_SIZE }, (_, index) => (index === 0 ? 9 : 0));
const AD_MAX = 1024;
const TRIES = 3;
// RFC 8410: what stands in front of the 32 bytes of an X25519 private key in PKCS #8.
const PKCS8_PREFIX = Uint8Array.from([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20]);
const REFUSALS = new Set([
  "wrong-password",
  "password-rotated",
  "locked",
  "invalid-share",
  "out-of-order",
  "not-resumed",
  "malformed",
  "too-large",
]);

/**
 * @param {...Uint8Array} parts
 * @returns {Bytes} all parts, each behind its length in LEB128
 */
export function lvCat(...parts) {
  return concatenate(...parts.flatMap((part) => [leb128(part.length), part]));
}

/** @param {number} length */
function leb128(length) {
  const septets = [length & 0x7f];
  for (let rest = length >> 7; rest > 0; rest >>= 7) {
    septets[septets.length - 1] = Number(septets.at(-1)) | 0x80;
    septets.push(rest & 0x7f);
  }
  return Uint8Array.from(septets);
}

/**
 * @param {Uint8Array} prs the password
 * @param {Uint8Array} ci the channel identifier
 * @param {Uint8Array} sid the session id
 * @returns {Promise<Bytes>} the session's generator: 32 bytes, the u coordinate
 */
export async function generator(prs, ci, sid) {
  // Zeros after the password fill the first input block of the hash.
  const padding = Math.max(0, HASH_BLOCK - 1 - lvCat(prs).length - lvCat(DSI).length);
  const digest = await sha512(lvCat(DSI, prs, new Uint8Array(padding), ci, sid));
  return encodeU(elligator2(decodeU(digest.subarray(0, 32))));
}

/**
 * @param {Bytes} scalar 32 bytes
 * @param {Bytes} point 32 bytes
 * @returns {Promise<Bytes>} X25519(scalar, point)
 * @throws {ProtocolError} invalid-share if the result is zero
 */
export async function scalarMult(scalar, point) {
  if (point.length !== SHARE_SIZE) {
    throw new ProtocolError("invalid-share", "wrong length");
  }
  const pkcs8 = concatenate(PKCS8_PREFIX, scalar);
  const secret = await crypto.subtle.importKey("pkcs8", pkcs8, "X25519", false, ["deriveBits"]);
  const open = await crypto.subtle.importKey("raw", point, "X25519", false, []);
  let result;
  try {
    result = new Uint8Array(await crypto.subtle.deriveBits({ name: "X25519", public: open }, secret, 256));
  } catch {
    // What WebCrypto's X25519 must do with an all-zero result.
    throw new ProtocolError("invalid-share", "low order");
  }
  if (result.every((octet) => octet === 0)) {
    throw new ProtocolError("invalid-share", "low order");
  }
  return result;
}

/**
 * @param {Uint8Array} sid
 * @param {Bytes} k the X25519 result
 * @param {Half} initiator Ya and ADa
 * @param {Half} responder Yb and ADb
 * @returns {Promise<{isk: Bytes, initiatorTag: Bytes, macKey: CryptoKey}>}
 */
export async function outcome(sid, k, initiator, responder) {
  const ours = lvCat(initiator.share, initiator.ad);
  const theirs = lvCat(responder.share, responder.ad);
  const isk = await sha512(concatenate(lvCat(DSI_ISK, sid, k), ours, theirs));
  const hmac = { name: "HMAC", hash: "SHA-512" };
  const rawMacKey = await sha512(concatenate(MAC_LABEL, sid, isk));
  const macKey = await crypto.subtle.importKey("raw", rawMacKey, hmac, false, ["sign", "verify"]);
  return { isk, initiatorTag: new Uint8Array(await crypto.subtle.sign("HMAC", macKey, ours)), macKey };
}

/** @param {Bytes} data */
async function sha512(data) {
  return new Uint8Array(await crypto.subtle.digest("SHA-512", data));
}

/** A refused the exchange (step `refused`). */
export class Refused extends ProtocolError {
  /**
   * @param {string} code
   * @param {number | null} triesLeft wrong tries that the present password still bears
   */
  constructor(code, triesLeft) {
    super(code);
    this.triesLeft = triesLeft;
  }
}

/** @param {number} size */
export const systemRandom = (size) => crypto.getRandomValues(new Uint8Array(size));

/** T's half. One for each try: what fails once is over. */
export class Initiator {
  /** @type {SessionKeys | null} set when the exchange is done */
  keys = null;
  /** @type {{agentVersion: string, platform: string} | null} set together with `keys` */
  peer = null;

  #ci;
  #prs;
  #ad;
  #random;
  #transcript = new Uint8Array(0);
  #expecting = "";
  #sid = new Uint8Array(0);
  #scalar = new Uint8Array(0);
  #share = new Uint8Array(0);
  /** @type {{isk: Bytes, macKey: CryptoKey, peer: {agentVersion: string, platform: string}, theirs: Bytes} | null} */
  #pending = null;

  /**
   * @param {string} supportId 9 digits
   * @param {string} password 8 digits, as the customer read them
   * @param {{name: string, company: string, origin: string}} identity what the customer sees
   * @param {(size: number) => Bytes} [random] another source only for test vectors
   */
  constructor(supportId, password, identity, random = systemRandom) {
    this.#ci = concatenate(CI_PREFIX, toUtf8(supportId));
    this.#prs = toUtf8(password);
    this.#ad = toUtf8(JSON.stringify(identity));
    this.#random = random;
  }

  /** @returns {Bytes} the message that begins the exchange */
  start() {
    this.#expecting = "nonce";
    return this.#sent({ step: "hello" });
  }

  /**
   * @param {Bytes} message a handshake from A
   * @returns {Promise<Bytes | null>} the answer; null once `keys` is set
   * @throws {ProtocolError} this try is over; a Refused where A said no
   */
  async receive(message) {
    const expecting = this.#expecting;
    // Whatever comes while this message is at work, or after a fault, is out of order.
    this.#expecting = "";
    const fields = parseHandshake(message);
    const step = fields.text("step", 20);
    if (step === "refused") {
      throw readRefusal(fields);
    }
    if (!["nonce", "responder", "confirmed"].includes(step)) {
      throw malformed("unknown step");
    }
    if (step !== expecting) {
      throw new ProtocolError("out-of-order", step);
    }
    if (step === "confirmed") {
      return this.#confirmed(fields);
    }
    this.#record(message);
    return step === "nonce" ? this.#nonce(fields) : this.#responder(fields);
  }

  /** @param {Fields} fields */
  async #nonce(fields) {
    const nonce = this.#random(NONCE_SIZE);
    this.#sid = concatenate(nonce, fields.octets("nonce", NONCE_SIZE, NONCE_SIZE));
    this.#scalar = this.#random(SHARE_SIZE);
    this.#share = await scalarMult(this.#scalar, await generator(this.#prs, this.#ci, this.#sid));
    this.#expecting = "responder";
    return this.#sent({
      step: "initiator",
      nonce: toBase64url(nonce),
      share: toBase64url(this.#share),
      ad: toBase64url(this.#ad),
    });
  }

  /** @param {Fields} fields */
  async #responder(fields) {
    const theirs = { share: fields.octets("share", SHARE_SIZE, SHARE_SIZE), ad: fields.octets("ad", 2, AD_MAX) };
    const peer = readPeer(theirs.ad);
    const k = await scalarMult(this.#scalar, theirs.share);
    const ours = { share: this.#share, ad: this.#ad };
    const { isk, initiatorTag, macKey } = await outcome(this.#sid, k, ours, theirs);
    this.#pending = { isk, macKey, peer, theirs: lvCat(theirs.share, theirs.ad) };
    this.#expecting = "confirmed";
    return handshakeMessage({ step: "confirm", tag: toBase64url(initiatorTag) });
  }

  /** @param {Fields} fields */
  async #confirmed(fields) {
    const tag = fields.octets("tag", TAG_SIZE, TAG_SIZE);
    const pending = this.#pending;
    // WebCrypto compares in constant time.
    if (pending === null || !(await crypto.subtle.verify("HMAC", pending.macKey, tag, pending.theirs))) {
      throw new ProtocolError("not-confirmed", "the agent's tag is wrong");
    }
    this.keys = await deriveKeys(pending.isk, this.#transcript);
    this.peer = pending.peer;
    return null;
  }

  /** @param {object} fields of steps 1 and 3, which the transcript holds */
  #sent(fields) {
    const message = handshakeMessage(fields);
    this.#record(message);
    return message;
  }

  /** @param {Uint8Array} message of steps 1 to 4 */
  #record(message) {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, message.length - 1);
    this.#transcript = concatenate(this.#transcript, length, message.subarray(1));
  }
}

/** @param {Bytes} ad */
function readPeer(ad) {
  const fields = Fields.ofJson(ad, AD_MAX);
  return { agentVersion: fields.line("agent_version", 20), platform: fields.line("platform", 60) };
}

/**
 * @param {Fields} fields
 * @returns {ProtocolError}
 */
function readRefusal(fields) {
  const code = fields.text("code", 30);
  const triesLeft = fields.has("tries_left") ? fields.integer("tries_left", 0, TRIES) : null;
  return REFUSALS.has(code) ? new Refused(code, triesLeft) : malformed("unknown refusal");
}
