"""What the pages of support sessions show, and to whom."""

import datetime as dt

from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from company.models import Tariff
from customers.models import Agreement
from sessions.models import Session
from technicians.models import User
from tests.personas import LogIn
from tests.shop import make_customer, make_session

HOSTILE = "<script>alert(1)</script>"


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_an_agent_says_of_itself_stays_text(technician: User, log_in: LogIn) -> None:
    session = make_session(technician)
    waiting = {"state": "waiting", "ended_at": None, "seconds": None, "blocks": None}
    hostile = {
        "agent_hostname": HOSTILE,
        "agent_platform": HOSTILE,
        "notes": f"</textarea>{HOSTILE}",
    }
    Session.objects.filter(pk=session.pk).update(**hostile)
    browser = log_in(technician)
    assert HOSTILE not in text_of(browser, session.get_absolute_url())
    assert HOSTILE not in text_of(browser, "/sitzungen/")
    Session.objects.filter(pk=session.pk).update(**waiting, amount_cents=None)
    live = text_of(browser, "/sitzungen/live/")
    assert HOSTILE not in live
    assert "&lt;script&gt;" in live


def test_the_list_of_those_who_wait_hides_their_ids(technician: User, log_in: LogIn) -> None:
    session = make_session(technician)
    Session.objects.filter(pk=session.pk).update(
        state="waiting",
        technician=None,
        ended_at=None,
        seconds=None,
        blocks=None,
        amount_cents=None,
    )
    live = text_of(log_in(technician), "/sitzungen/live/")
    assert session.masked_support_id in live
    assert str(session) not in live


def test_the_page_tells_time_blocks_price_and_consent(technician: User, log_in: LogIn) -> None:
    session = make_session(technician, make_customer("Mayer"), seconds=900)
    text = text_of(log_in(technician), session.get_absolute_url())
    for part in ("15:00", "17,00\u00a0€", "Einwilligungsbeleg", "Fassung 2026-11", "Mayer"):
        assert part in text
    assert "<dd>2</dd>" in text


def test_the_receipt_names_what_was_promised_at_least_and_what_is_the_customers_own(
    technician: User, log_in: LogIn
) -> None:
    Tariff.objects.update(minimum_blocks=3)
    customer = make_customer("Mayer")
    session = make_session(technician, customer, seconds=60)
    browser = log_in(technician)
    text = text_of(browser, session.get_absolute_url())
    assert "mindestens 25,50\u00a0€ (für 30 Minuten)" in text
    assert "eigenen Preis" not in text
    Agreement.objects.create(
        customer=customer,
        name="Wartung",
        valid_from=timezone.localdate() - dt.timedelta(days=1),
        block_seconds=900,
        first_block_cents=500,
        further_block_cents=400,
    )
    text = text_of(browser, session.get_absolute_url())
    assert "eigenen Preis" in text
    assert "<dd>5,00\u00a0€</dd>" in text


def test_a_colleague_may_read_but_not_change(technician: User, owner: User, log_in: LogIn) -> None:
    colleague = User.objects.create_user("k@example.com", name="Kai", is_technician=True)
    session = make_session(technician)
    text = text_of(log_in(colleague), session.get_absolute_url())
    assert "Notiz speichern" not in text
    assert "Kunden wählen" not in text
    assert "Notiz speichern" in text_of(log_in(owner), session.get_absolute_url())


def test_a_customer_is_chosen_without_a_script(technician: User, log_in: LogIn) -> None:
    customer = make_customer("Mayer")
    session = make_session(technician)
    browser = log_in(technician)
    found = text_of(browser, f"{session.get_absolute_url()}?q=may")
    assert f'name="customer" value="{customer.pk}"' in found
    answer = browser.post(
        f"/sitzungen/{session.pk}/kunde/",
        {"customer": customer.pk},
        headers={"Accept": "text/html"},
    )
    assert "Anderen Kunden wählen" in text_of(browser, answer["Location"])
    session.refresh_from_db()
    assert session.customer == customer


def test_finding_nobody_offers_a_new_customer(technician: User, log_in: LogIn) -> None:
    session = make_session(technician)
    text = text_of(log_in(technician), f"{session.get_absolute_url()}?q=nirgends")
    assert "Niemand gefunden." in text
    assert 'href="/kunden/neu/"' in text


def test_the_list_says_whose_sessions_it_shows(technician: User, log_in: LogIn) -> None:
    customer = make_customer("Mayer")
    make_session(technician, customer)
    make_session(technician, make_customer("Sauer"))
    text = text_of(log_in(technician), f"/sitzungen/?customer={customer.pk}")
    assert "Kunde: <strong>Mayer</strong>" in text
    assert "Sauer" not in text
    assert "1 Sitzung" in text


def test_the_list_takes_as_many_queries_for_many_as_for_few(
    technician: User, log_in: LogIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = log_in(technician)
    for number in range(12):
        make_session(technician, make_customer(f"K{number}"))
    # Login session, user, count, page, technicians to choose from, company.
    with django_assert_num_queries(6):
        browser.get("/sitzungen/")
