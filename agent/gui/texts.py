"""The customer's words: German first, English second, and figures as people write them."""

from datetime import timedelta

from agent.gui.strings_de import STRINGS as GERMAN
from agent.gui.strings_en import STRINGS as ENGLISH
from agent.protocol.messages import Terms

ONE_MINUTE = 60  # seconds
LANGUAGES = {"de": GERMAN, "en": ENGLISH}


class Texts:
    """The sentences of one language."""

    def __init__(self, language: str) -> None:
        """Choose the language: `de` or `en`."""
        self.language = language
        self._strings = LANGUAGES[language]

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence with its gaps filled."""
        return self._strings[key].format(**values)

    def known(self, prefix: str, code: str) -> str:
        """Return the sentence for a code, or the general one with the code in it."""
        key = f"{prefix}.{code}"
        if key in self._strings:
            return self._strings[key]
        return self._strings[f"{prefix}.other"].format(code=code)

    def euros(self, cents: int) -> str:
        """Return an amount as people write it: 8,50 in German, 8.50 in English."""
        mark = "," if self.language == "de" else "."
        return f"{cents // 100}{mark}{cents % 100:02}"

    def block(self, terms: Terms) -> str:
        """Return the length of a block: '10 Minuten'."""
        if terms.block_seconds == ONE_MINUTE:
            return self("unit.minute")
        return self._time(terms.block_seconds)

    def price(self, terms: Terms) -> str:
        """Return the price as the customer reads it beside ID and password.

        It names what is due at least only where that is more than one block.
        """
        first, further = terms.first_block_cents, terms.further_block_cents
        price = self(
            "price.even" if first == further else "price.uneven",
            first=self.euros(first),
            further=self.euros(further),
            block=self.block(terms),
        )
        blocks = terms.minimum_blocks
        if blocks == 1:
            return price
        least = self.euros(first + (blocks - 1) * further)
        time = self._time(blocks * terms.block_seconds)
        return self("price.least", price=price, least=least, time=time)

    def _time(self, seconds: int) -> str:
        minutes, rest = divmod(seconds, ONE_MINUTE)
        if rest or minutes == 1:
            return self("unit.seconds", count=seconds)
        return self("unit.minutes", count=minutes)


def duration(seconds: int) -> str:
    """Return a duration as a clock shows it: 8:05, or 1:02:03."""
    hours, rest = divmod(int(timedelta(seconds=seconds).total_seconds()), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
