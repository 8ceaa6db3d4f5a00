// A technician's page that comes back after a lost line, for a test in another language:
// handshakes and records as hexadecimal digits, one a line, in from the agent and out to it.
//
//   node resumer.js SUPPORT_ID EPOCH SECRET
//
// The last line is JSON: {"epoch": 1, "secret": "...", "opened": "..."} or {"refused": code}.

import { createInterface } from "node:readline";

import { ProtocolError } from "../../sessions/static/sessions/viewer/core/fields.js";
import { Opener, Sealer } from "../../sessions/static/sessions/viewer/core/records.js";
import { Resumer } from "../../sessions/static/sessions/viewer/core/resume.js";
import { Channel, controlPayload } from "../../sessions/static/sessions/viewer/core/wire.js";
import { fromHex, toHex } from "./vectors.js";

const [supportId = "", epoch = "", secret = ""] = process.argv.slice(2);
const before = { secret: fromHex(secret), epoch: Number(epoch), verificationCode: "123 456" };
const resumer = new Resumer(supportId, before);
const reader = createInterface({ input: process.stdin });
const lines = reader[Symbol.asyncIterator]();

/** @param {Uint8Array} message */
const say = (message) => console.log(toHex(message));

async function hear() {
  const { value } = await lines.next();
  return fromHex(String(value));
}

async function exchange() {
  say(await resumer.start());
  while (resumer.keys === null) {
    const answer = await resumer.receive(await hear());
    if (answer !== null) {
      say(answer);
    }
  }
  return resumer.keys;
}

try {
  const keys = await exchange();
  const sealer = new Sealer(keys.technicianToAgent);
  for (const message of await sealer.seal(Channel.CONTROL, controlPayload({ t: "release" }))) {
    say(message);
  }
  const opener = new Opener(keys.agentToTechnician);
  let opened = null;
  while (opened === null) {
    opened = await opener.receive(await hear());
  }
  const { epoch: now, secret: next } = keys.resume;
  console.log(JSON.stringify({ epoch: now, secret: toHex(next), opened: toHex(opened.payload) }));
} catch (error) {
  if (!(error instanceof ProtocolError)) {
    throw error;
  }
  console.log(JSON.stringify({ refused: error.code }));
}
reader.close();
process.stdin.destroy();
