import assert from "node:assert/strict";
import test from "node:test";

import { KeptSecrets, Resumer } from "../../sessions/static/sessions/viewer/core/resume.js";
import { fromHex, refuses, stream, toHex, vectors } from "./vectors.js";

const resume = vectors("resume.json");

/** @param {any} run */
function before(run) {
  return { secret: fromHex(run.secret), epoch: run.epoch_before, verificationCode: run.verification_code };
}

/** @param {any} run */
const resumerOf = (run) => new Resumer(run.support_id, before(run), stream(fromHex(run.technician_random)));

/**
 * @param {Resumer} resumer that is done
 * @returns {import("../../sessions/static/sessions/viewer/core/keys.js").SessionKeys}
 */
function keysOf({ keys }) {
  assert.ok(keys);
  return keys;
}

test("whole resumptions yield the same messages and keys", async () => {
  for (const run of resume.runs) {
    const resumer = resumerOf(run);
    assert.equal(toHex(await resumer.start()), run.messages[0]);
    const proof = await resumer.receive(fromHex(run.messages[1]));
    assert.equal(proof && toHex(proof), run.messages[2]);
    assert.ok(resumer.derived);
    assert.equal(resumer.keys, null);
    assert.equal(await resumer.receive(fromHex(run.messages[3])), null);
    const keys = keysOf(resumer);
    assert.equal(keys, resumer.derived);
    assert.deepEqual(
      {
        agent_to_technician_key: toHex(keys.agentToTechnician.key),
        agent_to_technician_iv: toHex(keys.agentToTechnician.iv),
        technician_to_agent_key: toHex(keys.technicianToAgent.key),
        technician_to_agent_iv: toHex(keys.technicianToAgent.iv),
        resume: toHex(keys.resume.secret),
        verification_code: keys.verificationCode,
      },
      run.keys,
    );
    const { agentToTechnician, technicianToAgent } = keys;
    const epochs = [agentToTechnician.epoch, technicianToAgent.epoch, keys.resume.epoch];
    assert.deepEqual(epochs, [run.epoch, run.epoch, run.epoch]);
  }
});

test("what the technician's page refuses", async () => {
  const run = resume.technician_refuses;
  for (const { name, right_before: right, message, code } of run.cases) {
    const resumer = resumerOf(run);
    await resumer.start();
    if (right > 0) {
      await resumer.receive(fromHex(run.messages[1]));
    }
    await refuses(() => resumer.receive(fromHex(message)), code, name);
    assert.equal(resumer.keys, null, name);
    await refuses(() => resumer.receive(fromHex(run.messages[3])), "out-of-order", `${name}, then the right one`);
  }
});

test("two secrets are kept until the newest has proved itself, and for one agent only", () => {
  const [first, second] = [before(resume.runs[0]), before(resume.runs[1])];
  const kept = new KeptSecrets();
  assert.deepEqual(kept.newestFirst("046631690"), []);
  kept.begin("046631690", first);
  kept.add(first, second);
  assert.deepEqual(kept.newestFirst("046631690"), [second, first]);
  assert.deepEqual(kept.newestFirst("046631691"), []);
  kept.settle();
  kept.settle();
  assert.deepEqual(kept.newestFirst("046631690"), [second]);
  kept.forget();
  assert.deepEqual(kept.newestFirst("046631690"), []);
});

test("after epoch 255 a password is needed", () => {
  const kept = new KeptSecrets();
  kept.begin("046631690", { ...before(resume.runs[0]), epoch: 255 });
  assert.deepEqual(kept.newestFirst("046631690"), []);
});
