import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { ZstdError, ZstdStream } from "../../sessions/static/sessions/viewer/core/zstd.js";

/**
 * @typedef {{data: string, size: number, sha256: string}} Piece
 * @type {{good: {name: string, pieces: Piece[]}[], bad: {name: string, data: string}[], bad_size: number}}
 */
const vectors = JSON.parse(readFileSync(new URL("../vectors/zstd.json", import.meta.url), "utf8"));
// Taken out of npm's zstddec by script/vendor.mjs.
const module = new WebAssembly.Module(readFileSync(new URL("../../static/vendor/zstd.wasm", import.meta.url)));

/**
 * @param {ZstdStream} stream
 * @param {Piece[]} pieces
 */
function decodeAll(stream, pieces) {
  for (const { data, size, sha256 } of pieces) {
    const pixels = stream.decode(Buffer.from(data, "hex"), size);
    assert.equal(pixels.length, size);
    assert.equal(createHash("sha256").update(pixels).digest("hex"), sha256);
  }
}

for (const { name, pieces } of vectors.good) {
  test(`a stream is decoded piece by piece: ${name}`, () => decodeAll(new ZstdStream(module), pieces));
}

for (const { name, data } of vectors.bad) {
  test(`a piece that does not yield exactly what was announced is refused: ${name}`, () => {
    const stream = new ZstdStream(module);
    assert.throws(() => stream.decode(Buffer.from(data, "hex"), vectors.bad_size), ZstdError);
  });
}

test("after a bad piece the next stream starts from nothing", () => {
  const stream = new ZstdStream(module);
  for (const { data } of vectors.bad) {
    stream.restart();
    assert.throws(() => stream.decode(Buffer.from(data, "hex"), vectors.bad_size), ZstdError);
  }
  for (const { pieces } of vectors.good) {
    stream.restart();
    decodeAll(stream, pieces);
  }
});

test("a piece in the middle is worth nothing without its stream", () => {
  const later = vectors.good[1]?.pieces[2];
  assert.ok(later);
  const stream = new ZstdStream(module);
  assert.throws(() => stream.decode(Buffer.from(later.data, "hex"), later.size), ZstdError);
});

test("a piece for which there is no memory is refused, and the next stream works", () => {
  const [first] = vectors.good;
  assert.ok(first);
  const stream = new ZstdStream(module);
  for (let turn = 0; turn < 3; turn += 1) {
    stream.restart();
    decodeAll(stream, first.pieces);
    assert.throws(() => stream.decode(new Uint8Array(4), 4_000_000_000), ZstdError);
  }
});
