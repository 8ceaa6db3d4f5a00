"""What the portal says, in both languages."""

from functools import cache
from typing import Final, Literal

import polib

from tests.integration.rig.portal import ROOT

Language = Literal["de", "en"]
LOCALES: Final[dict[Language, str]] = {"de": "de-DE", "en": "en-GB"}


@cache
def _german() -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"))


def said(english: str, language: Language) -> str:
    """Return a text of the portal in a language; a KeyError if there is no German for it."""
    entry = _german().find(english)
    if entry is None or not entry.msgstr or entry.fuzzy:
        raise KeyError(english)
    return entry.msgstr if language == "de" else english
