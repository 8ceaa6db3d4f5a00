// The protocol inside a dedicated worker: runs the vectors' exchanges and seals both ways.
// Told {run, sealed} of the vectors, it answers {keys, code, messages, opened} or {error}.

import { Initiator } from "../../sessions/static/sessions/viewer/core/cpace.js";
import { Opener, Sealer } from "../../sessions/static/sessions/viewer/core/records.js";

/** @param {string} digits */
const fromHex = (digits) => Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
/** @param {Uint8Array} bytes */
const toHex = (bytes) => Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join("");

/** @param {any} run of handshake.json */
async function exchange(run) {
  let at = 0;
  const random = fromHex(run.initiator_random);
  const take = (/** @type {number} */ size) => random.slice(at, (at += size));
  const initiator = new Initiator(run.support_id, run.password, run.technician, take);
  const messages = [toHex(initiator.start())];
  for (const step of [1, 3, 5]) {
    const answer = await initiator.receive(fromHex(run.messages[step]));
    if (answer !== null) {
      messages.push(toHex(answer));
    }
  }
  return { messages, code: initiator.keys?.verificationCode };
}

/** @param {any} sealed of records.json */
async function seal(sealed) {
  const keys = { key: fromHex(sealed.key), iv: fromHex(sealed.iv), epoch: sealed.epoch };
  const [sealer, opener] = [new Sealer(keys, sealed.message_max), new Opener(keys)];
  const records = await Promise.all(
    sealed.payloads.map((/** @type {any} */ item) => sealer.seal(item.channel, fromHex(item.payload))),
  );
  const opened = await Promise.all(records.flat().map((message) => opener.receive(message)));
  return {
    records: records.map((messages) => messages.map(toHex)),
    opened: opened.filter((item) => item !== null).map(({ channel, payload }) => [channel, toHex(payload)]),
  };
}

globalThis.addEventListener("message", async (event) => {
  const { data } = /** @type {MessageEvent} */ (event);
  try {
    postMessage({ ...(await exchange(data.run)), ...(await seal(data.sealed)) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
});
