"""The customer's words, in both languages."""

import re
import string
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from agent import events
from agent.gui.sentences import console_text, ended_lines
from agent.gui.strings_de import STRINGS as GERMAN
from agent.gui.strings_en import STRINGS as ENGLISH
from agent.gui.texts import LANGUAGES, Texts, duration
from agent.protocol.messages import CompanyContact, Terms

GUI = Path(__file__).resolve().parents[2] / "agent"
EVEN = Terms(600, 850, 850, Decimal("19.00"))
UNEVEN = Terms(600, 850, 750, Decimal(19))


def gaps(text: str) -> set[str]:
    return {name for _text, name, _format, _conversion in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    assert GERMAN.keys() == ENGLISH.keys()


@pytest.mark.parametrize("key", sorted(GERMAN))
def test_each_sentence_has_the_same_gaps_in_both_languages(key: str) -> None:
    assert gaps(GERMAN[key]) == gaps(ENGLISH[key])


def test_no_sentence_is_kept_that_nobody_says() -> None:
    code = "".join(path.read_text() for path in GUI.rglob("*.py") if "strings_" not in path.name)
    by_code = re.compile(r"ended\.reason\.|failed\.")
    said = set(re.findall(r"""["']([\w.-]+)["']""", code))
    assert [key for key in GERMAN if key not in said and not by_code.match(key)] == []


def test_the_price_is_written_as_in_the_letter() -> None:
    assert Texts("de").price(EVEN) == "8,50 EUR inkl. MwSt. je angefangene 10 Minuten"
    assert Texts("en").price(EVEN) == "EUR 8.50 incl. VAT for each started 10 minutes"


def test_another_price_for_further_blocks_is_said() -> None:
    assert Texts("de").price(UNEVEN) == (
        "8,50 EUR inkl. MwSt. für die ersten angefangenen 10 Minuten, "
        "danach 7,50 EUR je angefangene 10 Minuten"
    )


@pytest.mark.parametrize(
    ("terms", "german"),
    [
        (replace(EVEN, minimum_blocks=3), "mindestens 25,50 EUR (für 30 Minuten)"),
        (replace(UNEVEN, minimum_blocks=2), "mindestens 16,00 EUR (für 20 Minuten)"),
        (Terms(90, 100, 100, Decimal(19), 3), "mindestens 3,00 EUR (für 270 Sekunden)"),
        (Terms(30, 100, 100, Decimal(19), 2), "mindestens 2,00 EUR (für 60 Sekunden)"),
    ],
)
def test_what_is_due_at_least_is_said_with_the_price(terms: Terms, german: str) -> None:
    once = Texts("de").price(replace(terms, minimum_blocks=1))
    assert Texts("de").price(terms) == f"{once}, {german}"
    assert ", at least EUR" in Texts("en").price(terms)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_one_block_at_least_goes_without_saying(language: str) -> None:
    assert "indest" not in Texts(language).price(EVEN)
    assert "least" not in Texts(language).price(UNEVEN)


@pytest.mark.parametrize(
    ("seconds", "german", "english"),
    [
        (60, "Minute", "minute"),
        (900, "15 Minuten", "15 minutes"),
        (90, "90 Sekunden", "90 seconds"),
    ],
)
def test_other_blocks_have_their_own_words(seconds: int, german: str, english: str) -> None:
    terms = Terms(seconds, 1, 1, Decimal(19))
    assert Texts("de").block(terms) == german
    assert Texts("en").block(terms) == english


@pytest.mark.parametrize(("cents", "german"), [(0, "0,00"), (5, "0,05"), (123456, "1234,56")])
def test_amounts_are_exact_to_the_cent(cents: int, german: str) -> None:
    assert Texts("de").euros(cents) == german


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (59, "0:59"), (601, "10:01"), (3600, "1:00:00")]
)
def test_durations_look_like_a_clock(seconds: int, shown: str) -> None:
    assert duration(seconds) == shown


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_reason_of_a_later_server_is_said_too(language: str) -> None:
    lines = ended_lines(Texts(language), events.Ended("moon-phase", 0, 0, 0))
    assert "moon-phase" in lines[0]
    assert "moon-phase" in Texts(language).known("failed", "moon-phase")


def test_what_an_ended_session_costs_is_said_with_the_invoice_to_come() -> None:
    text = console_text(Texts("de"), events.Ended("customer", 905, 2, 1700))
    assert "15:05 Min. · 17,00 EUR" in text
    assert "Rechnung" in text


def test_a_session_without_time_costs_nothing_and_says_so() -> None:
    assert "nichts berechnet" in console_text(Texts("de"), events.Ended("refused", 0, 0, 0))


@pytest.mark.parametrize(
    ("language", "hint"), [("de", "Datum und Uhrzeit"), ("en", "date and time")]
)
def test_a_server_that_cannot_prove_who_it_is_is_not_taken_for_a_lost_line(
    language: str, hint: str
) -> None:
    for was_connected in (False, True):
        lost = events.Unreachable(2.0, was_connected, untrusted=True)
        assert hint in console_text(Texts(language), lost)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_consent_says_who_what_price_and_the_law(language: str) -> None:
    asked = events.ConsentRequest("Tina", "DIBUC", "https://x", "123 456", EVEN)
    text = console_text(Texts(language), asked)
    for part in ("Tina", "DIBUC", "123 456", Texts(language).price(EVEN), "312g", "356"):
        assert part in text


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_naming_id_and_password_is_the_order_at_that_price(language: str) -> None:
    ready = events.Ready("123456789", "12345678", CompanyContact("DIBUC", "06233 326103"), EVEN)
    text = console_text(Texts(language), ready)
    for part in ("123 456 789", "1234 5678", "06233 326103", Texts(language).price(EVEN)):
        assert part in text
