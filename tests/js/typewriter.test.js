import assert from "node:assert/strict";
import { test } from "node:test";

import { Typewriter } from "../../sessions/static/sessions/viewer/core/typewriter.js";

/**
 * Type a text to its end, as an agent does.
 *
 * @param {Typewriter} typewriter
 * @param {string} text
 * @param {(text: string) => string} [missingIn]
 */
function typeAll(typewriter, text, missingIn = () => "") {
  const waiting = typewriter.start(text);
  let typed = "";
  for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) {
    assert.ok(waiting.length < 2, "no more than two are under way");
    assert.ok(piece.text.length <= 100);
    typed += piece.text;
    waiting.push(...typewriter.typed({ n: piece.n, missing: missingIn(piece.text) }));
  }
  return typed;
}

test("a text of 10,000 characters arrives whole, in small pieces", () => {
  const typewriter = new Typewriter();
  const text = "Grüße 😀\n".repeat(1250);
  assert.equal(typeAll(typewriter, text), text);
  assert.equal(typewriter.isBusy, false);
  assert.equal(typewriter.progress, 1);
  assert.equal(typewriter.missing, "");
});

test("each missing character is kept once", () => {
  const typewriter = new Typewriter();
  typeAll(typewriter, "日本日本".repeat(100), () => "日本");
  assert.equal(typewriter.missing, "日本");
  typeAll(typewriter, "x");
  assert.equal(typewriter.missing, "");
});

test("progress follows what was typed, not what was sent", () => {
  const typewriter = new Typewriter();
  const [first] = typewriter.start("x".repeat(400));
  assert.equal(typewriter.progress, 0);
  typewriter.typed({ n: first?.n ?? -1, missing: "" });
  assert.equal(typewriter.progress, 0.25);
});

test("after cancel nothing more is sent, and late answers count for nothing", () => {
  const typewriter = new Typewriter();
  const [first] = typewriter.start("x".repeat(1000));
  typewriter.cancel();
  assert.equal(typewriter.isBusy, false);
  assert.deepEqual(typewriter.typed({ n: first?.n ?? -1, missing: "x" }), []);
  assert.equal(typewriter.missing, "");
});

test("answers that nobody asked for send nothing", () => {
  const typewriter = new Typewriter();
  typewriter.start("x".repeat(1000));
  assert.deepEqual(typewriter.typed({ n: 4711, missing: "x" }), []);
  const [piece] = new Typewriter().start("y");
  typewriter.typed({ n: piece?.n ?? -1, missing: "" });
  assert.deepEqual(typewriter.typed({ n: piece?.n ?? -1, missing: "" }), []);
});

test("an empty text is none", () => {
  const typewriter = new Typewriter();
  assert.deepEqual(typewriter.start("\u0007"), []);
  assert.equal(typewriter.isBusy, false);
});
