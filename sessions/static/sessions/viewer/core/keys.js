// What an exchange yields: the keys of both directions (docs/protocol.md sections 4.1 and
// 4.4). HKDF and HMAC are WebCrypto's. The twin of agent/protocol/keys.py.

import { concatenate, toUtf8 } from "./fields.js";

/** @typedef {import("./fields.js").Bytes} Bytes */
/** @typedef {import("./records.js").DirectionKeys} DirectionKeys */
/** @typedef {(info: string, length: number) => Promise<Bytes>} Expand */

export const EPOCH_MAX = 255;
const VERIFICATION_CODES = 1_000_000;
const RESUME_PREFIX = toUtf8("dibuc/1 resume\0");
const HMAC = { name: "HMAC", hash: "SHA-256" };

/**
 * What is left of an epoch when its keys are forgotten: the next one begins from it.
 *
 * @typedef {{secret: Bytes, epoch: number, verificationCode: string}} ResumeSecret
 */

/**
 * What a finished exchange yields.
 *
 * @typedef {object} SessionKeys
 * @property {DirectionKeys} agentToTechnician
 * @property {DirectionKeys} technicianToAgent
 * @property {string} verificationCode shown at both ends: `123 456`
 * @property {ResumeSecret} resume
 */

/**
 * @param {Bytes} isk CPace's key
 * @param {Bytes} transcript the payloads of steps 1 to 4, each behind its length
 * @returns {Promise<SessionKeys>}
 */
export async function deriveKeys(isk, transcript) {
  const expand = await expander(isk, transcript);
  const verification = await expand("verification", 4);
  const digits = String(new DataView(verification.buffer).getUint32(0) % VERIFICATION_CODES).padStart(6, "0");
  return sessionKeys(expand, `${digits.slice(0, 3)} ${digits.slice(3)}`, 0);
}

/**
 * What one end contributes to a resumption in the open.
 *
 * @typedef {{nonce: Bytes, share: Bytes}} ResumeHalf 16 and 32 bytes
 */

/**
 * @param {string} supportId
 * @param {number} epoch
 * @param {ResumeHalf} technician
 * @param {ResumeHalf} agent
 * @returns {Bytes} what a resumption's keys are bound to; every part has a fixed length
 */
export function resumeTranscript(supportId, epoch, technician, agent) {
  const head = [RESUME_PREFIX, toUtf8(supportId), Uint8Array.of(epoch)];
  return concatenate(...head, technician.nonce, technician.share, agent.nonce, agent.share);
}

/**
 * @param {ResumeSecret} before what both ends still hold
 * @param {Bytes} shared the X25519 result, without which the secret alone opens nothing
 * @param {Bytes} transcript from `resumeTranscript`
 * @returns {Promise<{keys: SessionKeys, isFromAgent: (tag: Bytes) => Promise<boolean>, ownTag: Bytes}>}
 */
export async function deriveResumed(before, shared, transcript) {
  const expand = await expander(concatenate(before.secret, shared), transcript);
  const macKey = await crypto.subtle.importKey("raw", await expand("resume-confirm", 32), HMAC, false, [
    "sign",
    "verify",
  ]);
  return {
    // The code belongs to the exchange that people may have compared.
    keys: await sessionKeys(expand, before.verificationCode, before.epoch + 1),
    // WebCrypto compares in constant time.
    isFromAgent: (tag) => crypto.subtle.verify("HMAC", macKey, tag, toUtf8("agent")),
    ownTag: new Uint8Array(await crypto.subtle.sign("HMAC", macKey, toUtf8("technician"))),
  };
}

/**
 * @param {Bytes} secret
 * @param {Bytes} transcript
 * @returns {Promise<Expand>}
 */
async function expander(secret, transcript) {
  const salt = await crypto.subtle.digest("SHA-256", transcript);
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  return async (info, length) => {
    const algorithm = { name: "HKDF", hash: "SHA-256", salt, info: toUtf8(`dibuc/1 ${info}`) };
    return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 8 * length));
  };
}

/**
 * @param {Expand} expand
 * @param {string} verificationCode
 * @param {number} epoch
 * @returns {Promise<SessionKeys>}
 */
async function sessionKeys(expand, verificationCode, epoch) {
  const toTechnician = await expand("agent-to-technician", 44);
  const toAgent = await expand("technician-to-agent", 44);
  return {
    agentToTechnician: { key: toTechnician.slice(0, 32), iv: toTechnician.slice(32), epoch },
    technicianToAgent: { key: toAgent.slice(0, 32), iv: toAgent.slice(32), epoch },
    verificationCode,
    resume: { secret: await expand("resume", 32), epoch, verificationCode },
  };
}
