"""KeyboardEvent.code (W3C UI Events) as Linux key codes (linux/input-event-codes.h)."""

_LETTERS = {
    "KeyQ": 16, "KeyW": 17, "KeyE": 18, "KeyR": 19, "KeyT": 20, "KeyY": 21, "KeyU": 22,
    "KeyI": 23, "KeyO": 24, "KeyP": 25, "KeyA": 30, "KeyS": 31, "KeyD": 32, "KeyF": 33,
    "KeyG": 34, "KeyH": 35, "KeyJ": 36, "KeyK": 37, "KeyL": 38, "KeyZ": 44, "KeyX": 45,
    "KeyC": 46, "KeyV": 47, "KeyB": 48, "KeyN": 49, "KeyM": 50,
}  # fmt: skip
_DIGITS = {f"Digit{digit}": 2 + (digit - 1) % 10 for digit in range(10)}
_FUNCTION = {
    **{f"F{number}": 58 + number for number in range(1, 11)},
    "F11": 87,
    "F12": 88,
    **{f"F{number}": 170 + number for number in range(13, 25)},
}
_PUNCTUATION = {
    "Minus": 12, "Equal": 13, "BracketLeft": 26, "BracketRight": 27, "Semicolon": 39,
    "Quote": 40, "Backquote": 41, "Backslash": 43, "IntlBackslash": 86, "IntlRo": 89,
    "IntlYen": 124, "Comma": 51, "Period": 52, "Slash": 53, "Space": 57,
}  # fmt: skip
_CONTROL = {
    "Escape": 1, "Backspace": 14, "Tab": 15, "Enter": 28, "CapsLock": 58, "NumLock": 69,
    "ScrollLock": 70, "PrintScreen": 99, "Pause": 119, "ContextMenu": 127, "Insert": 110,
    "Delete": 111, "Home": 102, "End": 107, "PageUp": 104, "PageDown": 109, "ArrowUp": 103,
    "ArrowLeft": 105, "ArrowRight": 106, "ArrowDown": 108,
}  # fmt: skip
MODIFIERS = {
    "ControlLeft": 29, "ControlRight": 97, "ShiftLeft": 42, "ShiftRight": 54, "AltLeft": 56,
    "AltRight": 100, "MetaLeft": 125, "MetaRight": 126,
}  # fmt: skip
_KEYPAD = {
    "Numpad7": 71, "Numpad8": 72, "Numpad9": 73, "NumpadSubtract": 74, "Numpad4": 75,
    "Numpad5": 76, "Numpad6": 77, "NumpadAdd": 78, "Numpad1": 79, "Numpad2": 80, "Numpad3": 81,
    "Numpad0": 82, "NumpadDecimal": 83, "NumpadEnter": 96, "NumpadDivide": 98,
    "NumpadMultiply": 55, "NumpadEqual": 117, "NumpadComma": 121,
}  # fmt: skip

LINUX: dict[str, int] = {
    **_LETTERS,
    **_DIGITS,
    **_FUNCTION,
    **_PUNCTUATION,
    **_CONTROL,
    **MODIFIERS,
    **_KEYPAD,
}
