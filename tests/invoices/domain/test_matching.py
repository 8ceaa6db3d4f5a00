"""Which invoice a payment is for: by number, by where it came from, by amount and name."""

import datetime as dt

import pytest

from invoices.domain.camt import Transaction
from invoices.domain.matching import Confidence, Matcher, OpenInvoice, Suggestion
from invoices.domain.owed import Owed

IBAN = "DE02500105170137075030"
MUELLER = OpenInvoice(1, "2026-00042", Owed(1700), 10, "Anna Müller")
LATER = OpenInvoice(2, "2026-00057", Owed(850), 10, "Anna Müller")
OTHER = OpenInvoice(3, "2026-00058", Owed(1700), 11, "Bäckerei Huber GmbH")
OPEN = [MUELLER, LATER, OTHER]


def suggest(
    payment: Transaction, invoices: list[OpenInvoice], known_ibans: dict[str, int]
) -> list[Suggestion]:
    return Matcher(invoices, known_ibans).suggest(payment)


def payment(cents: int, text: str = "", *, name: str = "", iban: str = "") -> Transaction:
    return Transaction("DE", "r", dt.date(2026, 11, 10), cents, name, iban, text)


@pytest.mark.parametrize(
    "text",
    ["Rechnung 2026-00042", "RE2026-00042", "rg.nr 2026 / 00042, danke", "202600042", "2026.00042"],
)
def test_a_number_and_the_right_amount_are_sure(text: str) -> None:
    assert suggest(payment(1700, text), OPEN, {}) == [Suggestion(1, 1700, Confidence.SURE)]


@pytest.mark.parametrize("text", ["2026-000421", "12026-00042x", "Kundennummer 42"])
def test_a_part_of_another_number_is_none(text: str) -> None:
    assert suggest(payment(99, text), OPEN, {}) == []


def test_too_little_is_a_part_payment_and_too_much_leaves_a_rest() -> None:
    assert suggest(payment(1000, "2026-00042"), OPEN, {}) == [
        Suggestion(1, 1000, Confidence.LIKELY)
    ]
    assert suggest(payment(2000, "2026-00042"), OPEN, {}) == [
        Suggestion(1, 1700, Confidence.LIKELY)
    ]


def test_several_numbers_are_filled_from_the_oldest_on() -> None:
    both = suggest(payment(2550, "2026-00057 und 2026-00042"), OPEN, {})
    assert both == [Suggestion(1, 1700, Confidence.SURE), Suggestion(2, 850, Confidence.SURE)]
    short = suggest(payment(2000, "2026-00057 und 2026-00042"), OPEN, {})
    assert [part.cents for part in short] == [1700, 300]


def test_a_known_account_and_an_exact_amount_are_likely() -> None:
    found = suggest(payment(850, iban=IBAN), OPEN, {IBAN: 10})
    assert found == [Suggestion(2, 850, Confidence.LIKELY)]


def test_a_known_account_that_pays_all_at_once() -> None:
    found = suggest(payment(2550, iban=IBAN), OPEN, {IBAN: 10})
    assert [part.invoice_id for part in found] == [1, 2]


def test_an_amount_alone_is_no_suggestion() -> None:
    assert suggest(payment(850, name="Jemand Anders"), OPEN, {}) == []


def test_an_amount_and_a_name_are_likely() -> None:
    found = suggest(payment(1700, name="MÜLLER, ANNA"), OPEN, {})
    assert found == [Suggestion(1, 1700, Confidence.LIKELY)]


def test_a_word_that_every_company_has_is_no_name() -> None:
    assert suggest(payment(1700, name="Irgendwas GmbH"), OPEN, {}) == []


def test_two_who_are_alike_are_a_faint_suggestion() -> None:
    again = OpenInvoice(4, "2026-00060", Owed(1700), 12, "Karl Müller")
    found = suggest(payment(1700, name="Mueller Müller"), [*OPEN, again], {})
    assert found == [Suggestion(1, 1700, Confidence.FAINT)]


def test_whatever_is_open_no_payment_is_given_twice() -> None:
    text = "2026-00042 2026-00042, nochmals 2026/00042"
    assert suggest(payment(3400, text), OPEN, {}) == [Suggestion(1, 1700, Confidence.LIKELY)]


CHARGED = OpenInvoice(7, "2026-00070", Owed(1700, 11, 250), 15, "Karla Kessler")


@pytest.mark.parametrize(("cents", "confidence"), [(1961, 3), (1700, 3), (1950, 2), (100, 2)])
def test_an_amount_fits_with_or_without_what_letters_charged(cents: int, confidence: int) -> None:
    (found,) = suggest(payment(cents, "2026-00070"), [CHARGED], {})
    assert found == Suggestion(7, cents, Confidence(confidence))
    (by_name,) = suggest(payment(1961, name="Kessler"), [CHARGED], {})
    assert by_name == Suggestion(7, 1961, Confidence.LIKELY)


def test_charges_alone_are_found_once_the_invoice_is_paid() -> None:
    left = OpenInvoice(7, "2026-00070", Owed(0, 11, 250), 15, "Karla Kessler")
    assert suggest(payment(261, "2026-00070"), [left], {}) == [Suggestion(7, 261, Confidence.SURE)]
    assert suggest(payment(261, iban=IBAN), [left], {IBAN: 15}) == [
        Suggestion(7, 261, Confidence.LIKELY)
    ]


def test_several_invoices_fit_all_with_their_charges_or_all_without() -> None:
    text = "2026-00042 2026-00070"
    with_charges = suggest(payment(3661, text), [MUELLER, CHARGED], {})
    assert with_charges == [
        Suggestion(1, 1700, Confidence.SURE),
        Suggestion(7, 1961, Confidence.SURE),
    ]
    without = suggest(payment(3400, text), [MUELLER, CHARGED], {})
    assert without == [Suggestion(1, 1700, Confidence.SURE), Suggestion(7, 1700, Confidence.SURE)]
    more = suggest(payment(4000, text), [MUELLER, CHARGED], {})
    assert [part.cents for part in more] == [1700, 1961]


def test_numbers_of_every_pattern_are_found() -> None:
    plain = OpenInvoice(5, "0815", Owed(850), 13, "X")
    long = OpenInvoice(6, "RE-2026.K-00007_B", Owed(850), 14, "Y")
    matcher = Matcher([plain, long], {})
    assert matcher.suggest(payment(850, "nr 0815"))[0].invoice_id == 5
    assert matcher.suggest(payment(850, "re 2026 k 00007 b"))[0].invoice_id == 6
    assert matcher.suggest(payment(850, "08155")) == []
