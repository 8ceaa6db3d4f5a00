"""From the typed ID to the customer's answer."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone, translation

from agent.protocol import damm
from company.models import AuditEntry
from sessions import attempts, services
from sessions.domain.lifecycle import EndReason, State
from sessions.models import Session
from sessions.services import SessionRefused
from technicians.models import User

pytestmark = pytest.mark.django_db
ADDRESS = "192.0.2.7"


def refusal(technician: User, support_id: str, address: str = ADDRESS) -> SessionRefused:
    with pytest.raises(SessionRefused) as refused:
        services.session_order(technician=technician, support_id=support_id, address=address)
    return refused.value


def unknown_id(waiting: Session) -> str:
    digits = waiting.support_id
    while Session.objects.filter(support_id=digits).exists():
        digits = damm.new_support_id()
    return digits


def test_the_office_alone_may_not_order(office: User, waiting: Session) -> None:
    assert refusal(office, waiting.support_id).code == "not-allowed"


def test_a_technician_who_left_the_shop_may_not_order(technician: User, waiting: Session) -> None:
    technician.is_active = False
    assert refusal(technician, waiting.support_id).code == "not-allowed"


def test_wrong_digits_are_found_before_a_try_is_spent(technician: User, waiting: Session) -> None:
    wrong = waiting.support_id[:-1] + str((int(waiting.support_id[-1]) + 1) % 10)
    for _ in range(100):
        assert refusal(technician, wrong).code == "wrong-digits"
    services.session_order(technician=technician, support_id=waiting.support_id, address=ADDRESS)


def test_unknown_ids_are_counted_until_the_limit_says_when_to_try_again(
    technician: User, waiting: Session
) -> None:
    unknown = unknown_id(waiting)
    codes = [refusal(technician, unknown).code for _ in range(10)]
    assert codes == ["unknown-id"] * 10
    limit = refusal(technician, unknown)
    assert limit.code == "too-many-attempts"
    assert limit.retry_after is not None
    assert 1 <= limit.retry_after <= attempts.WINDOW_SECONDS


def test_a_reached_limit_hides_even_a_right_id(technician: User, waiting: Session) -> None:
    for _ in range(30):
        attempts.count_failure(attempts.Attempt(technician.pk, damm.new_support_id(), ADDRESS))
    assert refusal(technician, waiting.support_id).code == "too-many-attempts"
    assert Session.objects.get().state == State.WAITING


def test_the_refusal_is_said_in_the_technicians_language(
    technician: User, waiting: Session
) -> None:
    with translation.override("en"):
        assert "digit by digit" in refusal(technician, "123").message


def test_an_agent_that_is_gone_is_unknown(technician: User, waiting: Session) -> None:
    long_ago = timezone.now() - dt.timedelta(minutes=11)
    services.agent_gone(session=waiting, now=long_ago)
    assert refusal(technician, waiting.support_id).code == "unknown-id"


def test_a_session_that_is_over_is_unknown(technician: User, connected: Session) -> None:
    services.session_end(session=connected, reason=EndReason.CUSTOMER, at=timezone.now())
    assert refusal(technician, connected.support_id).code == "unknown-id"


@pytest.mark.parametrize("stage", ["ordered", "asking", "connected"])
def test_a_second_technician_hears_that_it_is_busy(
    stage: str, colleague: User, request: pytest.FixtureRequest
) -> None:
    session: Session = request.getfixturevalue(stage)
    assert refusal(colleague, session.support_id).code == "busy"


def test_a_colleague_may_take_over_when_the_agent_waits_again(
    ordered: Session, colleague: User
) -> None:
    services.session_unpair(session=ordered)
    taken = services.session_order(
        technician=colleague, support_id=ordered.support_id, address=ADDRESS
    )
    assert (taken.technician, taken.state) == (colleague, State.CONNECTING)
    assert taken.ordered_at != ordered.ordered_at


def test_the_order_is_kept_with_its_moment_and_in_the_audit_log(
    technician: User, waiting: Session
) -> None:
    before = timezone.now()
    typed = f" {waiting.support_id[:3]} {waiting.support_id[3:6]}-{waiting.support_id[6:]} "
    session = services.session_order(technician=technician, support_id=typed, address=ADDRESS)
    assert session.ordered_at is not None
    assert before <= session.ordered_at <= timezone.now()
    entry = AuditEntry.objects.get(action="session.ordered")
    assert (entry.actor, entry.subject) == (technician, f"session {session.pk}")
    assert ADDRESS not in str(entry.details)


def test_coming_back_to_a_session_is_no_new_order(technician: User, connected: Session) -> None:
    services.segment_end(session=connected)
    again = services.session_order(
        technician=technician, support_id=connected.support_id, address=ADDRESS
    )
    assert again.state == State.PAUSED
    assert again.ordered_at == connected.ordered_at
    assert AuditEntry.objects.filter(action="session.ordered").count() == 1


def test_the_consent_is_kept_once_with_its_text_and_price(asking: Session) -> None:
    assert asking.shown_terms is None
    first = timezone.now()
    services.session_consent(session=asking, text_version="1", terms=asking.terms, at=first)
    later = first + dt.timedelta(minutes=5)
    other = replace(asking.terms, first_block_cents=1)
    session = services.session_consent(session=asking, text_version="2", terms=other, at=later)
    assert (session.consented_at, session.consent_text_version) == (first, "1")
    assert session.shown_terms == asking.terms
    entry = AuditEntry.objects.get(action="session.consented")
    assert entry.details == {"text": "version 1", "price": "tariff"}


def test_a_consent_to_the_price_of_their_own_is_told_from_one_to_the_tariff(
    asking: Session,
) -> None:
    own = replace(asking.terms, first_block_cents=500, further_block_cents=500)
    services.session_consent(session=asking, text_version="1", terms=own, at=timezone.now())
    session = Session.objects.get(pk=asking.pk)
    assert session.shown_terms == own
    assert session.terms != own
    assert AuditEntry.objects.get(action="session.consented").details["price"] == "agreed"


def test_a_consent_version_that_looks_like_an_address_does_not_break_the_audit_log(
    asking: Session,
) -> None:
    services.session_consent(
        session=asking, text_version="10.0.0.1", terms=asking.terms, at=timezone.now()
    )
    assert AuditEntry.objects.filter(action="session.consented").exists()


def test_a_consent_after_the_end_counts_for_nothing(asking: Session) -> None:
    services.session_end(session=asking, reason=EndReason.REFUSED, at=timezone.now())
    session = services.session_consent(
        session=asking, text_version="1", terms=asking.terms, at=timezone.now()
    )
    assert session.consented_at is None


def test_leaving_before_the_first_picture_lets_the_agent_wait_again(asking: Session) -> None:
    assert services.session_unpair(session=asking).state == State.WAITING


def test_leaving_after_the_first_picture_does_not(connected: Session) -> None:
    assert services.session_unpair(session=connected).state == State.CONNECTED


def test_a_reloaded_page_connects_again_without_a_new_order(ordered: Session) -> None:
    services.session_unpair(session=ordered)
    session = services.technician_there(session=ordered, now=timezone.now())
    assert session.state == State.CONNECTING
    assert services.session_asking(session=session).state == State.ASKING
