"""Support ID and one-time password: random digits and a Damm check digit. Pure.

The check digit finds every single wrong digit and every swap of two neighbours, so also
the 'einundzwanzig' kind of mistake when digits are dictated in German.
Source: H. Michael Damm, Total anti-symmetrische Quasigruppen, Marburg 2004.
"""

import secrets

SUPPORT_ID_DIGITS = 9
PASSWORD_DIGITS = 8

# Row: the interim digit, column: the next digit. Totally anti-symmetric, zero diagonal.
_QUASIGROUP = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
# What people put between groups of digits when they type or paste them.
_SEPARATORS = str.maketrans("", "", " \t\r\n-./\u00a0\u202f\u2009")


def check_digit(digits: str) -> str:
    """Return the digit that makes `digits` complete; `digits` are ASCII 0 to 9."""
    interim = 0
    for digit in digits:
        interim = _QUASIGROUP[interim][int(digit)]
    return str(interim)


def is_complete(digits: str) -> bool:
    """Tell whether `digits` are ASCII digits that end with their check digit."""
    return len(digits) > 1 and digits.isascii() and digits.isdigit() and check_digit(digits) == "0"


def new_support_id() -> str:
    """Return 8 random digits and the check digit, from the system's CSPRNG."""
    return _random_digits(SUPPORT_ID_DIGITS)


def new_password() -> str:
    """Return 7 random digits and the check digit, from the system's CSPRNG."""
    return _random_digits(PASSWORD_DIGITS)


def read_support_id(typed: str) -> str | None:
    """Return the 9 digits that a person typed, or None where they cannot be right."""
    return _read(typed, SUPPORT_ID_DIGITS)


def read_password(typed: str) -> str | None:
    """Return the 8 digits that a person typed, or None where they cannot be right."""
    return _read(typed, PASSWORD_DIGITS)


def show_support_id(digits: str) -> str:
    """Return the ID as people read it: `123 456 789`."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def show_password(digits: str) -> str:
    """Return the password as people read it: `1234 5678`."""
    return f"{digits[:4]} {digits[4:]}"


def _random_digits(length: int) -> str:
    body = f"{secrets.randbelow(10 ** (length - 1)):0{length - 1}}"
    return body + check_digit(body)


def _read(typed: str, length: int) -> str | None:
    digits = typed.translate(_SEPARATORS)
    return digits if len(digits) == length and is_complete(digits) else None
