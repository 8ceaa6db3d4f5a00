import assert from "node:assert/strict";
import test from "node:test";

import * as damm from "../../sessions/static/sessions/viewer/core/damm.js";
import { vectors } from "./vectors.js";

const digits = vectors("damm.json");

test("complete and incomplete digits are told apart", () => {
  for (const item of digits.complete) {
    assert.equal(damm.isComplete(item), true, item);
  }
  for (const item of digits.incomplete) {
    assert.equal(damm.isComplete(item), false, item);
  }
});

test("what a person types is read or refused", () => {
  for (const { typed, digits: read } of digits.support_ids) {
    assert.equal(damm.readSupportId(typed), read, typed);
  }
  for (const { typed, digits: read } of digits.passwords) {
    assert.equal(damm.readPassword(typed), read, typed);
  }
});

test("every wrong digit and every swap of neighbours is found", () => {
  const whole = "402139752";
  for (let place = 0; place < whole.length; place += 1) {
    const swapped = [...whole];
    [swapped[place], swapped[place + 1]] = [whole[place + 1] ?? "", whole[place] ?? ""];
    assert.equal(damm.isComplete(swapped.join("")), whole[place] === whole[place + 1] || place === 8);
    for (const digit of "0123456789") {
      const changed = whole.slice(0, place) + digit + whole.slice(place + 1);
      assert.equal(damm.isComplete(changed), changed === whole);
    }
  }
});
