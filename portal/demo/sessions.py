"""Demo sessions: ended ones, with segments and notes, on the working days of a month."""

import datetime as dt
import hashlib
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

from django.db import transaction
from django.utils import timezone

from agent.protocol.damm import check_digit
from company.domain.tariff import due_blocks, price_cents
from company.models import Tariff
from customers.models import Customer
from invoices.domain.period import SHOP_ZONE, Month
from portal.demo.customers import shop
from sessions.domain.lifecycle import EndReason, State
from sessions.models import Segment, Session
from technicians.models import User

NAMESPACE = uuid.UUID("6f1d3c1e-5a0b-4a55-9e0e-6d6f64656d6f")
SATURDAY = 5
MINUTES = (4, 6, 7, 8, 9, 11, 12, 14, 16, 18, 19, 22, 25, 28, 33, 38, 45, 58, 74)


@dataclass(frozen=True, slots=True)
class Plan:
    """One session to be made; `kind` is '' or the oddity that the month page should find."""

    key: str
    customer: Customer | None
    kind: str = ""


def sessions_make(
    *, seed: int, month: Month, customers: Sequence[Customer], count: int, users: Sequence[User]
) -> int:
    """Add `count` ended sessions for each customer in a month; return how many are new.

    Sessions that would lie in the future are left out. Three odd ones come on top: one
    without customer, one without connected time, one very long.
    """
    plans = [
        Plan(f"{seed} {month} {place} {number}", customer)
        for place, customer in enumerate(customers)
        for number in range(count)
    ]
    if customers and count:
        plans += [
            Plan(f"{seed} {month} unassigned", None),
            Plan(f"{seed} {month} without time", customers[0], "without time"),
            Plan(f"{seed} {month} very long", customers[-1], "very long"),
        ]
    tariff = Tariff.objects.valid_on(month.first_day)
    technicians = [user for user in users if user.is_technician]
    taken = set(Session.objects.values_list("support_id", flat=True))
    known = set(Session.objects.values_list("pk", flat=True))
    sessions, segments = [], []
    now = timezone.now()
    for plan in plans:
        key = uuid.uuid5(NAMESPACE, plan.key)
        if key in known:
            continue
        chance = random.Random(f"session {plan.key}")  # noqa: S311 - not for secrets
        parts = list(_segments(chance, month, plan.kind))
        if parts[-1][1] > now:
            continue
        session = _session(chance, parts, tariff, _free_id(chance, taken))
        session.pk = key
        session.customer = plan.customer
        session.technician = chance.choice(technicians)
        session.resume_token_hash = hashlib.sha256(key.bytes).hexdigest()
        sessions.append(session)
        segments += [
            Segment(session=session, started_at=start, last_seen_at=end, ended_at=end)
            for start, end in parts
        ]
    with transaction.atomic():
        Session.objects.bulk_create(sessions, batch_size=500)
        Segment.objects.bulk_create(segments, batch_size=500)
    return len(sessions)


def _segments(
    chance: random.Random, month: Month, kind: str
) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Yield start and end of one to three stretches of connected time on a working day."""
    days = [
        month.first_day + dt.timedelta(days=offset)
        for offset in range((month.last_day - month.first_day).days + 1)
    ]
    day = chance.choice([day for day in days if day.weekday() < SATURDAY])
    at = dt.time(chance.randint(8, 16), chance.randint(0, 59), chance.randint(0, 59))
    if kind == "very long":
        at = dt.time(8, 12, 30)
    start = dt.datetime.combine(day, at, SHOP_ZONE).astimezone(dt.UTC)
    seconds = chance.choice(MINUTES) * 60 + chance.randint(-50, 50)
    if kind:
        seconds = 0 if kind == "without time" else 5 * 3600 + 17 * 60
    interruptions = 0 if kind else chance.choice((0, 0, 0, 0, 1, 2))
    cuts = sorted(chance.sample(range(30, max(seconds, 60) - 29), interruptions))
    for begin, end in pairwise((0, *cuts, seconds)):
        finish = start + dt.timedelta(seconds=end - begin)
        yield start, finish
        start = finish + dt.timedelta(seconds=chance.randint(8, 90))


def _session(
    chance: random.Random,
    parts: Sequence[tuple[dt.datetime, dt.datetime]],
    tariff: Tariff,
    support_id: str,
) -> Session:
    lists = shop()
    start, end = parts[0][0], parts[-1][1]
    seconds = sum(int((last - first).total_seconds()) for first, last in parts)
    terms = tariff.terms
    blocks = due_blocks(seconds, terms)
    ordered_at = start - dt.timedelta(seconds=chance.randint(12, 40))
    return Session(
        support_id=support_id,
        state=State.ENDED,
        opened_at=ordered_at - dt.timedelta(seconds=chance.randint(40, 300)),
        ordered_at=ordered_at,
        consented_at=start - dt.timedelta(seconds=chance.randint(2, 8)),
        consent_text_version="demo",
        consented_terms=terms.stored(),
        started_at=start,
        ended_at=end,
        end_reason=chance.choice((EndReason.TECHNICIAN, EndReason.TECHNICIAN, EndReason.CUSTOMER)),
        agent_version="0.1.0",
        agent_platform=chance.choice(lists["systems"]),
        agent_hostname=f"PC-{chance.randint(1, 40):02d}",
        notes=chance.choice(lists["notes"]),
        **asdict(terms),
        seconds=seconds,
        blocks=blocks,
        amount_cents=price_cents(blocks, terms),
    )


def _free_id(chance: random.Random, taken: set[str]) -> str:
    """Return a support ID with its check digit that no session has yet."""
    while True:
        digits = f"{chance.randint(1_000_0000, 9_999_9999)}"
        support_id = digits + check_digit(digits)
        if support_id not in taken:
            taken.add(support_id)
            return support_id
