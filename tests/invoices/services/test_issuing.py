"""Issuing: a draft whose session has changed meanwhile is never written down."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from company.models import Company
from customers.models import Customer
from invoices import services
from invoices.models import Invoice
from invoices.review import unbilled
from invoices.services.drafting import draft_of, shop_of
from invoices.services.issuing import SessionsChangedError, draft_issue
from sessions.models import Session
from sessions.services import SessionBilledError, session_waive
from technicians.models import User
from tests.invoices.conftest import OCTOBER, MakeSession
from tests.invoices.documents.test_pdf import issue

MakeCustomer = Callable[..., Customer]


@pytest.fixture
def session(company: Company, make_customer: MakeCustomer, make_session: MakeSession) -> Session:
    return make_session(make_customer(), seconds=1500)


def test_a_courtesy_after_the_draft_makes_the_draft_void(
    session: Session, company: Company, office: User
) -> None:
    assert session.customer is not None
    draft = draft_of(
        shop=shop_of(company),
        customer=session.customer,
        month=OCTOBER,
        sessions=list(unbilled(OCTOBER).prefetch_related("segments")),
    )
    assert draft is not None
    session_waive(session=session, blocks=1, reason="Treue", by=office)
    with pytest.raises(SessionsChangedError):
        draft_issue(draft)
    assert not Invoice.objects.exists()
    invoice = issue()  # the run looks again
    assert invoice.gross_cents == 1700
    assert invoice.lines.filter(kind="courtesy", gross_cents=-850).count() == 1


def test_what_is_billed_is_waived_no_more_until_the_invoice_is_cancelled(
    session: Session, office: User
) -> None:
    invoice = issue()
    with pytest.raises(SessionBilledError):
        session_waive(session=session, blocks=1, reason="Treue", by=office)
    services.invoice_cancel(invoice=invoice, reason="", by=office)
    assert session_waive(session=session, blocks=1, reason="Treue", by=office).courtesy_blocks == 1


def test_the_office_waives_blocks_on_the_sessions_page(
    session: Session, office: User, technician: User, login: Callable[[User], Client]
) -> None:
    address = reverse("sessions:courtesy", args=[session.pk])
    wanted = {"blocks": "2", "reason": "Treue"}
    assert Client().post(address, wanted).status_code == 302
    client = login(technician)
    assert client.post(address, wanted).status_code == 403
    assert address not in client.get(session.get_absolute_url()).content.decode()
    client = login(office)
    assert client.get(address).status_code == 405
    assert address in client.get(session.get_absolute_url()).content.decode()
    for wrong in ({"blocks": "4"}, {"blocks": "-1"}, {"blocks": "x"}, {"reason": " "}):
        answer = client.post(address, wanted | wrong)
        assert answer.status_code == 422
        assert "is-invalid" in answer.content.decode()
    page = client.post(address, wanted, follow=True).content.decode()
    assert 'data-testid="courtesy"' in page
    session.refresh_from_db()
    assert (session.courtesy_blocks, session.courtesy_reason) == (2, "Treue")
    issue()
    page = client.post(address, {"blocks": "0", "reason": ""}, follow=True).content.decode()
    assert "alert-error" in page
    assert address not in page
    session.refresh_from_db()
    assert session.courtesy_blocks == 2


def test_the_sessions_page_offers_its_invoice_at_once_to_the_office_only(
    session: Session, office: User, technician: User, login: Callable[[User], Client]
) -> None:
    address = reverse("invoices:session", args=[session.pk])
    assert address not in login(technician).get(session.get_absolute_url()).content.decode()
    assert address in login(office).get(session.get_absolute_url()).content.decode()
    issue()
    assert address not in login(office).get(session.get_absolute_url()).content.decode()
