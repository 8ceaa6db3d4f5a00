// Tells htmx to fetch the live list again when the server says that something changed.

const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000];
// Many changes at once are one for a person.
const GATHER_MS = 150;
// No ping for so long: the line is dead, even if the browser has not noticed.
const SILENCE_MS = 15_000;

/** The event that the list waits for: hx-trigger="refresh from:body". */
const EVENT = "sessions-changed";

let failures = 0;
let gathering = false;

function announce() {
  if (gathering) {
    return;
  }
  gathering = true;
  setTimeout(() => {
    gathering = false;
    document.body.dispatchEvent(new CustomEvent(EVENT));
  }, GATHER_MS);
}

function open() {
  const address = new URL("/ws/live/", location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  let heardAt = performance.now();
  const watch = setInterval(() => {
    if (performance.now() - heardAt > SILENCE_MS) {
      socket.close();
    }
  }, 1000);
  socket.addEventListener("open", () => {
    failures = 0;
    announce();
  });
  socket.addEventListener("message", ({ data }) => {
    heardAt = performance.now();
    const message = JSON.parse(data);
    if (message.type === "ping") {
      socket.send(JSON.stringify({ type: "pong", n: message.n }));
    } else {
      announce();
    }
  });
  socket.addEventListener("close", () => {
    clearInterval(watch);
    const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0;
    failures += 1;
    setTimeout(open, wait);
  });
}

open();

export {};
