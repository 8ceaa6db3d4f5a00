// A technician's page that is paired with an agent in another language: messages one a line, texts
// as they are, binary messages as hexadecimal digits, in both directions.
//
//   node page.js PASSWORD
//
// It asks for nothing but films, of which it can show none. Whatever a person would hear of is
// said with "told " before it.

import { createInterface } from "node:readline";

import { Session } from "../../sessions/static/sessions/viewer/core/session.js";
import { fromHex, toHex } from "./vectors.js";

const [password = ""] = process.argv.slice(2);
const identity = { name: "Jörg \"J\" Müßig", company: "DIBUC / Werk", origin: "https://portal.example" };
const session = new Session(identity, {
  send: (data) => console.log(typeof data === "string" ? data : toHex(data)),
  buffered: () => 0,
  emit: (event) => {
    console.log(`told ${event.type}`);
    if (event.type === "paired") {
      session.begin(password);
    }
  },
  painter: { begin: () => undefined, paint: async () => undefined, digest: async () => null },
  wake: () => undefined,
  now: () => performance.now(),
  isInDoubt: () => false,
});
session.wish({ t: "can", h264: false });

createInterface({ input: process.stdin }).on("line", (line) => {
  if (line.startsWith("{")) {
    session.receiveText(line);
  } else {
    session.receiveBinary(fromHex(line));
  }
});
