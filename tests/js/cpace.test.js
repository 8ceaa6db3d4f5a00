import assert from "node:assert/strict";
import test from "node:test";

import * as cpace from "../../sessions/static/sessions/viewer/core/cpace.js";
import { fromHex, refuses, stream, toHex, vectors } from "./vectors.js";

const draft = vectors("cpace-x25519.json");
const handshake = vectors("handshake.json");
// Of low order only for an X25519 that does not ignore the highest bit (RFC 7748 section 5).
const HARMLESS_WITHOUT_THE_TOP_BIT = new Set([6, 8, 9, 10, 11].map((number) => `Invalid Y${number}`));

/** @type {Record<string, Uint8Array<ArrayBuffer>>} */
const G = Object.fromEntries(
  Object.entries(draft.G_25519).map(([name, digits]) => [name, fromHex(/** @type {string} */ (digits))]),
);

/** @param {string} name */
function g(name) {
  return /** @type {Uint8Array<ArrayBuffer>} */ (G[name]);
}

test("the draft's generator, shares and secret", async () => {
  assert.deepEqual(await cpace.generator(g("PRS"), g("CI"), g("sid")), g("g"));
  assert.deepEqual(await cpace.scalarMult(g("ya"), g("g")), g("Ya"));
  assert.deepEqual(await cpace.scalarMult(g("ya"), g("Yb")), g("K"));
  assert.deepEqual(await cpace.scalarMult(g("yb"), g("Ya")), g("K"));
});

test("the draft's key", async () => {
  const initiator = { share: g("Ya"), ad: g("ADa") };
  const responder = { share: g("Yb"), ad: g("ADb") };
  const { isk } = await cpace.outcome(g("sid"), g("K"), initiator, responder);
  assert.deepEqual(isk, g("ISK_IR"));
});

test("points of low order are refused", async () => {
  for (const [name, point] of Object.entries(draft.X25519_points)) {
    const multiply = () => cpace.scalarMult(g("ya"), fromHex(/** @type {string} */ (point)));
    if (HARMLESS_WITHOUT_THE_TOP_BIT.has(name)) {
      assert.ok((await multiply()).some((octet) => octet !== 0));
    } else {
      await refuses(multiply, "invalid-share", name);
    }
  }
  await refuses(() => cpace.scalarMult(g("ya"), g("g").slice(1)), "invalid-share", "31 bytes");
});

test("X25519 ignores the bits that it has to ignore", async () => {
  for (const { scalar, point, result } of handshake.points) {
    assert.equal(toHex(await cpace.scalarMult(fromHex(scalar), fromHex(point))), result);
  }
});

test("lengths are written in septets", () => {
  assert.equal(toHex(cpace.lvCat(new Uint8Array(0))), "00");
  assert.equal(toHex(cpace.lvCat(new Uint8Array(127)).slice(0, 2)), "7f00");
  assert.equal(toHex(cpace.lvCat(new Uint8Array(128)).slice(0, 3)), "800100");
  assert.equal(toHex(cpace.lvCat(new Uint8Array(16384)).slice(0, 4)), "80800100");
});

/** @param {any} run */
function initiatorOf(run) {
  const random = stream(fromHex(run.initiator_random));
  return new cpace.Initiator(run.support_id, run.password, run.technician, random);
}

test("whole runs yield the same messages, keys and code", async () => {
  for (const run of handshake.runs) {
    const initiator = initiatorOf(run);
    const said = [initiator.start()];
    for (const answer of [run.messages[1], run.messages[3]]) {
      said.push(/** @type {Uint8Array<ArrayBuffer>} */ (await initiator.receive(fromHex(answer))));
    }
    assert.deepEqual(said.map(toHex), [run.messages[0], run.messages[2], run.messages[4]]);
    assert.equal(initiator.keys, null);
    assert.equal(initiator.peer, null);
    assert.equal(await initiator.receive(fromHex(run.messages[5])), null);
    assert.deepEqual(initiator.peer, {
      agentVersion: run.agent.agent_version,
      platform: run.agent.platform,
    });
    assert.deepEqual(described(initiator.keys), run.keys);
  }
});

/** @param {import("../../sessions/static/sessions/viewer/core/keys.js").SessionKeys | null} keys */
function described(keys) {
  assert.ok(keys);
  return {
    agent_to_technician_key: toHex(keys.agentToTechnician.key),
    agent_to_technician_iv: toHex(keys.agentToTechnician.iv),
    technician_to_agent_key: toHex(keys.technicianToAgent.key),
    technician_to_agent_iv: toHex(keys.technicianToAgent.iv),
    resume: toHex(keys.resume.secret),
    verification_code: keys.verificationCode,
  };
}

test("what the technician's page refuses", async () => {
  const run = handshake.initiator_refuses;
  for (const { name, right_before: right, message, code } of run.cases) {
    const initiator = initiatorOf(run);
    initiator.start();
    for (const answer of run.messages.slice(1, 2 * right).filter((/** @type {string} */ _, /** @type {number} */ index) => index % 2 === 0)) {
      await initiator.receive(fromHex(answer));
    }
    await refuses(() => initiator.receive(fromHex(message)), code, name);
    assert.equal(initiator.keys, null);
    await refuses(() => initiator.receive(fromHex(run.messages[1])), "out-of-order", `after ${name}`);
  }
});

test("a refusal says how many tries are left", async () => {
  const run = handshake.initiator_refuses;
  const { message } = run.cases.find((/** @type {any} */ item) => item.name === "wrong password");
  const initiator = initiatorOf(run);
  initiator.start();
  await assert.rejects(initiator.receive(fromHex(message)), (error) => {
    assert.ok(error instanceof cpace.Refused);
    assert.equal(error.triesLeft, 2);
    return true;
  });
});

test("two messages at once are out of order", async () => {
  const run = handshake.runs[0];
  const initiator = initiatorOf(run);
  initiator.start();
  const first = initiator.receive(fromHex(run.messages[1]));
  await refuses(() => initiator.receive(fromHex(run.messages[3])), "out-of-order", "overtaken");
  await first;
});
