"""Which invoice a payment is for: suggestions, from sure to faint. A person decides."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from invoices.domain.camt import Transaction
from invoices.domain.owed import Owed

# Shorter names match by chance.
NAME_LEAST = 4
# A stretch in which a number may be cut up; anything else ends it.
_PASSAGE = re.compile(r"[A-Z0-9\s./_-]+")


class Confidence(IntEnum):
    """How sure a suggestion is."""

    FAINT = 1
    LIKELY = 2
    SURE = 3


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice that is not paid in full, or of whose delay something is, as matching sees it."""

    invoice_id: int
    number: str
    owed: Owed
    customer_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """So much of a payment goes to that invoice, and to what its letters charged."""

    invoice_id: int
    cents: int
    confidence: Confidence


class Matcher:
    """Suggests what payments may be for, among open invoices in the order in which they were due.

    `known_ibans`: account to customer, from payments that a person has matched before. Made once
    for many payments: thousands of open invoices are looked up, never gone through.
    """

    def __init__(self, invoices: Iterable[OpenInvoice], known_ibans: Mapping[str, int]) -> None:
        self._known_ibans = known_ibans
        self._by_number: dict[str, tuple[int, OpenInvoice]] = {}
        self._by_customer: defaultdict[int, list[OpenInvoice]] = defaultdict(list)
        self._by_cents: defaultdict[int, list[OpenInvoice]] = defaultdict(list)
        self._parts = 0
        for place, invoice in enumerate(invoices):
            parts = _parts(invoice.number)
            self._by_number["".join(parts)] = (place, invoice)
            self._parts = max(self._parts, len(parts))
            self._by_customer[invoice.customer_id].append(invoice)
            for cents in {invoice.owed.invoice_cents, invoice.owed.total_cents} - {0}:
                self._by_cents[cents].append(invoice)

    def suggest(self, payment: Transaction) -> list[Suggestion]:
        """Return what a payment may be for, the best first; several only where it names several.

        By number in the text; else by the amount and where it came from. An amount fits with or
        without what letters charged. A payment of several invoices fills the oldest first. What
        is left over stays with the payment.
        """
        named = self._named(payment.text)
        if named:
            return _fill(payment.cents, named)
        customer = self._known_ibans.get(payment.payer_iban)
        own = self._by_customer.get(customer, []) if customer is not None else []
        exact = [
            invoice
            for invoice in own
            if payment.cents in {invoice.owed.invoice_cents, invoice.owed.total_cents}
        ]
        if exact:
            return [Suggestion(exact[0].invoice_id, payment.cents, Confidence.LIKELY)]
        if fitting := _fitting(payment.cents, own):
            return [Suggestion(key, cents, Confidence.LIKELY) for key, cents in fitting]
        if own:
            filled = _fill(payment.cents, own)
            return [Suggestion(each.invoice_id, each.cents, Confidence.FAINT) for each in filled]
        words = _words(payment.payer_name)
        alike = [
            invoice
            for invoice in (self._by_cents.get(payment.cents, []) if words else [])
            if words & _words(invoice.name)
        ]
        confidence = Confidence.LIKELY if len(alike) == 1 else Confidence.FAINT
        return [Suggestion(each.invoice_id, payment.cents, confidence) for each in alike[:1]]

    def _named(self, text: str) -> list[OpenInvoice]:
        """Return the invoices whose numbers a text names, however the payer has cut them up.

        '2026 / 00042' and 'RE202600042' are 2026-00042; 2026-0004 is not in 2026-00042.
        """
        found: dict[int, OpenInvoice] = {}
        for passage in _PASSAGE.findall(text.upper()):
            parts = _parts(passage)
            for first in range(len(parts)):
                for last in range(first + 1, min(first + self._parts, len(parts)) + 1):
                    if known := self._by_number.get("".join(parts[first:last])):
                        found[known[0]] = known[1]
        return [found[place] for place in sorted(found)]


def _fill(cents: int, invoices: list[OpenInvoice]) -> list[Suggestion]:
    """Share a payment among named invoices; sure only where it fits them to the cent."""
    if fitting := _fitting(cents, invoices):
        return [Suggestion(key, part, Confidence.SURE) for key, part in fitting]
    suggestions = []
    for invoice in invoices:
        part = min(invoice.owed.total_cents, cents)
        if part > 0:
            suggestions.append(Suggestion(invoice.invoice_id, part, Confidence.LIKELY))
            cents -= part
    return suggestions


def _fitting(cents: int, invoices: list[OpenInvoice]) -> list[tuple[int, int]]:
    """Return what goes to which invoice where a payment fits them to the cent, else nothing.

    All of them with what their letters charged, or all of them without.
    """
    for amounts in (
        [(invoice.invoice_id, invoice.owed.total_cents) for invoice in invoices],
        [(invoice.invoice_id, invoice.owed.invoice_cents) for invoice in invoices],
    ):
        if sum(amount for _key, amount in amounts) == cents:
            return [(key, amount) for key, amount in amounts if amount > 0]
    return []


def _parts(number: str) -> list[str]:
    """Return the runs of letters and of digits: 2026-00042 has two."""
    return re.findall(r"[A-Z]+|[0-9]+", number.upper())


def _words(name: str) -> set[str]:
    return {
        word
        for word in re.findall(r"\w+", name.casefold())
        if len(word) >= NAME_LEAST and word not in {"gmbh", "frau", "herr", "firma", "familie"}
    }
