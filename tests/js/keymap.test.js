import assert from "node:assert/strict";
import { test } from "node:test";

import { Keyboard } from "../../sessions/static/sessions/viewer/core/keymap.js";

/** @typedef {import("../../sessions/static/sessions/viewer/core/keymap.js").KeyEvent} KeyEvent */
/** @typedef {import("../../sessions/static/sessions/viewer/core/keymap.js").KeyMessage} KeyMessage */

const NOTHING = { ctrlKey: false, altKey: false, shiftKey: false, metaKey: false };
/** @type {Record<string, keyof typeof NOTHING>} */
const FLAGS = { Control: "ctrlKey", Alt: "altKey", Shift: "shiftKey", Meta: "metaKey" };

/** A keyboard and whoever types on it: keeps the flags and the time, as a browser does. */
class Typist {
  flags = { ...NOTHING };
  now = 0;
  altGraph = false;
  /** @type {KeyMessage[]} */
  sent = [];
  handled = true;
  left = false;

  /** @param {{isMac?: boolean}} [options] */
  constructor(options) {
    this.keyboard = new Keyboard(options);
  }

  /**
   * @param {string} key
   * @param {string} code
   * @param {Partial<KeyEvent>} [more]
   */
  down(key, code, more = {}) {
    const flag = FLAGS[key];
    if (flag) {
      this.flags[flag] = true;
    }
    this.#take(this.keyboard.down(this.#event(key, code, more)));
    return this;
  }

  /**
   * @param {string} key
   * @param {string} code
   */
  up(key, code) {
    const flag = FLAGS[key];
    if (flag) {
      this.flags[flag] = false;
    }
    this.#take(this.keyboard.up(this.#event(key, code, {})));
    return this;
  }

  /**
   * @param {string} key
   * @param {string} code
   */
  tap(key, code) {
    return this.down(key, code).up(key, code);
  }

  /**
   * @param {string} key
   * @param {string} code
   * @param {Partial<KeyEvent>} more
   * @returns {KeyEvent}
   */
  #event(key, code, more) {
    this.now += 70;
    return { key, code, ...this.flags, altGraph: this.altGraph, timeStamp: this.now, ...more };
  }

  /** @param {import("../../sessions/static/sessions/viewer/core/keymap.js").KeyAnswer} answer */
  #take({ messages, handled, leave }) {
    this.sent.push(...messages);
    this.handled = handled;
    this.left ||= leave === true;
  }

  /** What was sent, short: `+Code`, `+Code=label`, `-Code`, `"text"`, `release`. */
  get said() {
    return this.sent
      .map((message) => {
        if (message.t === "shortcut") {
          return `+${message.code}=${message.label}`;
        }
        if (message.t === "key") {
          return `${message.down ? "+" : "-"}${message.code}`;
        }
        return message.t === "text" ? JSON.stringify(message.text) : message.t;
      })
      .join(" ");
  }
}

/** @type {[string, string, string][]} name of the key's character, physical code, text */
const PLAIN = [
  ["a", "KeyA", '"a"'],
  ["z", "KeyY", '"z"'],
  ["y", "KeyZ", '"y"'],
  ["ä", "Quote", '"ä"'],
  ["ö", "Semicolon", '"ö"'],
  ["ü", "BracketLeft", '"ü"'],
  ["ß", "Minus", '"ß"'],
  ["#", "Backslash", '"#"'],
  ["<", "IntlBackslash", '"<"'],
  ["7", "Numpad7", '"7"'],
  [",", "NumpadDecimal", '","'],
  ["😀", "", '"😀"'],
];
for (const [key, code, said] of PLAIN) {
  test(`what prints goes as text, whatever the layout: ${key} on ${code || "a screen keyboard"}`, () => {
    const typist = new Typist().tap(key, code);
    assert.equal(typist.said, said);
  });
}

/** @type {[string, string][]} German layout, third level */
const THIRD_LEVEL = [
  ["@", "KeyQ"],
  ["€", "KeyE"],
  ["\\", "Minus"],
  ["|", "IntlBackslash"],
  ["{", "Digit7"],
  ["~", "BracketRight"],
  ["µ", "KeyM"],
];
for (const [key, code] of THIRD_LEVEL) {
  test(`AltGr on Windows, reported as Control and Alt, types ${key}`, () => {
    const typist = new Typist();
    const at = 1000;
    typist.down("Control", "ControlLeft", { timeStamp: at });
    typist.down("Alt", "AltRight", { timeStamp: at + 1, altKey: true });
    typist.tap(key, code);
    typist.up("Control", "ControlLeft").up("Alt", "AltRight");
    assert.equal(typist.said, JSON.stringify(key));
  });
  test(`AltGr on Windows, reported as Control and AltGraph, types ${key}`, () => {
    const typist = new Typist();
    typist.down("Control", "ControlLeft", { timeStamp: 1000 });
    typist.down("AltGraph", "AltRight", { timeStamp: 1000 });
    typist.altGraph = true;
    typist.tap(key, code);
    typist.altGraph = false;
    typist.up("Control", "ControlLeft").up("AltGraph", "AltRight");
    assert.equal(typist.said, JSON.stringify(key));
  });
  test(`AltGr on Linux types ${key}`, () => {
    const typist = new Typist();
    typist.down("AltGraph", "AltRight").tap(key, code).up("AltGraph", "AltRight");
    assert.equal(typist.said, JSON.stringify(key));
  });
  test(`Option on a Mac types ${key}`, () => {
    const typist = new Typist({ isMac: true });
    typist.down("Alt", "AltLeft").tap(key, code).up("Alt", "AltLeft");
    assert.equal(typist.said, JSON.stringify(key));
  });
}

test("AltGr that repeats while it is held never sends its Control", () => {
  const typist = new Typist();
  for (let at = 1000; at < 1200; at += 30) {
    typist.down("Control", "ControlLeft", { timeStamp: at });
    typist.down("AltGraph", "AltRight", { timeStamp: at });
  }
  typist.altGraph = true;
  typist.tap("@", "KeyQ");
  assert.equal(typist.said, '"@"');
});

test("Control and, later, the right Alt are two keys on a layout without AltGr", () => {
  const typist = new Typist();
  typist.down("Control", "ControlLeft", { timeStamp: 1000 });
  typist.down("Alt", "AltRight", { timeStamp: 1200 });
  typist.tap("Delete", "Delete");
  assert.equal(typist.said, "+ControlLeft +AltRight +Delete -Delete");
});

test("shortcuts go by the label of the key, with their modifiers around them", () => {
  const typist = new Typist();
  typist.down("Control", "ControlLeft").tap("c", "KeyC").tap("v", "KeyV").up("Control", "ControlLeft");
  assert.equal(typist.said, "+ControlLeft +KeyC=c -KeyC +KeyV=v -KeyV -ControlLeft");
});

test("undo on a German keyboard is the key that prints z there", () => {
  const typist = new Typist();
  typist.down("Control", "ControlLeft").tap("z", "KeyY").up("Control", "ControlLeft");
  assert.equal(typist.said, "+ControlLeft +KeyY=z -KeyY -ControlLeft");
});

test("capital letters come without Shift, since the text says it already", () => {
  const typist = new Typist();
  typist.down("Shift", "ShiftLeft").tap("G", "KeyG").up("Shift", "ShiftLeft").tap("r", "KeyR");
  assert.equal(typist.said, '"G" "r"');
});

test("Shift with an arrow marks text, and is let go before text is typed", () => {
  const typist = new Typist();
  typist.down("Shift", "ShiftLeft").tap("ArrowRight", "ArrowRight").tap("A", "KeyA").up("Shift", "ShiftLeft");
  assert.equal(typist.said, '+ShiftLeft +ArrowRight -ArrowRight -ShiftLeft "A"');
});

/** @type {[string, string][]} */
const CONTROL_KEYS = [
  ["Enter", "Enter"],
  ["Enter", "NumpadEnter"],
  ["Tab", "Tab"],
  ["Backspace", "Backspace"],
  ["Escape", "Escape"],
  ["F5", "F5"],
  [" ", "Space"],
  ["PageUp", "PageUp"],
  ["ContextMenu", "ContextMenu"],
];
for (const [key, code] of CONTROL_KEYS) {
  test(`control keys go as physical keys: ${code}`, () => {
    assert.equal(new Typist().tap(key, code).said, `+${code} -${code}`);
  });
}

test("the number pad without NumLock moves the cursor, whatever NumLock is at the customer's", () => {
  const typist = new Typist();
  typist.tap("Home", "Numpad7").tap("ArrowLeft", "Numpad4").tap("Delete", "NumpadDecimal").tap("Clear", "Numpad5");
  assert.equal(typist.said, "+Home -Home +ArrowLeft -ArrowLeft +Delete -Delete");
});

test("text that is held repeats here, a key at the customer's", () => {
  const typist = new Typist();
  typist.down("x", "KeyX").down("x", "KeyX").up("x", "KeyX");
  typist.down("Backspace", "Backspace").down("Backspace", "Backspace", { repeat: true });
  assert.deepEqual(typist.keyboard.held(), ["Backspace"]);
  typist.up("Backspace", "Backspace");
  assert.equal(typist.said, '"x" "x" +Backspace -Backspace');
  assert.deepEqual(typist.keyboard.held(), []);
});

test("locks stay here: what they do is in the text already", () => {
  const typist = new Typist().tap("CapsLock", "CapsLock").tap("NumLock", "NumLock").tap("ScrollLock", "ScrollLock");
  assert.equal(typist.said, "");
});

test("dead keys and input methods are left to the browser, and their result is text", () => {
  const typist = new Typist();
  typist.down("Dead", "Equal");
  assert.equal(typist.handled, false);
  typist.down("e", "KeyE", { isComposing: true });
  assert.equal(typist.handled, false);
  typist.down("Process", "KeyA");
  assert.equal(typist.handled, false);
  assert.equal(typist.said, "");
  assert.deepEqual(typist.keyboard.composed("é"), [{ t: "text", text: "é" }]);
});

test("what follows a dead key is the browser's: Windows names the plain letter there", () => {
  const typist = new Typist().down("Dead", "Equal").up("Dead", "Equal").down("e", "KeyE");
  assert.equal(typist.handled, false);
  assert.equal(typist.said, "");
  assert.deepEqual(typist.keyboard.composed("é"), [{ t: "text", text: "é" }]);
  assert.equal(typist.up("e", "KeyE").tap("e", "KeyE").said, '"e"');
});

test("a dead key may be followed by a capital, by space, or by a letter that takes no accent", () => {
  for (const [key, code] of [["E", "KeyE"], [" ", "Space"], ["x", "KeyX"]]) {
    const typist = new Typist().down("Dead", "Backquote").up("Dead", "Backquote");
    typist.down("Shift", "ShiftLeft").down(key ?? "", code ?? "");
    assert.equal(typist.handled, false, key);
    assert.equal(typist.said, "", key);
  }
});

test("Backspace and Escape take a dead key back, other control keys go to the customer", () => {
  const typist = new Typist();
  typist.tap("Dead", "Backquote").tap("Backspace", "Backspace").tap("Dead", "Backquote").tap("Escape", "Escape");
  assert.equal(typist.said, "");
  typist.tap("Dead", "Backquote").tap("Enter", "Enter").tap("Backspace", "Backspace");
  assert.equal(typist.said, "+Enter -Enter +Backspace -Backspace");
});

test("Control and a dead key are a shortcut by its place", () => {
  const typist = new Typist().down("Control", "ControlLeft").tap("Dead", "Backquote").up("Control", "ControlLeft");
  typist.tap("e", "KeyE");
  assert.equal(typist.said, '+ControlLeft +Backquote -Backquote -ControlLeft "e"');
});

test("composed text lets go the modifiers that a shortcut has pressed", () => {
  const typist = new Typist();
  typist.down("Control", "ControlLeft").tap("c", "KeyC");
  assert.deepEqual(typist.keyboard.composed("ñ"), [
    { t: "key", code: "ControlLeft", down: false },
    { t: "text", text: "ñ" },
  ]);
});

test("Alt alone opens a menu and the Windows key opens Start; Shift and Control alone do nothing", () => {
  const typist = new Typist();
  for (const key of ["Alt", "Meta", "Shift", "Control"]) {
    typist.tap(key, `${key}Left`);
  }
  assert.equal(typist.said, "+AltLeft -AltLeft +MetaLeft -MetaLeft");
});

test("Alt stays down from Tab to Tab", () => {
  const typist = new Typist();
  typist.down("Alt", "AltLeft").tap("Tab", "Tab").tap("Tab", "Tab").up("Alt", "AltLeft");
  assert.equal(typist.said, "+AltLeft +Tab -Tab +Tab -Tab -AltLeft");
});

test("a mouse button presses the modifiers that are held", () => {
  const typist = new Typist();
  typist.down("Control", "ControlLeft");
  assert.deepEqual(typist.keyboard.modifiersForPointer(), [{ t: "key", code: "ControlLeft", down: true }]);
  assert.deepEqual(typist.keyboard.modifiersForPointer(), []);
  typist.up("Control", "ControlLeft");
  assert.equal(typist.said, "-ControlLeft");
});

test("a modifier that was let go elsewhere is let go with the next key", () => {
  const typist = new Typist();
  typist.down("Control", "ControlLeft").tap("c", "KeyC");
  typist.flags.ctrlKey = false;
  typist.tap("x", "KeyX");
  assert.equal(typist.said, '+ControlLeft +KeyC=c -KeyC -ControlLeft "x"');
});

test("release forgets everything: no key that was held comes up or counts later", () => {
  const typist = new Typist();
  typist.down("Control", "ControlLeft").down("c", "KeyC");
  assert.deepEqual(typist.keyboard.release(), [{ t: "release" }]);
  typist.sent = [];
  typist.flags = { ...NOTHING };
  typist.up("c", "KeyC").up("Control", "ControlLeft").tap("x", "KeyX");
  assert.equal(typist.said, '"x"');
});

test("PrintScreen, of which Windows tells only the release, is pressed and let go", () => {
  assert.equal(new Typist().up("PrintScreen", "PrintScreen").said, "+PrintScreen -PrintScreen");
});

test("Control, Alt and Shift together give the keyboard back, and nothing stays pressed", () => {
  const typist = new Typist();
  typist.down("Control", "ControlLeft").down("Alt", "AltLeft").down("Shift", "ShiftLeft");
  assert.equal(typist.said, "release");
  assert.equal(typist.left, true);
});

test("AltGr and Shift do not give the keyboard back", () => {
  const typist = new Typist();
  typist.down("Shift", "ShiftLeft");
  typist.down("Control", "ControlLeft", { timeStamp: 1000 }).down("AltGraph", "AltRight", { timeStamp: 1000 });
  typist.altGraph = true;
  typist.tap("¿", "Minus");
  assert.equal(typist.left, false);
  assert.equal(typist.said, '"¿"');
});

test("Command on a Mac is the customer's Control, and leaves no key behind", () => {
  const typist = new Typist({ isMac: true });
  // macOS never tells that C came up while Command is held.
  typist.down("Meta", "MetaLeft").down("c", "KeyC").up("Meta", "MetaLeft");
  assert.equal(typist.said, "+ControlLeft +KeyC=c -KeyC -ControlLeft");
});
