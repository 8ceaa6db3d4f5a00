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

/** @param {picture.Rect} rect as the vectors have it, where a copy's source is its data */
function described({ data, sourceX, sourceY, ...rect }) {
  if (rect.codec !== picture.COPY) {
    return { ...rect, data: toHex(data) };
  }
  const source = Buffer.alloc(4);
  source.writeUInt16BE(sourceX);
  source.writeUInt16BE(sourceY, 2);
  return { ...rect, data: source.toString("hex") };
}
