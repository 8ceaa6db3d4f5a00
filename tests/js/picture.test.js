import assert from "node:assert/strict";
import test from "node:test";

import * as picture from "../../sessions/static/sessions/viewer/core/picture.js";
import { fromHex, refuses, toHex, vectors } from "./vectors.js";

const frames = vectors("picture.json");

test("good frames are taken apart", () => {
  for (const { name, payload, frame } of frames.good) {
    const parsed = picture.parseFrame(fromHex(payload));
    const { fresh, rects, ...screen } = frame;
    assert.deepEqual({ width: parsed.width, height: parsed.height }, screen, name);
    assert.equal(parsed.freshStream, fresh, name);
    assert.deepEqual(parsed.rects.map(described), rects, name);
  }
});

test("malformed frames are refused", async () => {
  for (const { name, payload, code } of [...frames.bad, ...frames.bad_for_the_page]) {
    await refuses(() => picture.parseFrame(fromHex(payload)), code, name);
  }
});

/** @param {picture.Rect} rect as the vectors have it, where what is taken apart is data still */
function described({ data, bands, sourceX, sourceY, plane, key, ...rect }) {
  if (rect.codec === picture.LINES) {
    return { ...rect, data: toHex(bands) + toHex(data) };
  }
  if (rect.codec === picture.COPY) {
    const source = Buffer.alloc(4);
    source.writeUInt16BE(sourceX);
    source.writeUInt16BE(sourceY, 2);
    return { ...rect, data: source.toString("hex") };
  }
  if (rect.codec === picture.KEEP || rect.codec === picture.RESTORE) {
    return { ...rect, data: toHex(Uint8Array.of(plane)) };
  }
  if (rect.codec === picture.H264) {
    return { ...rect, data: (key === null ? "00" : "01") + toHex(data) };
  }
  return { ...rect, data: toHex(data) };
}

test("a key frame says which decoder it wants", () => {
  const { payload } = frames.good.find((/** @type {any} */ { name }) => name === "a key frame, rounded up");
  const [rect] = picture.parseFrame(fromHex(payload)).rects;
  assert.deepEqual(rect?.key, { codec: "avc1.64001e", width: 602, height: 406 });
});
