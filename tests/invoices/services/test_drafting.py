"""What was agreed with a customer, and who they are, decides what their invoice asks for."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest

from company.models import Company, Tariff, VatRate
from customers.models import Agreement, Customer
from invoices import services
from invoices.domain.lines import LineKind
from invoices.einvoice import rules
from invoices.models import Invoice, InvoiceLine, InvoiceRunItem, Item
from invoices.problems import Problem
from sessions.models import Session
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.documents.test_pdf import issue
from tests.invoices.einvoice.test_cii import ALL_RULES, texts, xml_of

MakeCustomer = Callable[..., Customer]
START = dt.datetime(2026, 10, 5, 8, 0, tzinfo=dt.UTC)
LEITWEG_ID = "04011000-12345-03"


@pytest.fixture(autouse=True)
def shop(company: Company) -> Company:
    return company


def failed(problem: Problem) -> InvoiceRunItem:
    """Run October; return the one item, which must have failed for that reason."""
    run = services.invoice_run_create(month=OCTOBER)
    for item_id in services.invoice_run_start(run=run, by=None):
        services.invoice_run_item_process(item_id=item_id)
    item = InvoiceRunItem.objects.get()
    assert (item.state, item.problem) == (InvoiceRunItem.State.FAILED, problem)
    assert not Invoice.objects.exists()
    return item


def agree(customer: Customer, **fields: object) -> Agreement:
    values = {"name": "Wartung", "valid_from": OCTOBER.first_day} | fields
    return Agreement.objects.create(customer=customer, **values)


def make_item(customer: Customer, **fields: object) -> Item:
    values = {
        "service_date": OCTOBER.first_day,
        "description": "Anfahrt",
        "unit_gross_cents": 2500,
    } | fields
    return Item.objects.create(customer=customer, **values)


def french(make_customer: MakeCustomer, **fields: object) -> Customer:
    values = {
        "kind": Customer.Kind.BUSINESS,
        "company_name": "Dupont SARL",
        "country": "FR",
        "vat_id": "FR40303265045",
        "vat_id_checked_on": OCTOBER.first_day,
    } | fields
    return make_customer(**values)


def shape(invoice: Invoice) -> list[tuple[str, int, int]]:
    return [(line.kind, line.quantity, line.unit_gross_cents) for line in invoice.lines.all()]


def test_a_credit_above_the_work_is_refused(make_customer: MakeCustomer) -> None:
    make_item(make_customer(), quantity=-1)
    failed(Problem.NEGATIVE)


def test_a_price_without_vat_that_nobody_set_is_never_made_up(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_item(french(make_customer))
    failed(Problem.NET_PRICE)


def test_an_item_before_any_vat_rate_is_refused(make_customer: MakeCustomer) -> None:
    make_item(make_customer(), service_date=dt.date(2019, 1, 1))
    failed(Problem.VAT_RATE)


def test_what_the_official_rules_refuse_gets_no_number(
    shop: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    shop.email = ""  # XRechnung asks the seller for a mail address (BR-DE-7)
    shop.save()
    make_session(make_customer(leitweg_id=LEITWEG_ID))
    assert "BR-DE-7" in failed(Problem.RULES).detail


def test_a_business_abroad_owes_the_net_price_and_the_vat_itself(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(french(make_customer), seconds=900)
    invoice = issue()
    assert shape(invoice) == [(LineKind.SESSION, 2, 714)]
    assert (invoice.gross_cents, invoice.vat_cents, invoice.rounding_cents) == (1428, 0, 0)
    (rate,) = invoice.rates.all()
    assert (rate.category, rate.percent) == ("AE", Decimal(0))
    assert "Steuerschuldnerschaft" in rate.reason
    assert rules.violations(xml_of(invoice), *ALL_RULES) == []


@pytest.mark.parametrize(
    "change", [{"vat_id_checked_on": None}, {"kind": Customer.Kind.CONSUMER}, {"country": "CH"}]
)
def test_nobody_else_abroad_does(
    make_customer: MakeCustomer, make_session: MakeSession, change: dict[str, object]
) -> None:
    make_session(french(make_customer, **change), seconds=900)
    assert issue().gross_cents == 1700


def test_a_small_business_shows_no_vat_and_asks_what_was_promised(
    shop: Company, make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    shop.is_small_business = True
    shop.save()
    make_session(make_customer(), seconds=900)
    invoice = issue()
    assert (invoice.net_cents, invoice.vat_cents, invoice.gross_cents) == (1700, 0, 1700)
    assert "§ 19" in invoice.rates.get().reason
    assert rules.violations(xml_of(invoice), *ALL_RULES) == []


def test_three_rates_on_one_invoice(make_customer: MakeCustomer, make_session: MakeSession) -> None:
    reason = "steuerfrei nach § 4 Nr. 21 UStG"
    VatRate.objects.create(kind="zero", valid_from=dt.date(2021, 1, 1), percent=0, reason=reason)
    customer = make_customer()
    make_session(customer, seconds=900)
    make_item(customer, vat_kind="reduced", unit_gross_cents=1999)
    make_item(customer, vat_kind="zero", unit_gross_cents=5000, unit="HUR")
    invoice = issue()
    assert [rate.percent for rate in invoice.rates.all()] == [Decimal(19), Decimal(7), Decimal(0)]
    assert invoice.gross_cents == 1700 + 1999 + 5000
    assert rules.violations(xml_of(invoice), *ALL_RULES) == []
    assert texts(xml_of(invoice), "//ram:ExemptionReason") == [reason]


def test_a_public_body_gets_an_xrechnung(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(
        make_customer(
            company_name="Stadtverwaltung", leitweg_id=LEITWEG_ID, email="post@example.com"
        ),
        seconds=900,
    )
    xml = xml_of(issue())
    assert rules.violations(xml, rules.EN16931, rules.XRECHNUNG) == []
    assert texts(xml, "//ram:BuyerReference") == [LEITWEG_ID]


def test_an_agreement_holds_from_its_day_until_its_last(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    customer = make_customer()
    own = {"block_seconds": 600, "first_block_cents": 700, "further_block_cents": 700}
    agree(
        customer,
        valid_from=dt.date(2026, 10, 6),
        valid_until=dt.date(2026, 10, 7),
        **own,
    )
    for days in range(4):
        make_session(customer, START + dt.timedelta(days=days), seconds=60)
    assert [price for _kind, _n, price in shape(issue())] == [850, 700, 700, 850]


def test_contract_minutes_are_used_up_over_several_invoices_of_a_month(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    customer = make_customer()
    agree(customer, included_minutes=30)
    make_session(customer, seconds=900)
    assert issue().gross_cents == 0
    make_session(customer, seconds=900)
    assert issue().gross_cents == 850


def test_an_invoice_of_nothing_is_valid_and_asks_for_nothing(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    customer = make_customer()
    agree(customer, included_minutes=30)
    make_session(customer, seconds=900)
    invoice = issue()
    assert rules.violations(xml_of(invoice), *ALL_RULES) == []
    assert invoice.texts["payment"] == "Es ist nichts mehr zu zahlen."


def test_minutes_paid_in_advance_are_a_balance(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    customer = make_customer()
    make_item(customer, description="Guthaben", unit_gross_cents=4000, prepaid_minutes=60)
    assert issue().gross_cents == 4000
    assert InvoiceLine.objects.prepaid_seconds_left(customer) == 3600
    make_session(customer, seconds=900)
    invoice = issue()
    assert shape(invoice) == [(LineKind.SESSION, 2, 850), (LineKind.PREPAID, -2, 850)]
    assert InvoiceLine.objects.prepaid_seconds_left(customer) == 2400


def test_what_the_shop_waives_is_shown_with_its_reason(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    session = make_session(make_customer(), seconds=900)
    Session.objects.filter(pk=session.pk).update(
        courtesy_blocks=1, courtesy_reason="Update dauerte lange"
    )
    invoice = issue()
    assert invoice.gross_cents == 850
    assert "Update dauerte lange" in invoice.lines.last().description  # type: ignore[union-attr]


def test_an_item_of_an_earlier_month_comes_with_the_next_run(make_customer: MakeCustomer) -> None:
    make_item(make_customer(), service_date=dt.date(2026, 9, 30))
    later = make_item(make_customer(), service_date=dt.date(2026, 11, 1))
    issue()
    assert list(Item.objects.unbilled()) == [later]


def hint(make_session: MakeSession, customer: Customer, least: int) -> str:
    """Return what the invoice of one session says about its price."""
    Tariff.objects.update(minimum_blocks=least)
    make_session(customer, seconds=300)
    text: str = issue().texts["blocks"]
    return text.replace("\u00a0", " ")


def test_one_block_at_least_is_not_worth_a_word(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    assert "mindestens" not in hint(make_session, make_customer(), 1)


def test_what_is_due_at_least_stands_on_the_invoice(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    said = hint(make_session, make_customer(), 3)
    assert said.endswith("Berechnet werden mindestens 25,50 € (für 30 Minuten).")
    assert Invoice.objects.get().gross_cents == 2550
