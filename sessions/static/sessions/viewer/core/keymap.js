// From the browser's keyboard events to the messages of docs/protocol.md, section 6.2.
//
// What prints goes as text, so that an ö stays an ö whatever layout the customer has.
// Shortcuts go by what is printed on the key, control keys by their place. A modifier is sent only when a key or a
// mouse button needs it: held on its own it would change the text typed meanwhile, and the
// Control that Windows' browsers report in front of AltGr must never arrive at all.

import { DeadKeys } from "./deadkeys.js";
import { Labels, placeOf, prints } from "./keylabels.js";
import { tap, typed } from "./typing.js";

/**
 * @typedef {import("./typing.js").KeyMessage} KeyMessage
 * @typedef {Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "altKey" | "shiftKey" | "metaKey" | "timeStamp">
 *   & {isComposing?: boolean, altGraph?: boolean, numLock?: boolean, repeat?: boolean}} KeyEvent
 * @typedef {object} KeyAnswer
 * @property {KeyMessage[]} messages what to send, in this order
 * @property {boolean} handled whether the browser must not act on the key itself
 * @property {boolean} [leave] the technician wants the keyboard back
 */

/** Windows sends ControlLeft and then AltRight for the one key AltGr, at once. */
const ALTGR_MS = 50;

/** @type {Readonly<Record<string, "ctrlKey" | "altKey" | "shiftKey" | "metaKey">>} */
const MODIFIERS = {
  ControlLeft: "ctrlKey",
  ControlRight: "ctrlKey",
  AltLeft: "altKey",
  AltRight: "altKey",
  ShiftLeft: "shiftKey",
  ShiftRight: "shiftKey",
  MetaLeft: "metaKey",
  MetaRight: "metaKey",
};
// Alt pressed alone opens a menu, the Windows key opens Start.
const ACT_ALONE = new Set(["AltLeft", "AltRight", "MetaLeft", "MetaRight"]);
// The locks are already in what `key` says; sending them too would turn them twice.
const LOCAL_KEYS = new Set(["CapsLock", "NumLock", "ScrollLock", "Fn", "FnLock", "AltGraph"]);
// The browser composes: the result comes as text from the input field.
const COMPOSING_KEYS = new Set(["Process", "Compose", "Unidentified"]);

/** Keeps what is held down, here and at the customer's. */
export class Keyboard {
  /** Modifiers held here: code to the time of the press. @type {Map<string, number>} */
  #held = new Map();
  /** Modifiers that the customer's computer believes pressed. @type {Set<string>} */
  #sent = new Set();
  /** Modifiers that nothing has been pressed with yet. @type {Set<string>} */
  #unused = new Set();
  /** Other keys that are pressed there: physical code to the code sent. @type {Map<string, string>} */
  #pressed = new Map();
  /** Modifiers that a button has pressed for the next key. @type {Set<string>} */
  #latched = new Set();
  #altGraph = false;
  #labels = new Labels();
  #dead;
  #isMac;

  /** @param {{isMac?: boolean}} [options] on a Mac, Option types characters and Command is the customer's Control */
  constructor({ isMac = false } = {}) {
    this.#isMac = isMac;
    this.#dead = new DeadKeys({ isMac });
  }

  /**
   * @param {KeyEvent} event
   * @returns {KeyAnswer}
   */
  down(event) {
    if (event.isComposing || COMPOSING_KEYS.has(event.key)) {
      return { messages: [], handled: false };
    }
    if (LOCAL_KEYS.has(event.code) || LOCAL_KEYS.has(event.key)) {
      return this.#localDown(event);
    }
    if (event.code in MODIFIERS) {
      return this.#modifierDown(event);
    }
    const messages = this.#forgetReleased(event);
    this.#unused.clear();
    const isAltGraph = this.#altGraph || event.altGraph === true;
    if (this.#dead.take(event, isAltGraph)) {
      return { messages, handled: false };
    }
    if (!isAltGraph) {
      this.#labels.learn(event);
    }
    if (this.#isText(event)) {
      messages.push(...this.#letGoModifiers(), { t: "text", text: event.key });
      return { messages, handled: true };
    }
    return this.#press(event, messages);
  }

  /**
   * @param {KeyEvent} event
   * @returns {KeyAnswer}
   */
  up(event) {
    if (event.code === "AltRight" || event.key === "AltGraph") {
      this.#altGraph = false;
    }
    if (event.code in MODIFIERS) {
      return { messages: this.#modifierUp(event.code), handled: true };
    }
    const code = this.#pressed.get(event.code);
    if (code !== undefined) {
      this.#pressed.delete(event.code);
      return { messages: [{ t: "key", code, down: false }], handled: true };
    }
    // Windows tells browsers only that PrintScreen came up.
    if (event.code === "PrintScreen") {
      return { messages: tap("PrintScreen"), handled: true };
    }
    return { messages: [], handled: false };
  }

  /**
   * What an input method, a dead key or a screen keyboard has put together.
   *
   * @param {string} text
   * @returns {KeyMessage[]}
   */
  composed(text) {
    this.#unused.clear();
    this.#dead.forget();
    if (this.#latched.size > 0 && prints(text)) {
      const plain = { key: text, code: "", shiftKey: false };
      const code = placeOf(plain) || "Unidentified";
      return this.#latchedAround([pressing(code, this.#labels.of(plain)), { t: "key", code, down: false }]);
    }
    return [...this.#letGoModifiers(), ...typed(text)];
  }

  /**
   * Press a modifier for the next key, or take that back. Until then it is kept here only, so
   * that losing the keyboard (to the menu with this very button) does not let it go.
   *
   * @param {string} code
   * @returns {boolean} whether it is pressed now
   */
  latch(code) {
    if (this.#latched.delete(code)) {
      return false;
    }
    this.#latched.add(code);
    return true;
  }

  /** Modifiers that wait for the next key. @returns {ReadonlySet<string>} */
  get latched() {
    return this.#latched;
  }

  /**
   * What the customer's computer must go on believing pressed; to be said again and again.
   *
   * @returns {string[]}
   */
  held() {
    return [...new Set([...this.#sent, ...this.#pressed.values()])];
  }

  /**
   * Press the modifiers that are held here, before a mouse button or the wheel.
   *
   * @param {string} [except] the flag of one that means something else this time
   * @returns {KeyMessage[]}
   */
  modifiersForPointer(except = "") {
    this.#unused.clear();
    /** @type {KeyMessage[]} */
    const messages = [];
    for (const held of this.#held.keys()) {
      const code = this.#remoteModifier(held);
      if (MODIFIERS[held] === except) {
        if (this.#sent.delete(code)) {
          messages.push({ t: "key", code, down: false });
        }
      } else if (!this.#sent.has(code)) {
        this.#sent.add(code);
        messages.push({ t: "key", code, down: true });
      }
    }
    return messages;
  }

  /**
   * The page lost the keyboard: nothing may stay pressed at the customer's.
   *
   * @returns {KeyMessage[]}
   */
  release() {
    this.#held.clear();
    this.#sent.clear();
    this.#unused.clear();
    this.#pressed.clear();
    this.#altGraph = false;
    this.#dead.forget();
    return [{ t: "release" }];
  }

  /**
   * @param {KeyEvent} event
   * @returns {KeyAnswer}
   */
  #localDown(event) {
    if (event.key !== "AltGraph") {
      return { messages: [], handled: false };
    }
    this.#altGraph = true;
    return { messages: this.#dropControlOfAltGraph(event), handled: true };
  }

  /**
   * @param {KeyEvent} event
   * @returns {KeyAnswer}
   */
  #modifierDown(event) {
    const messages = this.#forgetReleased(event);
    if (event.code === "AltRight" && this.#followsControl(event)) {
      this.#altGraph = true;
      messages.push(...this.#dropControlOfAltGraph(event));
      return { messages, handled: true };
    }
    if (!this.#held.has(event.code)) {
      this.#held.set(event.code, event.timeStamp);
      this.#unused.add(event.code);
    }
    const flags = new Set([...this.#held.keys()].map((code) => MODIFIERS[code]));
    if (["ctrlKey", "altKey", "shiftKey"].every((flag) => flags.has(/** @type {"ctrlKey"} */ (flag)))) {
      return { messages: [...messages, ...this.release()], handled: true, leave: true };
    }
    return { messages, handled: true };
  }

  /**
   * @param {string} code
   * @returns {KeyMessage[]}
   */
  #modifierUp(code) {
    const wasHeld = this.#held.delete(code);
    const unused = this.#unused.delete(code);
    const remote = this.#remoteModifier(code);
    /** @type {KeyMessage[]} */
    const messages = [];
    if (this.#isMac && MODIFIERS[code] === "metaKey") {
      // macOS swallows the release of keys that were pressed together with Command.
      for (const pressed of this.#pressed.values()) {
        messages.push({ t: "key", code: pressed, down: false });
      }
      this.#pressed.clear();
    }
    if (this.#sent.delete(remote)) {
      messages.push({ t: "key", code: remote, down: false });
    } else if (wasHeld && unused && this.#held.size === 0 && ACT_ALONE.has(remote)) {
      messages.push(...tap(remote));
    }
    return messages;
  }

  /**
   * A key that goes as a key: a shortcut or one that types nothing.
   *
   * @param {KeyEvent} event
   * @param {KeyMessage[]} before
   * @returns {KeyAnswer}
   */
  #press(event, before) {
    const code = placeOf(event);
    if (code === "") {
      return { messages: before, handled: false };
    }
    if (this.#pressed.has(event.code)) {
      if (event.repeat) {
        // It repeats at the customer's by itself, as long as it is held.
        return { messages: before, handled: true };
      }
      before.push({ t: "key", code: this.#pressed.get(event.code) ?? code, down: false });
    }
    // Nothing that prints comes here but shortcuts and the space bar, which has no label.
    const down = pressing(code, this.#labels.of(event));
    const modifiers = this.modifiersForPointer(isShiftUsedUp(event) ? "shiftKey" : "");
    if (this.#latched.size > 0) {
      const messages = this.#latchedAround([down, { t: "key", code, down: false }]);
      return { messages: [...before, ...modifiers, ...messages], handled: true };
    }
    this.#pressed.set(event.code, code);
    return { messages: [...before, ...modifiers, down], handled: true };
  }

  /**
   * @param {KeyMessage[]} messages
   * @returns {KeyMessage[]} with the latched modifiers around them, which are then let go
   */
  #latchedAround(messages) {
    const latched = [...this.#latched].filter((code) => !this.#sent.has(code));
    this.#latched.clear();
    /** @type {KeyMessage[]} */
    const down = latched.map((code) => ({ t: "key", code, down: true }));
    /** @type {KeyMessage[]} */
    const up = latched.reverse().map((code) => ({ t: "key", code, down: false }));
    return [...down, ...messages, ...up];
  }

  /** @param {KeyEvent} event */
  #isText(event) {
    // Space is the same key everywhere, and buttons want the key, not the character.
    if (!prints(event.key) || event.key === " " || this.#latched.size > 0) {
      return false;
    }
    if (this.#altGraph || event.altGraph) {
      return true;
    }
    const optionTypes = this.#isMac && event.altKey && !event.ctrlKey && !event.metaKey;
    return optionTypes || !(event.ctrlKey || event.altKey || event.metaKey);
  }

  /** @param {KeyEvent} event */
  #followsControl(event) {
    const control = this.#held.get("ControlLeft");
    return (
      event.key === "AltGraph" ||
      (control !== undefined && this.#unused.has("ControlLeft") && event.timeStamp - control <= ALTGR_MS)
    );
  }

  /**
   * @param {KeyEvent} event
   * @returns {KeyMessage[]}
   */
  #dropControlOfAltGraph(event) {
    const control = this.#held.get("ControlLeft");
    if (control === undefined || event.timeStamp - control > ALTGR_MS) {
      return [];
    }
    this.#held.delete("ControlLeft");
    this.#unused.delete("ControlLeft");
    return this.#sent.delete("ControlLeft") ? [{ t: "key", code: "ControlLeft", down: false }] : [];
  }

  /**
   * A release that happened elsewhere shows only in the flags of the next event.
   *
   * @param {KeyEvent} event
   * @returns {KeyMessage[]}
   */
  #forgetReleased(event) {
    /** @type {KeyMessage[]} */
    const messages = [];
    for (const held of [...this.#held.keys()]) {
      const flag = MODIFIERS[held];
      if (flag !== undefined && !event[flag] && held !== event.code) {
        this.#unused.delete(held);
        messages.push(...this.#modifierUp(held));
      }
    }
    return messages;
  }

  /** @returns {KeyMessage[]} */
  #letGoModifiers() {
    /** @type {KeyMessage[]} */
    const messages = [...this.#sent].map((code) => ({ t: "key", code, down: false }));
    this.#sent.clear();
    return messages;
  }

  /** @param {string} code */
  #remoteModifier(code) {
    return this.#isMac && MODIFIERS[code] === "metaKey" ? "ControlLeft" : code;
  }
}

/**
 * @param {string} code
 * @param {string | null} label
 * @returns {KeyMessage}
 */
function pressing(code, label) {
  return label === null ? { t: "key", code, down: true } : { t: "shortcut", code, label };
}

/**
 * With NumLock on, Shift makes the number pad move the cursor, and does nothing else.
 *
 * @param {KeyEvent} event
 */
function isShiftUsedUp({ code, key, numLock }) {
  return numLock === true && code.startsWith("Numpad") && !prints(key) && key !== "Enter";
}
