"""Pages and answers about sessions: who is refused, what is wrong, what is right."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from agent.protocol import damm
from customers.models import Customer
from sessions import services
from sessions.domain.lifecycle import EndReason, State
from sessions.models import Session
from sessions.services.opening import AgentFacts
from technicians.models import User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
SCRIPT = {"Accept": "application/json"}
BROWSER = {"Accept": "text/html,application/xhtml+xml"}
CHANGES = {"customer": {"customer": ""}, "notes": {"notes": "x"}, "end": {}}


def connect(client: Client, support_id: str) -> tuple[int, dict[str, object]]:
    response = client.post(reverse("sessions:connect"), {"support_id": support_id}, headers=SCRIPT)
    return response.status_code, response.json()


def address(name: str, session: Session) -> str:
    return reverse(f"sessions:{name}", args=[session.pk])


# --- connect ---------------------------------------------------------------------------


def test_connecting_needs_a_log_in(client: Client, waiting: Session) -> None:
    status, answer = connect(client, waiting.support_id)
    assert (status, answer["ok"], answer["code"]) == (401, False, "login")


def test_connecting_needs_the_role(login: Login, office: User, waiting: Session) -> None:
    status, answer = connect(login(office), waiting.support_id)
    assert (status, answer["code"]) == (403, "not-allowed")


def test_connecting_needs_the_csrf_token(technician: User, waiting: Session) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(technician)
    response = client.post(reverse("sessions:connect"), {"support_id": waiting.support_id})
    assert response.status_code == 403
    assert Session.objects.get().state == State.WAITING


def test_connecting_is_not_done_by_a_link(login: Login, technician: User) -> None:
    assert login(technician).get(reverse("sessions:connect")).status_code == 405


@pytest.mark.parametrize("typed", ["", "123", "1" * 5000, "12345678x"])
def test_wrong_digits_are_named(login: Login, technician: User, typed: str) -> None:
    status, answer = connect(login(technician), typed)
    assert (status, answer["code"]) == (400, "wrong-digits")
    assert answer["message"]


def test_an_unknown_id_is_named(login: Login, technician: User) -> None:
    status, answer = connect(login(technician), damm.new_support_id())
    assert (status, answer["code"]) == (404, "unknown-id")


def test_a_busy_session_is_named(login: Login, colleague: User, ordered: Session) -> None:
    status, answer = connect(login(colleague), ordered.support_id)
    assert (status, answer["code"]) == (409, "busy")


def test_after_too_many_tries_it_is_said_when_to_try_again(login: Login, technician: User) -> None:
    client = login(technician)
    unknown = damm.new_support_id()
    for _ in range(10):
        connect(client, unknown)
    response = client.post(reverse("sessions:connect"), {"support_id": unknown})
    assert (response.status_code, response.json()["code"]) == (429, "too-many-attempts")
    assert 1 <= int(response["Retry-After"]) <= 600


def test_a_right_id_leads_to_the_viewer(login: Login, technician: User, waiting: Session) -> None:
    status, answer = connect(login(technician), str(waiting))
    assert (status, answer) == (200, {"ok": True, "url": address("viewer", waiting)})


# --- pages -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["detail", "viewer"])
def test_pages_of_a_session_need_a_log_in(client: Client, ordered: Session, name: str) -> None:
    response = client.get(address(name, ordered))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["list", "live"])
def test_lists_need_a_log_in(client: Client, name: str) -> None:
    assert client.get(reverse(f"sessions:{name}")).status_code == 302


def test_the_viewer_needs_the_role(login: Login, office: User, ordered: Session) -> None:
    assert login(office).get(address("viewer", ordered)).status_code == 403


def test_the_viewer_is_for_the_sessions_own_technician(
    login: Login, colleague: User, ordered: Session
) -> None:
    assert login(colleague).get(address("viewer", ordered)).status_code == 403


def test_the_viewer_of_a_session_that_is_over_leads_to_its_page(
    login: Login, technician: User, ordered: Session
) -> None:
    services.session_end(session=ordered, reason=EndReason.CUSTOMER, at=timezone.now())
    response = login(technician).get(address("viewer", ordered))
    assert (response.status_code, response["Location"]) == (302, ordered.get_absolute_url())


def test_the_viewer_knows_its_socket(login: Login, technician: User, ordered: Session) -> None:
    response = login(technician).get(address("viewer", ordered))
    assert response.status_code == 200
    assert response.context["socket_url"] == f"ws://testserver/ws/relay/1/technician/{ordered.pk}/"


def test_the_page_may_ask_where_its_socket_is_by_now(
    login: Login, technician: User, ordered: Session
) -> None:
    client = login(technician)
    ordered.relay = "another"
    ordered.save()
    answer = client.get(address("line", ordered))
    path = f"/ws/relay/another/technician/{ordered.pk}/"
    assert answer.json() == {"ok": True, "socket": f"ws://testserver{path}"}
    assert "no-store" in answer["Cache-Control"]


def test_nobody_else_learns_where_the_socket_is(
    client: Client, login: Login, colleague: User, office: User, ordered: Session
) -> None:
    refused = [client.get(address("line", ordered))]
    refused += [login(user).get(address("line", ordered)) for user in (colleague, office)]
    assert [answer.status_code for answer in refused] == [401, 403, 403]
    assert all("socket" not in answer.json() for answer in refused)


def test_a_session_that_does_not_exist_is_not_found(login: Login, technician: User) -> None:
    url = reverse("sessions:detail", args=["00000000-0000-4000-8000-000000000000"])
    assert login(technician).get(url).status_code == 404


def test_the_page_of_a_session_shows_time_and_price(
    login: Login, office: User, connected: Session
) -> None:
    services.segment_seen(session=connected, at=timezone.now())
    response = login(office).get(address("detail", connected))
    assert response.status_code == 200
    assert response.context["clock"].blocks == 1
    assert [segment.pk for segment in response.context["segments"]]
    assert response.context["may_change"] is True
    assert response.context["may_view"] is False


def test_a_colleague_may_look_but_not_change(
    login: Login, colleague: User, connected: Session
) -> None:
    response = login(colleague).get(address("detail", connected))
    assert (response.status_code, response.context["may_change"]) == (200, False)


def test_the_page_of_a_session_takes_few_queries(
    login: Login,
    technician: User,
    connected: Session,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = login(technician)
    with django_assert_max_num_queries(6):
        client.get(address("detail", connected))


# --- lists -----------------------------------------------------------------------------


@pytest.fixture
def many(technician: User, customer: Customer) -> list[Session]:
    """Make sixty sessions that a technician came to, with a customer each."""
    found = []
    for _ in range(60):
        facts = AgentFacts("0.1.0", "Debian 12", "pc")
        session = services.session_open(agent=facts, now=timezone.now()).session
        session = services.session_order(
            technician=technician, support_id=session.support_id, address="192.0.2.7"
        )
        services.session_assign_customer(session=session, customer=customer, by=technician)
        found.append(session)
    return found


def test_the_list_comes_in_pages_with_few_queries(
    login: Login,
    technician: User,
    many: list[Session],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = login(technician)
    with django_assert_max_num_queries(6):
        response = client.get(reverse("sessions:list"))
    assert len(response.context["sessions"]) == 50
    second = client.get(reverse("sessions:list"), {"page": "2"})
    assert len(second.context["sessions"]) == 10
    nonsense = client.get(reverse("sessions:list"), {"page": "nonsense"})
    assert nonsense.status_code == 200


def test_the_list_leaves_out_agents_that_only_waited(
    login: Login, office: User, waiting: Session
) -> None:
    response = login(office).get(reverse("sessions:list"))
    assert not response.context["sessions"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, 1),
        ({"state": "connected"}, 1),
        ({"state": "ended"}, 0),
        ({"month": "2020-01"}, 0),
        ({"month": "2026-13"}, 1),
        ({"technician": "0", "customer": "x", "state": "nonsense"}, 1),
    ],
)
def test_the_list_is_narrowed_by_what_can_be_read(
    login: Login, office: User, connected: Session, filters: dict[str, str], expected: int
) -> None:
    response = login(office).get(reverse("sessions:list"), filters)
    assert len(response.context["sessions"]) == expected


def test_the_list_is_narrowed_by_technician_customer_and_month(
    login: Login, office: User, technician: User, customer: Customer, connected: Session
) -> None:
    services.session_assign_customer(session=connected, customer=customer, by=technician)
    filters = {
        "technician": str(technician.pk),
        "customer": str(customer.pk),
        "month": f"{timezone.localdate():%Y-%m}",
    }
    response = login(office).get(reverse("sessions:list"), filters)
    assert [session.pk for session in response.context["sessions"]] == [connected.pk]
    assert response.context["query"].count("=") == 3


def test_the_live_list_is_for_technicians(login: Login, office: User) -> None:
    assert login(office).get(reverse("sessions:live")).status_code == 403


def test_the_live_list_never_shows_the_whole_id_of_a_waiting_agent(
    login: Login, technician: User, waiting: Session
) -> None:
    response = login(technician).get(reverse("sessions:live"))
    page = "".join(response.content.decode().split())
    assert waiting.support_id not in page
    assert response.context["rows"][0].shown_id == waiting.masked_support_id


def test_the_live_list_shows_a_technicians_own_session_in_full(
    login: Login, technician: User, ordered: Session
) -> None:
    (row,) = login(technician).get(reverse("sessions:live")).context["rows"]
    assert (row.shown_id, row.own) == (str(ordered), True)


def test_the_live_list_masks_a_colleagues_session(
    login: Login, colleague: User, ordered: Session
) -> None:
    (row,) = login(colleague).get(reverse("sessions:live")).context["rows"]
    assert (row.shown_id, row.own) == (ordered.masked_support_id, False)


def test_the_live_list_drops_an_agent_that_left(
    login: Login, technician: User, waiting: Session
) -> None:
    services.agent_gone(session=waiting, now=timezone.now())
    assert not login(technician).get(reverse("sessions:live")).context["rows"]


def test_the_live_list_takes_as_many_queries_for_sixty_as_for_one(
    login: Login,
    technician: User,
    many: list[Session],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = login(technician)
    # Login session, user, sessions, their segments, their customers' agreements.
    with django_assert_max_num_queries(5):
        response = client.get(reverse("sessions:live"))
    assert len(response.context["rows"]) == 60


# --- changes ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHANGES)
def test_changes_need_a_log_in(client: Client, ordered: Session, name: str) -> None:
    response = client.post(address(name, ordered), CHANGES[name], headers=SCRIPT)
    assert response.status_code == 401


@pytest.mark.parametrize("name", CHANGES)
def test_a_colleague_may_change_nothing(
    login: Login, colleague: User, ordered: Session, name: str
) -> None:
    response = login(colleague).post(address(name, ordered), CHANGES[name], headers=SCRIPT)
    assert response.status_code == 403
    ordered.refresh_from_db()
    assert (ordered.state, ordered.notes) == (State.CONNECTING, "")


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_not_made_by_a_link(
    login: Login, technician: User, ordered: Session, name: str
) -> None:
    assert login(technician).get(address(name, ordered)).status_code == 405


def test_a_customer_who_does_not_exist_is_named(
    login: Login, technician: User, ordered: Session
) -> None:
    url = address("customer", ordered)
    response = login(technician).post(url, {"customer": "999"}, headers=SCRIPT)
    assert response.status_code == 400
    assert response.json()["code"] == "invalid"
    assert response.json()["message"]


def test_a_customer_is_chosen(
    login: Login, technician: User, customer: Customer, ordered: Session
) -> None:
    url = address("customer", ordered)
    response = login(technician).post(url, {"customer": str(customer.pk)}, headers=SCRIPT)
    shown = {"id": customer.pk, "name": "Anna Weber"}
    assert response.json() == {"ok": True, "customer": shown}


def test_notes_are_kept(login: Login, technician: User, ordered: Session) -> None:
    url = address("notes", ordered)
    response = login(technician).post(url, {"notes": "eins\r\nzwei"}, headers=SCRIPT)
    assert response.json() == {"ok": True, "notes": "eins\nzwei"}


def test_notes_that_are_too_long_are_named(
    login: Login, technician: User, ordered: Session
) -> None:
    url = address("notes", ordered)
    response = login(technician).post(url, {"notes": "x" * 20_001}, headers=SCRIPT)
    assert response.status_code == 400


def test_a_form_of_the_page_leads_back_to_the_page(
    login: Login, office: User, ordered: Session
) -> None:
    url = address("notes", ordered)
    response = login(office).post(url, {"notes": "von Hand"}, headers=BROWSER)
    assert (response.status_code, response["Location"]) == (303, ordered.get_absolute_url())
    response = login(office).post(url, {"notes": "x" * 20_001}, headers=BROWSER)
    assert response.status_code == 303
    ordered.refresh_from_db()
    assert ordered.notes == "von Hand"


@pytest.mark.parametrize(
    ("who", "reason"), [("technician", EndReason.TECHNICIAN), ("office", EndReason.OFFICE)]
)
def test_the_end_from_the_portal_says_who_wanted_it(
    login: Login,
    connected: Session,
    who: str,
    reason: EndReason,
    request: pytest.FixtureRequest,
) -> None:
    services.segment_seen(session=connected, at=timezone.now())
    client = login(request.getfixturevalue(who))
    answer = client.post(address("end", connected), headers=SCRIPT).json()
    assert (answer["ok"], answer["blocks"], answer["cents"]) == (True, 1, 850)
    connected.refresh_from_db()
    assert (connected.state, connected.end_reason) == (State.ENDED, reason)
