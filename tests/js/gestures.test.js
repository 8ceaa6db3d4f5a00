import assert from "node:assert/strict";
import { test } from "node:test";

import { Gestures } from "../../sessions/static/sessions/viewer/core/gestures.js";

/** Fingers on a tablet; what they meant is kept, short. */
class Hand {
  gestures = new Gestures();
  now = 1000;
  /** @type {string[]} */
  meant = [];

  /** @param {import("../../sessions/static/sessions/viewer/core/gestures.js").Gesture[]} gestures */
  #note(gestures) {
    for (const gesture of gestures) {
      const { kind, ...rest } = gesture;
      this.meant.push([kind, ...Object.values(rest).map((value) => Math.round(value * 100) / 100)].join(" "));
    }
    return this;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} [id]
   */
  down(x, y, id = 1) {
    return this.#note(this.gestures.down({ id, x, y, at: this.now }));
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} [id]
   */
  move(x, y, id = 1) {
    return this.#note(this.gestures.move({ id, x, y, at: this.now }));
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} [id]
   */
  up(x, y, id = 1) {
    return this.#note(this.gestures.up({ id, x, y, at: this.now }));
  }

  rest() {
    return this.#note(this.gestures.held());
  }

  cancel() {
    return this.#note(this.gestures.cancel());
  }

  /** @param {number} milliseconds */
  wait(milliseconds) {
    this.now += milliseconds;
    return this;
  }
}

test("a tap is a click where the finger came down, though it rolls a little", () => {
  assert.deepEqual(new Hand().down(10, 20).move(14, 22).up(15, 22).meant, ["click 0 10 20"]);
});

test("two taps are two clicks, so a double click", () => {
  const hand = new Hand().down(10, 20).up(10, 20).wait(120).down(12, 21).up(12, 21);
  assert.deepEqual(hand.meant, ["click 0 10 20", "click 0 12 21"]);
});

test("a finger that rests is the right button, and nothing more till it is up", () => {
  const hand = new Hand().down(10, 20);
  assert.equal(hand.gestures.isWaiting, true);
  hand.rest();
  assert.equal(hand.gestures.isWaiting, false);
  assert.deepEqual(hand.move(90, 90).up(90, 90).meant, ["click 2 10 20"]);
});

test("two fingers that tap are the right button, too", () => {
  const hand = new Hand().down(10, 20, 1).down(30, 40, 2).up(30, 40, 2).up(10, 20, 1);
  assert.deepEqual(hand.meant, ["click 2 20 30"]);
});

test("a finger that moves takes the view or the pointer along", () => {
  const hand = new Hand().down(10, 20).move(15, 20).move(40, 20).move(50, 25).up(50, 25);
  assert.deepEqual(hand.meant, ["pan 30 0", "hover 40 20", "pan 10 5", "hover 50 25"]);
});

test("tapped, touched again and moved: a drag", () => {
  const hand = new Hand().down(10, 20).up(10, 20).wait(150).down(11, 20).move(60, 20).move(80, 30).up(80, 30);
  assert.deepEqual(hand.meant, ["click 0 10 20", "press 11 20", "drag 60 20", "drag 80 30", "drop 80 30"]);
});

test("tapped, touched again and held: it takes hold without moving", () => {
  const hand = new Hand().down(10, 20).up(10, 20).wait(150).down(11, 20).rest().move(12, 20).up(12, 20);
  assert.deepEqual(hand.meant, ["click 0 10 20", "press 11 20", "drag 12 20", "drop 12 20"]);
});

test("a second touch that comes late or elsewhere is no drag", () => {
  const late = new Hand().down(10, 20).up(10, 20).wait(400).down(10, 20).move(60, 20);
  assert.deepEqual(late.meant.slice(1), ["pan 50 0", "hover 60 20"]);
  const elsewhere = new Hand().down(10, 20).up(10, 20).wait(100).down(90, 20).move(140, 20);
  assert.deepEqual(elsewhere.meant.slice(1), ["pan 50 0", "hover 140 20"]);
});

test("two fingers side by side scroll: what is under them follows", () => {
  const hand = new Hand().down(100, 100, 1).down(200, 100, 2).move(100, 80, 1).move(200, 80, 2).move(100, 60, 1);
  assert.deepEqual(hand.meant, ["scroll 0 20 150 80", "scroll 0 10 150 70"]);
});

test("two fingers that part enlarge the picture around the place between them", () => {
  const hand = new Hand().down(100, 100, 1).down(200, 100, 2).move(50, 100, 1).move(250, 100, 2);
  assert.deepEqual(hand.meant, ["zoom 1.5 150 100", "pan -25 0", "zoom 1.33 125 100", "pan 25 0"]);
});

test("fingers that scroll do not begin to stretch, and one that stays behind does nothing", () => {
  const hand = new Hand().down(100, 100, 1).down(200, 100, 2).move(100, 60, 1).move(200, 60, 2).move(300, 60, 2);
  assert.ok(hand.meant.every((said) => said.startsWith("scroll")));
  hand.meant = [];
  assert.deepEqual(hand.up(300, 60, 2).move(10, 10, 1).up(10, 10, 1).meant, []);
});

test("a second finger ends a drag where the first one was", () => {
  const hand = new Hand().down(10, 20).up(10, 20).wait(150).down(11, 20).move(60, 20).down(99, 99, 2);
  assert.equal(hand.meant.at(-1), "drop 60 20");
  assert.deepEqual(hand.up(99, 99, 2).up(60, 20).meant.slice(4), []);
});

test("what the system takes away drops what is held and leaves nothing behind", () => {
  const hand = new Hand().down(10, 20).up(10, 20).wait(150).down(11, 20).move(60, 20).cancel();
  assert.equal(hand.meant.at(-1), "drop 60 20");
  hand.meant = [];
  assert.deepEqual(hand.wait(900).down(5, 5).up(5, 5).meant, ["click 0 5 5"]);
});

test("three fingers mean nothing", () => {
  const hand = new Hand().down(10, 20, 1).down(30, 40, 2).down(50, 60, 3).move(90, 90, 3);
  assert.deepEqual(hand.up(90, 90, 3).up(30, 40, 2).up(10, 20, 1).meant, []);
});

test("fingers that nobody saw come down are ignored", () => {
  assert.deepEqual(new Hand().move(1, 1, 7).up(1, 1, 7).meant, []);
});
