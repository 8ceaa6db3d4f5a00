import assert from "node:assert/strict";
import { test } from "node:test";

import { chord, typed } from "../../sessions/static/sessions/viewer/core/typing.js";

test("a chord is pressed in order and let go in the reverse order", () => {
  assert.deepEqual(
    chord(["ControlLeft", "AltLeft", "Delete"]).map((message) => message.t === "key" && [message.code, message.down]),
    [
      ["ControlLeft", true],
      ["AltLeft", true],
      ["Delete", true],
      ["Delete", false],
      ["AltLeft", false],
      ["ControlLeft", false],
    ],
  );
});

test("long text goes in pieces, line ends are one character, other control characters are left out", () => {
  assert.deepEqual(typed(""), []);
  assert.deepEqual(typed("a\r\nb\rc\u0007\td"), [{ t: "text", text: "a\nb\nc\td" }]);
  assert.deepEqual(typed("e\u0301 \ud83d \u2028"), [{ t: "text", text: "é  \n" }]);
  const pieces = typed(`${"x".repeat(999)}😀${"y".repeat(1500)}`);
  assert.deepEqual(
    pieces.map((piece) => piece.t === "text" && piece.text.length),
    [999, 1000, 502],
  );
});
