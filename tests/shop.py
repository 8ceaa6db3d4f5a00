"""Customers and support sessions as the tests of pages need them."""

import datetime as dt
import itertools
from dataclasses import asdict

from django.utils import timezone

from company.domain.tariff import due_blocks, price_cents
from company.models import Tariff
from customers.models import Customer
from customers.services import customer_create
from sessions.domain.credentials import new_support_id
from sessions.domain.lifecycle import EndReason, State
from sessions.models import Segment, Session
from technicians.models import User

numbers = itertools.count(1)


def make_customer(last_name: str = "Mayer", **fields: object) -> Customer:
    """Return a customer with a whole address, apart from what `fields` says."""
    address = {"street": "Bahnhofstraße 1", "postcode": "67227", "city": "Frankenthal"}
    return customer_create(fields={"last_name": last_name, **address, **fields})


def make_session(
    technician: User, customer: Customer | None = None, *, seconds: int = 480, days_ago: int = 0
) -> Session:
    """Return an ended session of `seconds` connected time, in one segment."""
    end = timezone.now() - dt.timedelta(days=days_ago)
    start = end - dt.timedelta(seconds=seconds)
    terms = Tariff.objects.current().terms
    blocks = due_blocks(seconds, terms)
    session = Session.objects.create(
        support_id=new_support_id(),
        state=State.ENDED,
        technician=technician,
        customer=customer,
        opened_at=start - dt.timedelta(minutes=3),
        ordered_at=start - dt.timedelta(minutes=1),
        consented_at=start - dt.timedelta(seconds=20),
        consented_terms=terms.stored(),
        consent_text_version="2026-11",
        started_at=start,
        ended_at=end,
        end_reason=EndReason.CUSTOMER,
        agent_hostname="buero-pc",
        agent_platform="Debian 12",
        resume_token_hash=f"{next(numbers):064}",
        **asdict(terms),
        seconds=seconds,
        blocks=blocks,
        amount_cents=price_cents(blocks, terms),
    )
    Segment.objects.create(session=session, started_at=start, last_seen_at=end, ended_at=end)
    return session
