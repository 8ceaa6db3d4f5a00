import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";

import { Knocker } from "../../sessions/static/sessions/viewer/core/knock.js";

const SOCKET = "wss://portal.example/ws/relay/web1/technician/1/";

/**
 * A portal that answers request after request as told, the last way for ever.
 *
 * @param {import("node:test").TestContext} context
 * @param {...(number | "hangs" | "breaks")} ways a status, or what happens instead of an answer
 */
async function portal(context, ...ways) {
  let asked = 0;
  const server = createServer((_request, response) => {
    const way = ways[Math.min(asked, ways.length - 1)];
    asked += 1;
    if (way === "breaks") {
      response.destroy();
    } else if (typeof way === "number") {
      response.writeHead(way, { "Content-Type": "application/json" });
      response.end(JSON.stringify(way === 200 ? { ok: true, socket: SOCKET } : { ok: false }));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${address.port}/`, asked: () => asked };
}

/**
 * @param {string} url
 * @returns {{knocker: Knocker, answer: Promise<string | null>}}
 */
function knocking(url) {
  /** @type {(answer: string | null) => void} */
  let resolve;
  const answer = new Promise((done) => {
    resolve = done;
  });
  return { knocker: new Knocker(url, (found) => resolve(found)), answer };
}

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

test("an answer says where the socket is, and nobody asks again", async (context) => {
  const { url, asked } = await portal(context, 200);
  const { knocker, answer } = knocking(url);
  knocker.start(0);
  assert.equal(await answer, SOCKET);
  await pause(1500);
  assert.equal(asked(), 1);
});

test("a broken line, a proxy without a portal and requests that hang are followed by others", async (context) => {
  const { url, asked } = await portal(context, "breaks", 502, "hangs", "hangs", 200);
  const { knocker, answer } = knocking(url);
  knocker.start(0);
  assert.equal(await answer, SOCKET);
  assert.equal(asked(), 5);
});

test("only so many requests hang at once, and whoever stops leaves none behind", async (context) => {
  const { url, asked } = await portal(context, "hangs");
  const { knocker } = knocking(url);
  knocker.start(0);
  await pause(2600);
  assert.equal(asked(), 4);
  knocker.stop();
  await pause(1000);
  assert.equal(asked(), 4);
});

test("who may not come in is told by the socket itself", async (context) => {
  const { url } = await portal(context, 403);
  const { knocker, answer } = knocking(url);
  knocker.start(0);
  assert.equal(await answer, null);
});

test("a computer that has woken up does not wait, but only if it was waiting", async (context) => {
  const { url, asked } = await portal(context, 200);
  const { knocker, answer } = knocking(url);
  knocker.hurry();
  await pause(200);
  assert.equal(asked(), 0);
  knocker.start(60_000);
  knocker.hurry();
  assert.equal(await answer, SOCKET);
});
