// A technician's half of the key exchange for a test in another language: handshakes and
// records as hexadecimal digits, one a line, in from the agent and out to it.
//
//   node technician.js SUPPORT_ID PASSWORD
//
// The last line is JSON: {"code": "123 456", "opened": "..."} or {"refused": code, "tries": n}.

import { createInterface } from "node:readline";

import { Initiator, Refused } from "../../sessions/static/sessions/viewer/core/cpace.js";
import { ProtocolError } from "../../sessions/static/sessions/viewer/core/fields.js";
import { Opener, Sealer } from "../../sessions/static/sessions/viewer/core/records.js";
import { Channel, controlPayload } from "../../sessions/static/sessions/viewer/core/wire.js";
import { fromHex, toHex } from "./vectors.js";

const [supportId = "", password = ""] = process.argv.slice(2);
const identity = { name: "Jörg \"J\" Müßig", company: "DIBUC / Werk", origin: "https://portal.example" };
const initiator = new Initiator(supportId, password, identity);
const reader = createInterface({ input: process.stdin });
const lines = reader[Symbol.asyncIterator]();

/** @param {Uint8Array} message */
function say(message) {
  console.log(toHex(message));
}

async function hear() {
  const { value } = await lines.next();
  return fromHex(String(value));
}

async function exchange() {
  say(initiator.start());
  while (initiator.keys === null) {
    const answer = await initiator.receive(await hear());
    if (answer !== null) {
      say(answer);
    }
  }
  return initiator.keys;
}

try {
  const keys = await exchange();
  const sealer = new Sealer(keys.technicianToAgent);
  for (const message of await sealer.seal(Channel.CONTROL, controlPayload({ t: "text", text: "Grüße 😀" }))) {
    say(message);
  }
  const opener = new Opener(keys.agentToTechnician);
  let opened = null;
  while (opened === null) {
    opened = await opener.receive(await hear());
  }
  console.log(JSON.stringify({ code: keys.verificationCode, opened: toHex(opened.payload), peer: initiator.peer }));
} catch (error) {
  if (!(error instanceof ProtocolError)) {
    throw error;
  }
  console.log(JSON.stringify({ refused: error.code, tries: error instanceof Refused ? error.triesLeft : null }));
}
reader.close();
process.stdin.destroy();
