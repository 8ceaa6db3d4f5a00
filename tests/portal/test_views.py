"""The public pages and the homes."""

import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from company.models import Company, Tariff
from portal import figures
from technicians.models import User
from tests.personas import LogIn
from tests.shop import make_customer, make_session

NO_BREAK = "\u00a0"


def text_of(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.django_db
class TestPublicPage:
    @pytest.fixture
    def page(self, client: Client) -> str:
        return text_of(client, "/")

    def test_it_is_german_first(self, page: str) -> None:
        assert '<html lang="de">' in page
        assert "Hilfe am PC, ohne auf einen Termin zu warten" in page

    def test_it_names_the_price_with_tax_and_net(self, page: str) -> None:
        assert f"8,50{NO_BREAK}€" in page
        assert f"je angefangene 10 Minuten, inkl. 19 % MwSt. (7,14{NO_BREAK}€ netto)" in page

    def test_the_examples_follow_the_rule_and_not_the_letters_slip(self, page: str) -> None:
        assert "8 Minuten: 1 Takt" in page
        assert "15 Minuten: 2 Takte" in page
        assert f"<strong>17,00{NO_BREAK}€</strong>" in page
        assert "16,00" not in page

    def test_the_number_can_be_dialled(self, page: str) -> None:
        assert 'href="tel:06233326103"' in page

    def test_it_says_what_the_order_is(self, page: str) -> None:
        assert "Mit Nennung von ID und Kennwort beauftragen Sie uns" in page
        assert "Widerrufsrecht" in page

    def test_it_is_open_to_all_and_leads_to_what_the_law_asks(self, page: str) -> None:
        assert 'href="/impressum/"' in page
        assert 'href="/datenschutz/"' in page


def test_the_price_comes_from_the_tariff(client: Client, db: None) -> None:
    Tariff.objects.update(
        first_block_cents=1000, further_block_cents=750, first_block_net_cents=840
    )
    page = text_of(client, "/")
    assert f"10,00{NO_BREAK}€" in page
    assert f"Je weitere angefangene 10 Minuten: 7,50{NO_BREAK}€" in page
    assert f"17,50{NO_BREAK}€" in page


def test_what_is_due_at_least_stands_with_the_price_and_in_the_order(
    client: Client, db: None
) -> None:
    assert "ndestens" not in text_of(client, "/")
    Tariff.objects.update(minimum_blocks=3)
    page = text_of(client, "/")
    least = f"25,50{NO_BREAK}€"
    assert f"Berechnet werden mindestens {least} (für 30 Minuten)" in page
    assert f"je angefangene 10 Minuten, mindestens {least} (für 30 Minuten)" in page
    assert f"<strong>{least}</strong>" in page
    assert "8 Minuten: 3 Takte" in page


def test_without_a_tariff_the_page_still_helps(client: Client, db: None) -> None:
    Tariff.objects.update(valid_from=dt.date(2999, 1, 1))
    page = text_of(client, "/")
    assert "06233-326103" in page
    assert "Was es kostet" not in page


def test_another_shop_sees_its_own_data(client: Client, db: None) -> None:
    Company.objects.update(name="Bits & Bytes", phone="", owner="A. Beispiel")
    assert "Bits &amp; Bytes" in text_of(client, "/")
    assert "tel:" not in text_of(client, "/")
    assert "A. Beispiel" in text_of(client, "/impressum/")


def test_english_is_one_click_away(client: Client, db: None) -> None:
    answer = client.post("/sprache/setlang/", {"language": "en", "next": "/"}, follow=True)
    page = answer.content.decode()
    assert '<html lang="en">' in page
    assert "How it works" in page
    assert "€8.50" in page


@pytest.mark.parametrize("address", ["/impressum/", "/datenschutz/"])
def test_legal_pages_are_open(client: Client, db: None, address: str) -> None:
    assert "Frankenthal" in text_of(client, address)


def test_search_engines_stay_outside(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines[-1] == "Disallow: /"
    assert "Allow: /impressum/" in lines


def test_the_guessed_address_of_the_icon_leads_to_it(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"] == "/static/portal/favicon.svg"


@pytest.fixture
def uploaded(db: None, tmp_path: Path, settings: Settings) -> None:
    """Give the shop a logo."""
    settings.MEDIA_ROOT = tmp_path
    file = io.BytesIO()
    Image.new("RGB", (4, 4), "teal").save(file, "PNG")
    Company.objects.current().logo.save("logo.png", ContentFile(file.getvalue()))


def test_a_shop_without_a_logo_has_none(client: Client, db: None) -> None:
    assert client.get("/firmenlogo/").status_code == 404


def test_the_logo_stands_on_the_page_and_is_sent(client: Client, uploaded: None) -> None:
    assert 'src="/firmenlogo/?' in text_of(client, "/")
    answer = client.get("/firmenlogo/")
    assert answer["Content-Type"] == "image/png"
    assert answer.getvalue().startswith(b"\x89PNG")


def test_a_lost_logo_breaks_no_page(client: Client, uploaded: None) -> None:
    Path(Company.objects.current().logo.path).unlink()
    assert client.get("/firmenlogo/").status_code == 404
    assert client.get("/").status_code == 200


class TestHome:
    def test_anonymous_callers_log_in_first(self, client: Client) -> None:
        assert client.get("/portal/").status_code == 302

    def test_without_a_role_there_is_a_friendly_no(self, outsider: User, log_in: LogIn) -> None:
        answer = log_in(outsider).get("/portal/")
        assert answer.status_code == 403
        assert "noch keine Rolle" in answer.content.decode()

    def test_the_office_cannot_connect(self, office: User, log_in: LogIn) -> None:
        page = text_of(log_in(office), "/portal/")
        assert 'data-testid="connect"' not in page
        assert "Kunden ohne Adresse" in page

    def test_a_technician_sees_no_month(self, technician: User, log_in: LogIn) -> None:
        page = text_of(log_in(technician), "/portal/")
        assert 'data-testid="connect"' in page
        assert 'data-testid="support-id"' in page
        assert "Kunden ohne Adresse" not in page
        assert 'href="/monat/"' not in page

    def test_the_owner_sees_both(self, owner: User, log_in: LogIn) -> None:
        page = text_of(log_in(owner), "/portal/")
        assert 'data-testid="connect"' in page
        assert "Kunden ohne Adresse" in page

    def test_a_technician_sees_only_own_sessions(
        self, technician: User, owner: User, log_in: LogIn
    ) -> None:
        make_session(technician, make_customer("Mayer"))
        make_session(owner, make_customer("Sauer"))
        page = text_of(log_in(technician), "/portal/")
        assert "Mayer" in page
        assert "Sauer" not in page

    def test_the_office_sees_what_stands_in_the_way(
        self, technician: User, office: User, log_in: LogIn
    ) -> None:
        make_session(technician, make_customer("Adresslos", city=""), days_ago=1)
        orphan = make_session(technician)
        page = text_of(log_in(office), "/portal/")
        assert "es fehlt: Ort" in page
        assert f'href="/sitzungen/{orphan.pk}/"' in page

    def test_more_sessions_cost_no_more_queries(
        self, owner: User, log_in: LogIn, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        browser = log_in(owner)
        customer = make_customer("Mayer", city="")
        for _number in range(4):
            make_session(owner, customer)
            make_session(owner)
        # Login session, user, today, recent; totals, twice a list and its count, unbilled
        # before; company.
        with django_assert_num_queries(11):
            browser.get("/portal/")


@pytest.mark.django_db
class TestFigures:
    def test_today_counts_since_midnight_and_only_own(self, technician: User, owner: User) -> None:
        make_session(technician, seconds=60)
        make_session(technician, seconds=700)
        make_session(technician, days_ago=2)
        make_session(owner)
        assert figures.today(technician) == figures.Totals(sessions=2, seconds=760, cents=2550)

    def test_the_overview_of_an_empty_shop_is_empty(self) -> None:
        overview = figures.overview()
        assert overview.totals == figures.Totals(0, 0, 0)
        assert overview.unbilled_before == 0

    def test_earlier_months_are_reminded_of(self, technician: User) -> None:
        make_session(technician, make_customer(), days_ago=40)
        assert figures.overview().unbilled_before == 1
        assert figures.overview().totals.sessions == 0


@pytest.mark.django_db
class TestAppearance:
    def test_the_choice_is_remembered_and_shown(self, client: Client) -> None:
        answer = client.post("/darstellung/", {"appearance": "dark", "next": "/impressum/"})
        assert answer["Location"] == "/impressum/"
        assert 'theme-dark.css">' in text_of(client, "/")
        client.post("/darstellung/", {"appearance": "light"})
        assert "theme-dark.css" not in text_of(client, "/")
        client.post("/darstellung/", {"appearance": "auto"})
        assert 'media="(prefers-color-scheme: dark)"' in text_of(client, "/")

    def test_an_unknown_choice_is_refused(self, client: Client) -> None:
        assert client.post("/darstellung/", {"appearance": "pink"}).status_code == 400

    def test_nobody_is_led_to_another_site(self, client: Client) -> None:
        for target in ("https://example.org/", "//example.org", "javascript:alert(1)"):
            answer = client.post("/darstellung/", {"appearance": "dark", "next": target})
            assert answer["Location"] == "/"


def test_what_is_not_there_is_said_in_the_portals_look(client: Client, db: None) -> None:
    answer = client.get("/gibt-es-nicht/")
    assert answer.status_code == 404
    assert "Diese Seite finden wir nicht" in answer.content.decode()
    assert "portal/theme.css" in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_the_portals_look(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/konto/login/", {})
    assert answer.status_code == 403
    assert "Diese Seite war zu lange offen" in answer.content.decode()
