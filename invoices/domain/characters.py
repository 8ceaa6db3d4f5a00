"""Which characters a document can hold."""

import re

# Control characters, which no font has, and what else is not a Char of XML 1.0 (section 2.2):
# halves of pairs, U+FFFE and U+FFFF. U+007F to U+009F are Chars, but spoil the text of a PDF.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """Return `text` with a space for each character that neither paper nor XML can hold.

    They come unseen out of other programs' clipboards, and nobody would miss them.
    """
    return _UNWRITABLE.sub(" ", text)
