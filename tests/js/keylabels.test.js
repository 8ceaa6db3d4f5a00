import assert from "node:assert/strict";
import { test } from "node:test";

import { Keyboard } from "../../sessions/static/sessions/viewer/core/keymap.js";

/**
 * What each keyboard types without modifiers, and what a shortcut on that key must mean.
 *
 * @type {Record<string, [key: string, code: string, meant: string | null][]>}
 */
const TECHNICIANS = {
  "German": [["z", "KeyY", "z"], ["y", "KeyZ", "y"], ["c", "KeyC", "c"], ["ö", "Semicolon", "ö"], ["+", "BracketRight", "+"], ["-", "Slash", "-"], ["1", "Digit1", null]],
  "American": [["z", "KeyZ", "z"], ["=", "Equal", "="], ["/", "Slash", "/"], ["1", "Digit1", null]],
  "French": [["a", "KeyQ", "a"], ["z", "KeyW", "z"], ["m", "Semicolon", "m"], [",", "KeyM", ","], ["é", "Digit2", null], ["&", "Digit1", null]],
  "Swiss": [["z", "KeyY", "z"], ["è", "BracketLeft", "è"], ["$", "Backslash", "$"]],
  "Polish": [["z", "KeyZ", "z"], ["[", "BracketLeft", "["]],
  "Russian": [["я", "KeyZ", "z"], ["с", "KeyC", "c"], ["м", "KeyV", "v"], ["х", "BracketLeft", "х"]],
  "Greek": [["ζ", "KeyZ", "z"], ["ψ", "KeyC", "c"], [";", "KeyQ", "q"]],
  "Turkish": [["ı", "KeyI", "ı"], ["i", "Quote", "i"]],
};

const NOTHING = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, timeStamp: 0 };

for (const [name, keys] of Object.entries(TECHNICIANS)) {
  for (const [key, code, meant] of keys) {
    test(`Control and ${key} on a ${name} keyboard mean ${meant ?? "the key at that place"}`, () => {
      const keyboard = new Keyboard();
      for (const [typed, place] of keys) {
        assert.deepEqual(keyboard.down({ ...NOTHING, key: typed, code: place }).messages, [{ t: "text", text: typed }]);
      }
      keyboard.down({ ...NOTHING, key: "Control", code: "ControlLeft", ctrlKey: true });
      const { messages, handled } = keyboard.down({ ...NOTHING, key, code, ctrlKey: true });
      const pressed = meant === null ? { t: "key", code, down: true } : { t: "shortcut", code, label: meant };
      assert.deepEqual(messages, [{ t: "key", code: "ControlLeft", down: true }, pressed]);
      assert.equal(handled, true);
      assert.deepEqual(keyboard.held(), ["ControlLeft", code]);
    });
  }
}

/** @type {[string, Partial<KeyboardEvent> & {numLock?: boolean}, string][]} */
const OTHERS = [
  ["capitals mean the same key", { key: "Z", code: "KeyY", ctrlKey: true, shiftKey: true }, "z"],
  ["a German slash is Shift and 7", { key: "/", code: "Digit7", ctrlKey: true, shiftKey: true }, "/"],
  ["French digits are with Shift", { key: "1", code: "Digit1", ctrlKey: true, shiftKey: true }, "place Digit1"],
  ["Alt and a letter", { key: "d", code: "KeyD", altKey: true }, "d"],
  ["the Windows key and a letter", { key: "r", code: "KeyR", metaKey: true }, "r"],
  ["a digit of the number pad", { key: "0", code: "Numpad0", ctrlKey: true }, "place Digit0"],
  ["plus of the number pad", { key: "+", code: "NumpadAdd", ctrlKey: true }, "place NumpadAdd"],
  ["a letter of a screen keyboard", { key: "c", code: "", ctrlKey: true }, "c"],
  ["the space bar", { key: " ", code: "Space", ctrlKey: true }, "place Space"],
];
for (const [name, event, meant] of OTHERS) {
  test(`a shortcut by label: ${name}`, () => {
    const { messages } = new Keyboard().down({ ...NOTHING, key: "", code: "", ...event });
    const last = messages.at(-1);
    assert.equal(last?.t === "shortcut" ? last.label : last?.t === "key" && `place ${last.code}`, meant);
  });
}

test("Shift on the number pad with NumLock moves the cursor and marks nothing", () => {
  const keyboard = new Keyboard();
  const shifted = { ...NOTHING, shiftKey: true, numLock: true };
  keyboard.down({ ...shifted, key: "Shift", code: "ShiftLeft" });
  assert.deepEqual(keyboard.down({ ...shifted, key: "Home", code: "Numpad7" }).messages, [
    { t: "key", code: "Home", down: true },
  ]);
  keyboard.up({ ...shifted, key: "Home", code: "Numpad7" });
  // Without NumLock it marks, as the arrows do.
  assert.deepEqual(keyboard.down({ ...shifted, numLock: false, key: "ArrowLeft", code: "Numpad4" }).messages, [
    { t: "key", code: "ShiftLeft", down: true },
    { t: "key", code: "ArrowLeft", down: true },
  ]);
});

test("a modifier pressed by a button counts for the next key alone", () => {
  const keyboard = new Keyboard();
  assert.equal(keyboard.latch("ControlLeft"), true);
  assert.deepEqual(keyboard.down({ ...NOTHING, key: "c", code: "KeyC" }).messages, [
    { t: "key", code: "ControlLeft", down: true },
    { t: "shortcut", code: "KeyC", label: "c" },
    { t: "key", code: "KeyC", down: false },
    { t: "key", code: "ControlLeft", down: false },
  ]);
  keyboard.up({ ...NOTHING, key: "c", code: "KeyC" });
  assert.deepEqual(keyboard.held(), []);
  assert.deepEqual(keyboard.down({ ...NOTHING, key: "c", code: "KeyC" }).messages, [{ t: "text", text: "c" }]);
});

test("a modifier pressed by a button counts for a letter of a screen keyboard, too", () => {
  const keyboard = new Keyboard();
  keyboard.latch("ControlLeft");
  keyboard.latch("AltLeft");
  assert.equal(keyboard.latch("AltLeft"), false);
  assert.deepEqual(keyboard.composed("v"), [
    { t: "key", code: "ControlLeft", down: true },
    { t: "shortcut", code: "KeyV", label: "v" },
    { t: "key", code: "KeyV", down: false },
    { t: "key", code: "ControlLeft", down: false },
  ]);
  assert.deepEqual(keyboard.composed("v"), [{ t: "text", text: "v" }]);
});

test("a key whose release the browser never told is pressed anew", () => {
  const keyboard = new Keyboard();
  const event = { ...NOTHING, key: "Enter", code: "Enter" };
  keyboard.down(event);
  assert.deepEqual(keyboard.down({ ...event, repeat: true }).messages, []);
  assert.deepEqual(keyboard.down(event).messages, [
    { t: "key", code: "Enter", down: false },
    { t: "key", code: "Enter", down: true },
  ]);
});
