import assert from "node:assert/strict";
import { test } from "node:test";

import { LocalClock } from "../../sessions/static/sessions/viewer/core/clock.js";

const TERMS = { blockSeconds: 600, minimumBlocks: 1, firstBlockCents: 850, furtherBlockCents: 750 };
const START = 50_000;

/** @param {Partial<import("../../sessions/static/sessions/viewer/core/clock.js").ServerClock>} said */
function clock(said) {
  const local = new LocalClock(TERMS);
  local.set({ seconds: 0, blocks: 0, cents: 0, nextBlockIn: 601, running: true, ...said }, START);
  return local;
}

test("before the server has spoken nothing runs", () => {
  const { seconds, blocks, cents, running } = new LocalClock(TERMS).at(99_999);
  assert.deepEqual({ seconds, blocks, cents, running }, { seconds: 0, blocks: 0, cents: 0, running: false });
});

/** @type {[number, number, number, number, number][]} from 0: milliseconds, seconds, blocks, cents, next */
const COUNTED = [
  [0, 0, 0, 0, 601],
  [999, 0, 0, 0, 601],
  [1000, 1, 1, 850, 600],
  [600_000, 600, 1, 850, 1],
  [601_000, 601, 2, 1600, 600],
  [1_201_000, 1201, 3, 2350, 600],
];
for (const [since, seconds, blocks, cents, nextBlockIn] of COUNTED) {
  test(`it counts on as the ledger does: after ${since} ms`, () => {
    assert.deepEqual(clock({}).at(START + since), { seconds, blocks, cents, nextBlockIn, running: true });
  });
}

/** @type {[number, number, number, number][]} seconds, blocks, cents, next, of at least 3 blocks */
const AT_LEAST = [
  [1, 3, 2350, 1800],
  [1800, 3, 2350, 1],
  [1801, 4, 3100, 600],
  [3001, 6, 4600, 600],
];
for (const [seconds, blocks, cents, nextBlockIn] of AT_LEAST) {
  test(`what is due at least is due at once: after ${seconds} s`, () => {
    const local = new LocalClock({ ...TERMS, minimumBlocks: 3 });
    local.set({ seconds: 0, blocks: 0, cents: 0, nextBlockIn: 1801, running: true }, START);
    assert.deepEqual(local.at(START + seconds * 1000), { seconds, blocks, cents, nextBlockIn, running: true });
  });
}

test("a lower price of the customer's own stays while it counts on", () => {
  const local = clock({ seconds: 100, blocks: 1, cents: 500, nextBlockIn: 501 });
  assert.equal(local.at(START + 2000).cents, 500);
});

test("what the server says wins", () => {
  const local = clock({});
  local.set({ seconds: 3, blocks: 1, cents: 850, nextBlockIn: 598, running: true }, START + 9000);
  assert.equal(local.at(START + 9000).seconds, 3);
  assert.equal(local.at(START + 10_500).seconds, 4);
});

test("while it stands it stands, and it can be stopped before the server says so", () => {
  assert.equal(clock({ seconds: 61, running: false }).at(START + 90_000).seconds, 61);
  const local = clock({ seconds: 598, blocks: 1, cents: 850, nextBlockIn: 3 });
  local.stop(START + 4000);
  assert.deepEqual(local.at(START + 99_000), {
    seconds: 602,
    blocks: 2,
    cents: 1600,
    nextBlockIn: 599,
    running: false,
  });
});
