"""A shop that may write invoices, its people, customers and ended sessions."""

import datetime as dt
import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.conf import settings
from django.test import Client

from agent.protocol.damm import check_digit
from company.domain.tariff import Terms, due_blocks, price_cents
from company.models import Company, Tariff
from customers.models import Customer
from invoices.documents import pdf
from invoices.domain.period import Month
from sessions.domain.lifecycle import EndReason, State
from sessions.models import Segment, Session
from technicians.models import User
from tests.mail_server import Mailbox, mail_server

NUMBERS = itertools.count(1)
OCTOBER = Month(2026, 10)


class MakeSession(Protocol):
    """How the fixture `make_session` is called."""

    def __call__(
        self,
        customer: Customer | None,
        start: dt.datetime = ...,
        *,
        seconds: int = ...,
        terms: Terms | None = None,
        **fields: Any,
    ) -> Session: ...


@pytest.fixture(autouse=True)
def archive() -> Iterator[Path]:
    """Return the empty archive folder; what a test put there goes with it."""
    folder = Path(settings.ARCHIVE_DIR)
    yield folder
    for path in (settings.ARCHIVE_DIR, settings.EXPORT_DIR):
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """Run a mail server, to which the portal sends."""
    with mail_server() as (mailbox, port):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_USE_TLS = False
        settings.DEFAULT_FROM_EMAIL = "DIBUC <rechnung@example.com>"
        yield mailbox


@pytest.fixture
def warm() -> None:
    """Cut and load the fonts before a test limits what can be written."""
    pdf.warm_up()


@pytest.fixture
def company(db: None) -> Company:
    """Return the shop with all that sec. 14 UStG asks for, and a bank account."""
    company = Company.objects.current()
    company.tax_number = "27/650/01234"
    company.iban, company.bic = "DE02120300000000202051", "BYLADEM1001"
    company.email = "info@example.com"
    company.save()
    return company


@pytest.fixture
def technician(db: None) -> User:
    return User.objects.create_user("tech@example.com", name="Tina Technik", is_technician=True)


@pytest.fixture
def office(db: None) -> User:
    return User.objects.create_user("office@example.com", name="Olga Office", is_office=True)


@pytest.fixture
def login(client: Client) -> Callable[[User], Client]:
    """Return a function that logs somebody in."""

    def log_in(user: User) -> Client:
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def make_customer(db: None) -> Callable[..., Customer]:
    """Return a function that makes a customer with a complete address."""

    def make(**fields: Any) -> Customer:
        number = 10_000 + next(NUMBERS)
        values = {
            "number": number,
            "salutation": "Frau",
            "first_name": "Anna",
            "last_name": f"Müller{number}",
            "street": "Ahornweg 3",
            "postcode": "67227",
            "city": "Frankenthal",
        }
        return Customer.objects.create(**(values | fields))

    return make


@pytest.fixture
def make_session(technician: User) -> MakeSession:
    """Return a function that makes an ended session with one segment."""

    def make(
        customer: Customer | None,
        start: dt.datetime = dt.datetime(2026, 10, 5, 8, 0, tzinfo=dt.UTC),
        *,
        seconds: int = 492,
        terms: Terms | None = None,
        **fields: Any,
    ) -> Session:
        terms = terms or Tariff.objects.valid_on(dt.date(2026, 10, 1)).terms
        number = next(NUMBERS)
        digits = f"{number:08d}"
        blocks = due_blocks(seconds, terms)
        end = start + dt.timedelta(seconds=seconds)
        values = {
            "support_id": digits + check_digit(digits),
            "state": State.ENDED,
            "technician": technician,
            "customer": customer,
            "opened_at": start,
            "started_at": start,
            "ended_at": end,
            "end_reason": EndReason.TECHNICIAN,
            "resume_token_hash": f"{number:064d}",
            **asdict(terms),
            "seconds": seconds,
            "blocks": blocks,
            "amount_cents": price_cents(blocks, terms),
        }
        session = Session.objects.create(**(values | fields))
        Segment.objects.create(session=session, started_at=start, last_seen_at=end, ended_at=end)
        return session

    return make
