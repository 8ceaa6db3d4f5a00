"""A believable shop, the same each time."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from agent.protocol.damm import is_complete
from company.domain.tariff import price_cents, started_blocks
from company.models import Company
from customers.models import Customer, NumberCounter
from invoices.domain.period import Month
from sessions.domain.ledger import connected_time
from sessions.models import Segment, Session
from technicians.models import User

pytestmark = pytest.mark.django_db
OCTOBER = Month(2026, 10)


@pytest.fixture(autouse=True)
def demo_file(settings: Any) -> Iterator[Path]:
    settings.DEMO_ALLOWED = True
    yield settings.DEMO_FILE
    settings.DEMO_FILE.unlink(missing_ok=True)


def demo_data(*arguments: str) -> str:
    output = io.StringIO()
    call_command("demo_data", *arguments, stdout=output)
    return output.getvalue()


def everything() -> tuple[list[Any], ...]:
    return (
        list(Customer.objects.order_by("pk").values_list("number", "company_name", "street")),
        list(Session.objects.order_by("pk").values()),
        list(Segment.objects.order_by("pk").values()),
    )


@pytest.mark.parametrize(
    "arguments", [["--month", "2026-13"], ["--customers", "-1"], ["--sessions", "many"]]
)
def test_nonsense_is_refused_with_a_sentence(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="is not a"):
        demo_data(*arguments)


def test_no_log_in_is_made_where_outsiders_could_use_it(settings: Any, demo_file: Path) -> None:
    settings.DEMO_ALLOWED = False
    assert "Demo log-in" not in demo_data("--customers", "2")
    assert not demo_file.exists()
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_the_log_ins_are_printed_and_work(demo_file: Path) -> None:
    found = dict(re.findall(r"^Demo log-in: (\S+) (\S+)$", demo_data(), re.MULTILINE))
    assert set(found) == {"techniker@example.com", "buero@example.com"}
    for email, password in found.items():
        user = User.objects.get(email=email)
        assert user.check_password(password)
    assert demo_file.stat().st_mode & 0o077 == 0
    assert User.objects.get(email="techniker@example.com").is_technician
    assert User.objects.get(email="buero@example.com").is_office
    assert authenticate(email="mehmet@example.com", password="") is None


def test_a_given_password_is_used() -> None:
    assert "Demo log-in: buero@example.com Geheim-4711" in demo_data("--password", "Geheim-4711")


def test_a_second_run_changes_nothing() -> None:
    first = demo_data("--month", "2026-10")
    before = everything()
    second = demo_data("--month", "2026-10")
    assert everything() == before
    log_in = re.compile(r"^Demo log-in: .*$", re.MULTILINE)
    assert log_in.findall(first) == log_in.findall(second)


def test_another_seed_is_another_shop_beside_the_first() -> None:
    demo_data("--month", "2026-10", "--customers", "5")
    demo_data("--month", "2026-10", "--customers", "5", "--seed", "2")
    assert Customer.objects.count() == 10
    assert NumberCounter.objects.get().last == Customer.objects.latest("number").number


def test_the_shop_can_write_invoices_and_is_left_alone_where_it_is_complete() -> None:
    Company.objects.update(tax_number="12/345/67890")
    demo_data("--customers", "1")
    company = Company.objects.current()
    assert company.tax_number == "12/345/67890"
    assert company.iban


def test_sessions_are_what_the_portal_itself_would_have_written() -> None:
    demo_data("--month", "2026-10", "--customers", "10", "--sessions", "4")
    sessions = Session.objects.prefetch_related("segments")
    assert sessions.filter(customer__isnull=False).count() == 10 * 4 + 2
    for session in sessions:
        assert is_complete(session.support_id)
        assert session.started_at is not None
        assert Month.of(session.started_at) == OCTOBER
        segments = list(session.segments.all())
        seconds = connected_time(segment.stretch for segment in segments).total_seconds()
        assert seconds == session.seconds
        assert session.blocks == started_blocks(session.seconds, session.block_seconds)
        assert session.amount_cents == price_cents(session.blocks, session.terms)
        assert (segments[0].started_at, segments[-1].ended_at) == (
            session.started_at,
            session.ended_at,
        )


def test_there_is_something_odd_to_find() -> None:
    demo_data("--month", "2026-10")
    assert [bool(c.missing_for_invoice) for c in Customer.objects.all()].count(True) == 1
    assert Session.objects.filter(customer__isnull=True).count() == 1
    assert Session.objects.filter(seconds=0).count() == 1


def test_no_session_lies_in_the_future() -> None:
    assert "0 new sessions" in demo_data("--month", "2999-01")
