"""Which invoice a payment is for: suggestions, from sure to faint. A person decides."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from invoices.domain.camt import Transaction

# Shorter names match by chance.
NAME_LEAST = 4


class Confidence(IntEnum):
    """How sure a suggestion is."""

    FAINT = 1
    LIKELY = 2
    SURE = 3


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice that is not paid in full, as far as matching needs it."""

    invoice_id: int
    number: str
    open_cents: int
    customer_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """So much of a payment goes to that invoice."""

    invoice_id: int
    cents: int
    confidence: Confidence


def suggest(
    payment: Transaction, invoices: Iterable[OpenInvoice], known_ibans: Mapping[str, int]
) -> list[Suggestion]:
    """Return what a payment may be for, the best first; several only where it names several.

    By number in the text; else by the amount and where it came from (`known_ibans`: account
    to customer, from payments that a person has matched before). A payment of several
    invoices fills the oldest first; `invoices` are in that order. What is left over stays
    with the payment.
    """
    ordered = list(invoices)
    named = [invoice for invoice in ordered if _names(payment.text, invoice.number)]
    if named:
        return _fill(payment.cents, named)
    customer = known_ibans.get(payment.payer_iban)
    own = [invoice for invoice in ordered if invoice.customer_id == customer]
    exact = [invoice for invoice in own if invoice.open_cents == payment.cents]
    if exact:
        return [Suggestion(exact[0].invoice_id, payment.cents, Confidence.LIKELY)]
    if own and sum(invoice.open_cents for invoice in own) == payment.cents:
        return [Suggestion(i.invoice_id, i.open_cents, Confidence.LIKELY) for i in own]
    if own:
        filled = _fill(payment.cents, own)
        return [Suggestion(each.invoice_id, each.cents, Confidence.FAINT) for each in filled]
    alike = [
        invoice
        for invoice in ordered
        if invoice.open_cents == payment.cents and _alike(payment.payer_name, invoice.name)
    ]
    if len(alike) == 1:
        return [Suggestion(alike[0].invoice_id, payment.cents, Confidence.LIKELY)]
    return [Suggestion(each.invoice_id, payment.cents, Confidence.FAINT) for each in alike[:1]]


def _fill(cents: int, invoices: list[OpenInvoice]) -> list[Suggestion]:
    """Share a payment among named invoices; sure only where it fits them to the cent."""
    fits = sum(invoice.open_cents for invoice in invoices) == cents
    confidence = Confidence.SURE if fits else Confidence.LIKELY
    suggestions = []
    for invoice in invoices:
        part = min(invoice.open_cents, cents)
        if part > 0:
            suggestions.append(Suggestion(invoice.invoice_id, part, confidence))
            cents -= part
    return suggestions


def _names(text: str, number: str) -> bool:
    """Whether a text names a number, however the payer has cut it up: '2026 / 00042'.

    Not as a part of a longer number: 2026-0004 is not in 2026-00042.
    """
    parts = re.findall(r"[A-Z]+|[0-9]+", number.upper())
    pattern = r"[\s./_-]*".join(map(re.escape, parts))
    before = "(?<![0-9])" if number[:1].isdigit() else "(?<![A-Z])"
    return re.search(rf"{before}{pattern}(?![0-9])", text.upper()) is not None


def _alike(payer: str, name: str) -> bool:
    """Whether a payer's name and a customer's share a word that means something."""
    return bool(_words(payer) & _words(name))


def _words(name: str) -> set[str]:
    return {
        word
        for word in re.findall(r"\w+", name.casefold())
        if len(word) >= NAME_LEAST and word not in {"gmbh", "frau", "herr", "firma", "familie"}
    }
