"""A German keyboard under a technician's hands: keys as Chromium gets them from the system.

Playwright's own `keyboard.type` knows the US layout only and pastes what is not on it.
"""

from typing import Final

from playwright.sync_api import Page

# Character: (KeyboardEvent.code, level); level 1 Shift, 2 AltGr.
_LETTERS: Final = {
    letter: (f"Key{code}", 0)
    for letter, code in zip("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXZY", strict=True)
}
_GERMAN: Final = {
    **_LETTERS,
    **{letter.upper(): (code, 1) for letter, (code, _) in _LETTERS.items()},
    **{str(digit): (f"Digit{digit}", 0) for digit in range(10)},
    "ü": ("BracketLeft", 0),
    "ö": ("Semicolon", 0),
    "ä": ("Quote", 0),
    "ß": ("Minus", 0),
    "Ü": ("BracketLeft", 1),
    "Ö": ("Semicolon", 1),
    "Ä": ("Quote", 1),
    "?": ("Minus", 1),
    ",": ("Comma", 0),
    ".": ("Period", 0),
    "-": ("Slash", 0),
    "#": ("Backslash", 0),
    " ": ("Space", 0),
    "!": ("Digit1", 1),
    "€": ("KeyE", 2),
    "@": ("KeyQ", 2),
    "\\": ("Minus", 2),
    "|": ("IntlBackslash", 2),
    "{": ("Digit7", 2),
    "}": ("Digit0", 2),
}
_HOLD: Final = {1: ("Shift", "ShiftLeft", 8), 2: ("AltGraph", "AltRight", 0)}


def type_german(page: Page, text: str) -> None:
    """Press and release the keys that give `text` on a German keyboard."""
    client = page.context.new_cdp_session(page)

    def send(kind: str, key: str, code: str, modifiers: int, text: str = "") -> None:
        client.send(
            "Input.dispatchKeyEvent",
            {"type": kind, "key": key, "code": code, "modifiers": modifiers, "text": text},
        )

    for character in text:
        code, level = _GERMAN[character]
        held = _HOLD.get(level)
        modifiers = held[2] if held else 0
        if held:
            send("rawKeyDown", held[0], held[1], modifiers)
        send("keyDown", character, code, modifiers, character)
        send("keyUp", character, code, modifiers)
        if held:
            send("keyUp", held[0], held[1], 0)
    client.detach()
