"""The service record after the invoice: in the one file, complete, and as it was on the day."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext

from company.domain.tariff import Terms
from company.models import Company
from customers.models import Agreement, Customer
from invoices import services
from invoices.archive import read_archived
from invoices.documents.facturx import embedded_xml
from invoices.documents.pdf import render_invoice
from invoices.domain.record import restored
from invoices.einvoice.cii import issued_xml
from invoices.models import Invoice, ServiceRecord
from invoices.querysets import IssuedIsFinalError
from invoices.verification import verify
from sessions.domain.credentials import grouped
from sessions.domain.lifecycle import EndReason
from sessions.models import Segment, Session
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.documents.test_pdf import issue

MakeCustomer = Callable[..., Customer]
START = dt.datetime(2026, 10, 5, 8, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def shop(company: Company) -> Company:
    return company


@pytest.fixture
def customer(make_customer: MakeCustomer) -> Customer:
    return make_customer(wants_service_record=True)


def interrupted(make_session: MakeSession, customer: Customer, **fields: Any) -> Session:
    """Return a session of 15 minutes with a minute and a half in between that do not count."""
    session = make_session(
        customer,
        START,
        seconds=900,
        ordered_at=START - dt.timedelta(seconds=95),
        consented_at=START - dt.timedelta(seconds=12),
        consent_text_version="2026-1",
        end_reason=EndReason.CUSTOMER,
        **fields,
    )
    session.segments.all().delete()
    for start, seconds in ((0, 300), (390, 600)):
        begin = START + dt.timedelta(seconds=start)
        end = begin + dt.timedelta(seconds=seconds)
        Segment.objects.create(session=session, started_at=begin, last_seen_at=end, ended_at=end)
    return session


def pages(content: bytes) -> list[str]:
    return [
        " ".join(page.extract_text().replace("\N{NO-BREAK SPACE}", " ").split())
        for page in pypdf.PdfReader(io.BytesIO(content)).pages
    ]


def test_nobody_gets_it_who_did_not_wish_for_it(
    make_customer: MakeCustomer, make_session: MakeSession
) -> None:
    make_session(make_customer(), START)
    assert len(pages(read_archived(issue().archived_file))) == 1
    assert not ServiceRecord.objects.exists()


def test_a_record_is_never_changed_nor_added_later(
    customer: Customer, make_session: MakeSession, make_customer: MakeCustomer
) -> None:
    make_session(customer, START)
    make_session(make_customer(), START)
    issue()
    record = ServiceRecord.objects.get()
    with pytest.raises(IssuedIsFinalError):
        record.save()
    for statement in (
        "UPDATE invoices_servicerecord SET sessions = '[]'",
        "DELETE FROM invoices_servicerecord",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    other = Invoice.objects.exclude(pk=record.pk).get()
    with pytest.raises(DatabaseError), transaction.atomic():
        ServiceRecord.objects.create(invoice=other, sessions=[])


def test_it_says_all_that_is_kept_of_a_session(
    customer: Customer, make_session: MakeSession
) -> None:
    interrupted(make_session, customer, courtesy_blocks=1, courtesy_reason="Rückfrage")
    invoice = issue()
    first, annex = pages(read_archived(invoice.archived_file))
    assert gettext("Annex: service record of the support sessions") in first
    for part in (
        invoice.number,
        "05.10.2026",
        "10:00:00 – 10:16:30",
        "Tina Technik",
        "15:00",
        "10:05:00 – 10:06:30 (1:30)",
        "8,50 €",
        "19 %",
        "Rückfrage",
        "09:58:25",
        "09:59:48",
        "2026-1",
    ):
        assert part in annex, part


def test_an_agreement_stands_beside_the_price_on_the_screen(
    customer: Customer, make_session: MakeSession
) -> None:
    Agreement.objects.create(
        customer=customer,
        name="Vertrag",
        valid_from=dt.date(2026, 1, 1),
        block_seconds=300,
        first_block_cents=300,
        further_block_cents=300,
    )
    make_session(customer, START, seconds=900)
    (_first, annex) = pages(read_archived(issue().archived_file))
    assert "8,50 €" in annex
    assert "3,00 €" in annex
    (record,) = restored(ServiceRecord.objects.get().sessions)
    assert (record.blocks, record.promised.first_block_cents) == (3, 850)


@pytest.mark.parametrize(
    ("shown_cents", "said"),
    [(850, "Preis laut Tarif"), (300, "Preis laut Ihrer Vereinbarung"), (400, "4,00 €")],
)
def test_it_says_which_price_stood_on_the_screen_at_the_consent(
    customer: Customer, make_session: MakeSession, shown_cents: int, said: str
) -> None:
    Agreement.objects.create(
        customer=customer,
        name="Vertrag",
        valid_from=dt.date(2026, 1, 1),
        block_seconds=600,
        first_block_cents=300,
        further_block_cents=300,
    )
    session = make_session(customer, START, consented_at=START)
    shown = replace(session.terms, first_block_cents=shown_cents, further_block_cents=shown_cents)
    if shown_cents == 300:
        agreed = session.agreed_terms
        assert agreed is not None
        shown = agreed
    Session.objects.update(consented_terms=shown.stored())
    (_first, annex) = pages(read_archived(issue().archived_file))
    assert "auf Ihrem Bildschirm" in annex
    assert said in annex


def test_a_record_of_before_says_nothing_of_the_screen(
    customer: Customer, make_session: MakeSession
) -> None:
    make_session(customer, START, consented_at=START)
    (_first, annex) = pages(read_archived(issue().archived_file))
    assert "auf Ihrem Bildschirm" not in annex
    rows = ServiceRecord.objects.get().sessions
    del rows[0]["shown"]
    assert restored(rows)[0].shown is None


def test_two_prices_and_a_minimum_are_said(customer: Customer, make_session: MakeSession) -> None:
    terms = Terms(600, 850, 750, Decimal(19), minimum_blocks=2)
    make_session(customer, START, seconds=60, terms=terms)
    annex = pages(read_archived(issue().archived_file))[-1]
    assert "7,50 €" in annex


def test_it_is_a_part_of_the_one_file_and_the_same_each_time(
    customer: Customer, make_session: MakeSession
) -> None:
    interrupted(make_session, customer)
    invoice = issue()
    content = read_archived(invoice.archived_file)
    assert embedded_xml(content) == issued_xml(invoice)
    assert list(verify()) == []
    customer.wants_service_record = False
    customer.save()
    Session.objects.update(notes="später")
    assert render_invoice(Invoice.objects.get(pk=invoice.pk)) == content


@pytest.mark.parametrize(
    ("language", "summer", "winter"), [("de", "MESZ", "MEZ"), ("en", "CEST", "CET")]
)
def test_a_session_across_the_end_of_summer_time_tells_its_hours_apart(
    make_customer: MakeCustomer,
    make_session: MakeSession,
    language: str,
    summer: str,
    winter: str,
) -> None:
    customer = make_customer(wants_service_record=True, language=language)
    start = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    session = make_session(customer, start, seconds=3600, consented_at=start)
    # The hour that comes twice, in every place of both pages.
    pause = start + dt.timedelta(minutes=20)
    session.segments.update(last_seen_at=pause, ended_at=pause)
    last = start + dt.timedelta(hours=1)
    Segment.objects.create(
        session=session,
        started_at=pause + dt.timedelta(minutes=1),
        last_seen_at=last,
        ended_at=last,
    )
    Session.objects.update(seconds=3540)
    first, annex = pages(read_archived(issue().archived_file))
    assert f"02:30 {summer} – 02:30 {winter}" in first
    assert f"02:30:00 {summer} – 02:30:00 {winter}" in annex
    assert f"02:50:00 {summer} – 02:51:00 {summer}" in annex
    assert annex.count(summer) == 4


def test_hostile_names_stay_text(customer: Customer, make_session: MakeSession) -> None:
    session = make_session(customer, START, courtesy_blocks=1, courtesy_reason="<b>&amp;")
    assert session.technician is not None
    User.objects.filter(pk=session.technician.pk).update(name="<script>x</script>")
    (_first, annex) = pages(read_archived(issue().archived_file))
    assert "<script>x</script>" in annex
    assert "<b>&amp;" in annex


def test_a_cancellation_has_none_and_the_corrected_invoice_a_new_one(
    customer: Customer, make_session: MakeSession, office: User
) -> None:
    make_session(customer, START)
    cancellation = services.invoice_cancel(invoice=issue(), reason="", by=office)
    assert not ServiceRecord.objects.filter(invoice=cancellation).exists()
    again = issue()
    assert again.kind == Invoice.Kind.INVOICE
    assert ServiceRecord.objects.filter(invoice=again).exists()


def test_many_sessions_take_pages_of_their_own_with_their_heads(
    customer: Customer, make_session: MakeSession
) -> None:
    for number in range(40):
        make_session(customer, OCTOBER.start + dt.timedelta(hours=6 * number))
    texts = pages(read_archived(issue().archived_file))
    ids = Session.objects.values_list("support_id", flat=True)
    found = [grouped(each) for each in ids if any(grouped(each) in text for text in texts)]
    assert len(found) == 40
    assert sum(gettext("Order and consent") in text for text in texts) >= 3
