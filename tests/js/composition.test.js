import assert from "node:assert/strict";
import { test } from "node:test";

import { Composition } from "../../sessions/static/sessions/viewer/core/composition.js";
import { Keyboard } from "../../sessions/static/sessions/viewer/core/keymap.js";

/** @param {import("../../sessions/static/sessions/viewer/core/keymap.js").KeyMessage[]} messages */
function said(messages) {
  return messages
    .map((message) => (message.t === "text" ? JSON.stringify(message.text) : message.t === "key" && message.down ? message.code : ""))
    .filter((word) => word !== "")
    .join(" ");
}

/** @param {boolean} [isLive] */
function composition(isLive = false) {
  const made = new Composition(new Keyboard());
  made.setLive(isLive);
  return made;
}

/**
 * @param {string} inputType
 * @param {string | null} data
 * @param {boolean} [isComposing]
 */
const event = (inputType, data, isComposing = false) => ({ inputType, data, isComposing });

test("an input method's text comes once, when it is done", () => {
  const typing = composition();
  const words = ["ni", "ni'hao", "你好"].flatMap((text) => typing.input(event("insertCompositionText", text, true)));
  assert.deepEqual(words, []);
  assert.equal(said(typing.end("你好")), '"你好"');
});

test("browsers that tell the end of a composition first do not make the text come twice", () => {
  const typing = composition();
  assert.equal(said(typing.end("é")), '"é"');
  for (const inputType of ["insertCompositionText", "insertFromComposition", "deleteCompositionText"]) {
    assert.deepEqual(typing.input(event(inputType, "é")), []);
  }
});

test("a composition that was given up types nothing", () => {
  assert.deepEqual(composition().end(""), []);
});

test("what the browser puts in at once, such as an emoji or an accented letter, comes at once", () => {
  assert.equal(said(composition().input(event("insertText", "👍🏽"))), '"👍🏽"');
  assert.equal(said(composition().input(event("insertText", "^x"))), '"^x"');
  assert.deepEqual(composition().input(event("insertReplacementText", null)), []);
});

test("a screen keyboard's keys that are no text are keys", () => {
  const typing = composition(true);
  const edits = ["deleteContentBackward", "insertLineBreak", "insertParagraph", "deleteContentForward"];
  assert.equal(said(edits.flatMap((edit) => typing.input(event(edit, null)))), "Backspace Enter Enter Delete");
});

test("a screen keyboard's word appears letter by letter, and is corrected in the end", () => {
  const typing = composition(true);
  const words = ["H", "Ha", "Hal", "Halo"].flatMap((text) => typing.input(event("insertCompositionText", text, true)));
  assert.equal(said(words), '"H" "a" "l" "o"');
  assert.equal(said(typing.end("Hallo")), 'Backspace "lo"');
  // The next word begins with nothing.
  assert.equal(said(typing.input(event("insertCompositionText", "H", true))), '"H"');
});

test("letters taken back within a word, also beyond the basic plane, are taken back there", () => {
  const typing = composition(true);
  typing.input(event("insertCompositionText", "a😀", true));
  assert.equal(said(typing.input(event("insertCompositionText", "a", true))), "Backspace");
  assert.equal(said(typing.end("")), "Backspace");
});
