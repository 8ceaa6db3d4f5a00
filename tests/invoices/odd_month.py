"""A month in which everything is odd, drawn from a seed: the same one each time."""

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from company.domain.tariff import Terms
from company.models import Company, VatRate
from customers.models import Agreement, Customer
from invoices import services
from invoices.models import Invoice, InvoiceRunItem, Item
from invoices.problems import Problem
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession

MakeCustomer = Callable[..., Customer]

NAMES = (
    "Müller & Söhne <Handel> GmbH",
    'Kanzlei "Recht & Gesetz"',
    "😀 Smiley GmbH 👩‍💻",
    "שלום בע״מ",
    "شركة الاختبار",
    "中文公司",
    "Ł'Été ß Œuvre s.à r.l.",
    "W" * 100,
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "</ram:Name><x a='&lol;'>",
)
# Valid by their check digits, of nobody in particular.
VAT_IDS = {"AT": "ATU13585627", "FR": "FR40303265045", "NL": "NL004495445B01"}
LEITWEG_ID = "04011000-1234512345-06"
PRICES = (0, 1, 425, 750, 850, 999, 1234, 12345)
SECONDS = (1, 59, 600, 601, 1799, 5000, 50_400)


class OddMonth:
    """Customers, sessions, items and agreements, invoiced, cancelled and corrected."""

    def __init__(self, make_customer: MakeCustomer, make_session: MakeSession, seed: int) -> None:
        self._make_customer = make_customer
        self._make_session = make_session
        self._chance = random.Random(seed)  # noqa: S311 - not for secrets

    def run(self, customers: int, by: User) -> None:
        """Invoice the customers, a tenth of them as a small business; then correct some."""
        VatRate.objects.create(kind=VatRate.Kind.STANDARD, valid_from=OCTOBER.start, percent=19)
        VatRate.objects.create(
            kind=VatRate.Kind.STANDARD, valid_from=dt.date(2026, 10, 16), percent=16
        )
        VatRate.objects.create(
            kind=VatRate.Kind.ZERO,
            valid_from=dt.date(2020, 1, 1),
            percent=0,
            reason="Steuerfrei nach § 4 Nr. 21 UStG",
        )
        small = max(1, customers // 10)
        self._work(customers - small)
        self._invoice()
        Company.objects.update(is_small_business=True)
        self._work(small)
        self._invoice()
        Company.objects.update(is_small_business=False)
        for number, invoice in enumerate(Invoice.objects.order_by("pk")):
            if number % 7 == 0:
                services.invoice_cancel(invoice=invoice, reason="Falsche Anschrift", by=by)
        Customer.objects.update(street="Neue Straße 7")
        self._invoice()

    def _invoice(self) -> None:
        run = services.invoice_run_create(month=OCTOBER)
        for item_id in services.invoice_run_start(run=run, by=None):
            item = services.invoice_run_item_process(item_id=item_id)
            assert item is not None
            if item.state != InvoiceRunItem.State.DONE:
                assert item.problem == Problem.NEGATIVE, f"{item.problem}: {item.detail}"

    def _work(self, customers: int) -> None:
        for _ in range(customers):
            customer = self._customer()
            self._agree(customer)
            self._sessions(customer)
            self._items(customer)

    def _customer(self) -> Customer:
        chance = self._chance
        name = chance.choice(("", *NAMES))
        fields: dict[str, Any] = {
            "company_name": name,
            "last_name": chance.choice(("Müller", "Ümit", *NAMES)),
            "email": chance.choice(("", "someone@example.com")),
            "language": chance.choice(("de", "de", "en")),
        }
        kind = chance.random()
        if kind < 0.15:
            country = chance.choice(sorted(VAT_IDS))
            fields |= {
                "kind": Customer.Kind.BUSINESS,
                "country": country,
                "vat_id": VAT_IDS[country],
                "vat_id_checked_on": dt.date(2026, 9, 1),
            }
        elif kind < 0.27:
            fields |= {
                "kind": Customer.Kind.BUSINESS,
                "company_name": "Stadtverwaltung",
                "leitweg_id": LEITWEG_ID,
                "email": "rechnung@example.com",
            }
        elif kind < 0.55:
            fields |= {"kind": Customer.Kind.BUSINESS, "vat_id": "DE136695976"}
        elif kind < 0.6:
            fields |= {"country": "CH", "postcode": "8000"}
        return self._make_customer(**fields)

    def _agree(self, customer: Customer) -> None:
        chance = self._chance
        if chance.random() > 0.35:
            return
        for day in sorted(chance.sample((dt.date(2026, 8, 1), dt.date(2026, 10, 12)), 2)):
            own = self._terms() if chance.random() < 0.5 else None
            Agreement.objects.create(
                customer=customer,
                name="Wartung",
                valid_from=day,
                included_minutes=chance.choice((0, 0, 30, 600)),
                discount_percent=Decimal(chance.choice(("0", "5", "12.5", "33.33", "100"))),
                **(_columns(own) if own else {}),
            )

    def _terms(self) -> Terms:
        chance = self._chance
        return Terms(
            chance.choice((60, 600, 900, 700)),
            chance.choice(PRICES),
            chance.choice(PRICES),
            Decimal(chance.choice(("7", "19", "16"))),
            chance.choice((1, 1, 2)),
            first_block_net_cents=chance.choice((0, 714, 999)),
            further_block_net_cents=chance.choice((0, 1, 630)),
        )

    def _sessions(self, customer: Customer) -> None:
        chance = self._chance
        for _ in range(chance.choice((1, 2, 3, 5, 14))):
            start = OCTOBER.start + dt.timedelta(seconds=chance.randrange(31 * 86_400 + 3600))
            terms = self._terms() if chance.random() < 0.7 else DEFAULT
            waived = chance.choice((0, 0, 0, 1))
            self._make_session(
                customer,
                start,
                seconds=chance.choice(SECONDS),
                terms=terms,
                courtesy_blocks=waived,
                courtesy_reason="Eigener Fehler <b>" if waived else "",
            )

    def _items(self, customer: Customer) -> None:
        chance = self._chance
        for _ in range(chance.choice((0, 0, 1, 3))):
            prepaid = chance.choice((0, 0, 0, 60))
            gross = chance.choice((1, 333, 4999, 119_000))
            Item.objects.create(
                customer=customer,
                service_date=OCTOBER.first_day + dt.timedelta(days=chance.randrange(31)),
                description=chance.choice(("Anfahrt", "Kabel 3 m <Cat. 7>", "Guthaben", "🔧 Teil")),
                quantity=chance.choice((1, 1, 2, 7, -1)),
                unit=chance.choice(Item.Unit.values),
                unit_gross_cents=gross,
                unit_net_cents=gross * 84 // 100,
                vat_kind=chance.choice(VatRate.Kind.values),
                prepaid_minutes=prepaid,
            )


# As DIBUC's letter promises it, with the net price that a business abroad owes.
DEFAULT = Terms(600, 850, 850, Decimal(19), first_block_net_cents=714, further_block_net_cents=714)


def _columns(terms: Terms) -> dict[str, Any]:
    return {name: getattr(terms, name) for name in Terms.__dataclass_fields__}
