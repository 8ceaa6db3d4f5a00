import assert from "node:assert/strict";
import { test } from "node:test";

import { COPY, JPEG, LINES, ZSTD } from "../../sessions/static/sessions/viewer/core/picture.js";
import { Statistics } from "../../sessions/static/sessions/viewer/core/statistics.js";

/**
 * @param {...[codec: number, bytes: number]} rects
 * @returns {import("../../sessions/static/sessions/viewer/core/picture.js").Frame}
 */
const frame = (...rects) => ({
  freshStream: false,
  width: 100,
  height: 100,
  rects: rects.map(([codec, bytes], x) => ({
    x,
    y: 2,
    w: 3,
    h: 4,
    codec,
    data: new Uint8Array(bytes),
    sourceX: 0,
    sourceY: 0,
    bands: new Uint8Array(0),
    plane: 0,
    key: null,
  })),
});

test("nothing has happened yet", () => {
  assert.deepEqual(new Statistics().summary(5), {
    frames: 0,
    bytes: 0,
    paintMs: null,
    roundTripMs: null,
    codecs: [],
    regions: [],
  });
});

test("frames, bytes and times count for one second", () => {
  const statistics = new Statistics();
  statistics.received(0, 1000);
  statistics.painted(10, 0, frame([ZSTD, 900]));
  statistics.received(600, 50);
  statistics.painted(602, 600, frame([ZSTD, 30]));
  statistics.painted(606, 603, frame());
  const early = statistics.summary(1000);
  assert.deepEqual([early.frames, early.bytes, early.paintMs], [3, 1050, 3]);
  const later = statistics.summary(1011);
  assert.deepEqual([later.frames, later.bytes, later.paintMs], [2, 50, 3]);
  const calm = statistics.summary(5000);
  assert.deepEqual([calm.frames, calm.bytes, calm.paintMs], [0, 0, null]);
});

test("codecs are summed up, and their regions told in the order of painting", () => {
  const statistics = new Statistics();
  statistics.painted(1, 0, frame([JPEG, 500], [ZSTD, 20], [COPY, 0]));
  statistics.painted(2, 0, frame([LINES, 22]));
  const { codecs, regions } = statistics.summary(3);
  assert.deepEqual(codecs, [
    { codec: ZSTD, rects: 2, bytes: 42 },
    { codec: JPEG, rects: 1, bytes: 500 },
    { codec: COPY, rects: 1, bytes: 0 },
  ]);
  assert.deepEqual(regions.map(({ codec }) => codec), [JPEG, ZSTD, COPY, ZSTD]);
  assert.deepEqual(regions[1], { x: 1, y: 2, w: 3, h: 4, codec: ZSTD });
  assert.deepEqual(statistics.summary(1500).regions, []);
});

test("a flood of rectangles fills no memory", () => {
  const statistics = new Statistics();
  const flood = frame(...Array.from({ length: 2000 }, () => /** @type {[number, number]} */ ([COPY, 0])));
  for (let at = 0; at < 10; at += 1) {
    statistics.painted(at, at, flood);
  }
  const { regions, codecs } = statistics.summary(10);
  assert.equal(regions.length, 250);
  assert.equal(regions.at(-1)?.x, 1999);
  assert.deepEqual(codecs, [{ codec: COPY, rects: 20_000, bytes: 0 }]);
});

test("an echo that nobody sent, or that came twice, says nothing", () => {
  const statistics = new Statistics();
  statistics.answered(10, 0);
  assert.equal(statistics.summary(10).roundTripMs, null);
  const asked = statistics.ask(100);
  statistics.answered(125, asked);
  statistics.answered(900, asked);
  assert.equal(statistics.summary(901).roundTripMs, 25);
});

test("the newest echo counts; those that the agent skipped are forgotten", () => {
  const statistics = new Statistics();
  const [first, second, third] = [statistics.ask(0), statistics.ask(1000), statistics.ask(2000)];
  statistics.answered(2100, second);
  assert.equal(statistics.summary(2100).roundTripMs, 1100);
  statistics.answered(2200, first);
  assert.equal(statistics.summary(2200).roundTripMs, 1100);
  statistics.answered(2300, third);
  assert.equal(statistics.summary(2300).roundTripMs, 300);
});

test("an answer after ten seconds, or of a pairing that is over, says nothing", () => {
  const statistics = new Statistics();
  const old = statistics.ask(0);
  statistics.ask(10_001);
  statistics.answered(10_002, old);
  assert.equal(statistics.summary(10_002).roundTripMs, null);
  const current = statistics.ask(20_000);
  statistics.unpaired();
  statistics.answered(20_010, current);
  assert.equal(statistics.summary(20_010).roundTripMs, null);
});
