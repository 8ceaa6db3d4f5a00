"""The audit log: only ever added to, and every change is found."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from company import audit
from company.models import AuditEntry, AuditHead
from company.querysets import AppendOnlyError
from technicians.models import User
from tests.flush import triggers_aside


@pytest.fixture
def three_entries(db: None) -> list[AuditEntry]:
    return [
        audit.record("session.ordered", actor=None, subject=f"session {n}", details={"blocks": n})
        for n in (1, 2, 3)
    ]


def test_an_entry_that_exists_cannot_be_saved_again(three_entries: list[AuditEntry]) -> None:
    three_entries[1].subject = "session 9"
    with pytest.raises(AppendOnlyError):
        three_entries[1].save()


def test_an_entry_cannot_be_deleted(three_entries: list[AuditEntry]) -> None:
    with pytest.raises(AppendOnlyError):
        three_entries[1].delete()
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.all().delete()


def test_entries_cannot_be_updated_in_bulk(three_entries: list[AuditEntry]) -> None:
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.update(subject="")
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.bulk_update(three_entries, ["subject"])
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.bulk_create([AuditEntry(number=9)])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE company_auditentry SET subject = 'x' WHERE number = 2",
        "DELETE FROM company_auditentry WHERE number = 2",
    ],
)
def test_the_database_refuses_who_goes_around_the_model(
    three_entries: list[AuditEntry], statement: str
) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert list(audit.verify()) == []


def test_a_network_address_is_refused(db: None) -> None:
    for address in ("192.0.2.7", "2001:db8::7"):
        with pytest.raises(ValueError, match="No network addresses"):
            audit.record("login.refused", actor=None, subject="x", details={"from": address})
    assert not AuditEntry.objects.exists()


def test_nothing_is_recorded_when_the_callers_transaction_fails(db: None) -> None:
    def order() -> None:
        with transaction.atomic():
            audit.record("session.ordered", actor=None, subject="session 1", details={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        order()
    assert not AuditEntry.objects.exists()
    assert AuditHead.objects.get().number == 0


def test_an_empty_log_is_whole(db: None) -> None:
    assert list(audit.verify()) == []


def test_who_did_it_and_what_are_kept(db: None) -> None:
    user = User.objects.create_user("office@example.com", name="Office")
    audit.record("export.made", actor=user, subject="month 2026-10", details={"files": 12})
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.subject, entry.details) == (user, "month 2026-10", {"files": 12})
    assert list(audit.verify()) == []


@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        ("UPDATE company_auditentry SET subject = 'x' WHERE number = 2", [(2, "was changed")]),
        ("DELETE FROM company_auditentry WHERE number = 2", [(2, "missing up to 2")]),
        ("DELETE FROM company_auditentry WHERE number = 3", [(2, "the chain should end at 3")]),
        (
            "UPDATE company_auditentry SET number = 4 WHERE number = 3",
            [(3, "missing up to 3"), (4, "was changed"), (4, "the chain should end at 3")],
        ),
    ],
)
def test_tampering_past_the_triggers_is_found(
    three_entries: list[AuditEntry], statement: str, faults: list[tuple[int, str]]
) -> None:
    with triggers_aside(connection), connection.cursor() as cursor:
        cursor.execute(statement)
    assert [(fault.number, fault.reason) for fault in audit.verify()] == faults


def test_the_command_names_the_broken_entry_and_fails(
    three_entries: list[AuditEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_audit")
    assert "whole: 3 entries" in capsys.readouterr().out
    with triggers_aside(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE company_auditentry SET action = 'x' WHERE number = 1")
    with pytest.raises(CommandError, match="broken in 1 places"):
        call_command("verify_audit")
    assert "#1: was changed" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_the_flush_between_tests_leaves_the_triggers_on() -> None:
    audit.record("session.ordered", actor=None, subject="session 1", details={})
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM company_auditentry")


class AnyTextIsKept(TestCase):
    """Hostile names come from agents: every text is stored and verifies."""

    @given(st.text(st.characters(), max_size=600), st.integers(-(2**70), 2**70))
    def test_whatever_the_text_the_chain_stays_whole(self, text: str, number: int) -> None:
        audit.record("session.opened", actor=None, subject=text, details={"n": number})
        assert list(audit.verify()) == []


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain() -> None:
    def record_some(who: int) -> None:
        try:
            for n in range(5):
                with transaction.atomic():
                    audit.record("x.y", actor=None, subject=f"{who}", details={"n": n})
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(record_some, range(4)))
    assert AuditEntry.objects.count() == 20
    assert list(audit.verify()) == []
