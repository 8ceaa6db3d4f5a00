"""Bank account numbers."""

import re

SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
GERMAN_LENGTH = 22


def iban_is_valid(iban: str) -> bool:
    """Return whether `iban` (no spaces, upper case) has the right shape and check digits.

    ISO 13616: with the first four characters at the end and letters as 10 to 35, the
    number is 1 modulo 97.
    """
    if not SHAPE.fullmatch(iban) or (iban.startswith("DE") and len(iban) != GERMAN_LENGTH):
        return False
    digits = "".join(str(int(character, 36)) for character in iban[4:] + iban[:4])
    return int(digits) % 97 == 1
