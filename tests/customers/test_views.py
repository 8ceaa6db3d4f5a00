"""The pages and answers about customers."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer
from technicians.models import User
from tests.personas import LogIn
from tests.shop import make_customer, make_session

FORM = {
    "kind": "consumer",
    "last_name": "Mayer",
    "street": "Bahnhofstraße 1",
    "postcode": "67227",
    "city": "Frankenthal",
    "country": "DE",
}
SCRIPT = {"Accept": "application/json"}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/kunden/", "/kunden/neu/", "/kunden/suche/?q=a"])
class TestRefused:
    def test_anonymous(self, client: Client, address: str) -> None:
        assert client.get(address).status_code == 302

    def test_without_a_role(self, outsider: User, log_in: LogIn, address: str) -> None:
        assert log_in(outsider).get(address).status_code == 403

    def test_deactivated(self, deactivated: User, log_in: LogIn, address: str) -> None:
        assert log_in(deactivated).get(address).status_code == 302

    def test_let_in(self, technician: User, office: User, log_in: LogIn, address: str) -> None:
        assert log_in(technician).get(address).status_code == 200
        assert log_in(office).get(address).status_code == 200


def test_nobody_writes_without_the_token(technician: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(technician)
    assert strict.post("/kunden/schnell/", {"last_name": "Mayer"}).status_code == 403
    assert strict.post("/kunden/neu/", FORM).status_code == 403
    assert not Customer.objects.exists()


def test_a_form_with_errors_says_where_and_keeps_what_was_typed(
    technician: User, log_in: LogIn
) -> None:
    answer = log_in(technician).post("/kunden/neu/", {**FORM, "postcode": "672", "phone": "abc"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Noch ist nichts gespeichert." in text
    assert "Eine deutsche Postleitzahl hat fünf Ziffern" in text
    assert "Eine Telefonnummer besteht aus Ziffern" in text
    assert 'value="Bahnhofstraße 1"' in text
    assert 'aria-invalid="true"' in text


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("vat_id", "DE136695975", "Prüfziffer"),
        ("vat_id", "XX1", "EU-Land"),
        ("leitweg_id", "04011000-12345-04", "Prüfziffern"),
        ("leitweg_id", "abc", "Leitweg-ID besteht aus"),
        ("email", "anna@", "E-Mail-Adresse"),
        ("last_name", "x" * 200, "100 Zeichen"),
        ("street", "😀" * 101, "100 Zeichen"),
        ("postcode", "١٢٣٤٥", "fünf Ziffern"),
        ("phone", "<b>", "Telefonnummer"),
        ("city", "a\0b", "Nullzeichen"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(
    technician: User, log_in: LogIn, name: str, value: str, said: str
) -> None:
    answer = log_in(technician).post("/kunden/neu/", FORM | {name: value, "notes": "behalten"})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [name]
    assert said in str(form.errors[name])
    text = answer.content.decode()
    assert f'id="id_{name}_error"' in text
    assert "behalten" in text
    assert form[name].value() == value
    assert not Customer.objects.exists()


def test_a_customer_is_created_with_a_number(technician: User, log_in: LogIn) -> None:
    answer = log_in(technician).post("/kunden/neu/", FORM, follow=True)
    assert "Mayer ist gespeichert, Kundennummer 10001." in answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/kunden/{Customer.objects.get().pk}/"


def test_the_same_name_at_the_same_postcode_is_asked_about_once(
    technician: User, log_in: LogIn
) -> None:
    other = make_customer("Mayer")
    browser = log_in(technician)
    asked = browser.post("/kunden/neu/", FORM)
    assert asked.status_code == 422
    assert f'href="/kunden/{other.pk}/"' in asked.content.decode()
    assert Customer.objects.count() == 1
    browser.post("/kunden/neu/", {**FORM, "is_another": "on"})
    assert Customer.objects.count() == 2


def test_editing_does_not_ask_about_namesakes_again(technician: User, log_in: LogIn) -> None:
    make_customer("Mayer")
    second = make_customer("Mayer")
    answer = log_in(technician).post(
        f"/kunden/{second.pk}/bearbeiten/",
        {**FORM, "phone": "06233 1", "version": second.version},
    )
    assert answer.status_code == 302


def test_two_who_edit_at_once_do_not_overwrite_each_other(
    technician: User, office: User, log_in: LogIn
) -> None:
    customer = make_customer("Mayer")
    address = f"/kunden/{customer.pk}/bearbeiten/"
    seen = {**FORM, "version": customer.version}
    assert log_in(technician).post(address, {**seen, "city": "Worms"}).status_code == 302
    answer = log_in(office).post(address, {**seen, "city": "Speyer"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Jemand anderes hat diesen Kunden inzwischen geändert." in text
    assert 'value="Speyer"' in text
    customer.refresh_from_db()
    assert customer.city == "Worms"


def test_hostile_text_stays_text(technician: User, log_in: LogIn) -> None:
    customer = make_customer("<script>alert(1)</script>", notes="{{ 7|add:7 }}<img src=x>")
    for address in ("/kunden/", customer.get_absolute_url()):
        text = log_in(technician).get(address).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_searching_works_without_and_with_htmx(technician: User, log_in: LogIn) -> None:
    make_customer("Mayer")
    make_customer("Sauer")
    browser = log_in(technician)
    page = browser.get("/kunden/?q=sauer").content.decode()
    assert "<html" in page
    assert "Sauer" in page
    assert "Mayer" not in page
    part = browser.get("/kunden/?q=sauer", headers={"HX-Target": "customers"}).content.decode()
    assert "<html" not in part
    assert "Sauer" in part


def test_the_list_has_pages_and_an_odd_page_number_does_no_harm(
    technician: User, log_in: LogIn
) -> None:
    for number in range(26):
        make_customer(f"K{number:02}")
    browser = log_in(technician)
    assert "Seite 1 von 2" in browser.get("/kunden/").content.decode()
    assert "K25" in browser.get("/kunden/?page=2").content.decode()
    assert "Seite 2 von 2" in browser.get("/kunden/?page=999").content.decode()
    assert browser.get("/kunden/?page=x").status_code == 200


def test_following_pages_keep_what_was_searched(technician: User, log_in: LogIn) -> None:
    for number in range(26):
        make_customer(f"Müller {number}")
    text = log_in(technician).get("/kunden/?q=müller").content.decode()
    assert "?q=m%C3%BCller&amp;page=2" in text


def test_the_list_takes_as_many_queries_for_many_as_for_few(
    technician: User, log_in: LogIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = log_in(technician)
    for number in range(20):
        make_customer(f"K{number}")
    # Login session, user, count, page, company.
    with django_assert_num_queries(5):
        browser.get("/kunden/")


def test_a_customers_page_brings_all_together(
    technician: User, owner: User, log_in: LogIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    customer = make_customer("Mayer", street="")
    for _number in range(5):
        make_session(technician, customer, seconds=900)
    browser = log_in(owner)
    # Login session, user, customer, sessions, invoices, company.
    with django_assert_num_queries(6):
        text = browser.get(customer.get_absolute_url()).content.decode()
    assert "Es fehlt: Straße und Hausnummer." in text
    assert text.count("17,00\u00a0€") == 5


def test_a_customer_who_does_not_exist_is_a_friendly_404(technician: User, log_in: LogIn) -> None:
    answer = log_in(technician).get("/kunden/999/")
    assert answer.status_code == 404
    assert "Diese Seite finden wir nicht" in answer.content.decode()


def test_the_picker_finds(technician: User, log_in: LogIn) -> None:
    customer = make_customer("Mayer")
    answer = log_in(technician).get("/kunden/suche/?q=may", headers=SCRIPT)
    assert answer.json() == {
        "results": [
            {"id": customer.pk, "number": 10001, "name": "Mayer", "city": "Frankenthal"},
        ]
    }


def test_a_logged_out_picker_is_told_so(client: Client, db: None) -> None:
    answer = client.get("/kunden/suche/?q=may", headers=SCRIPT)
    assert answer.status_code == 401
    assert answer.json()["message"].startswith("Sie wurden abgemeldet.")


def test_a_customer_on_the_phone_needs_only_a_name(technician: User, log_in: LogIn) -> None:
    browser = log_in(technician)
    refused = browser.post("/kunden/schnell/", {"first_name": "Anna"}, headers=SCRIPT)
    assert refused.status_code == 400
    assert "last_name" in refused.json()["errors"]
    answer = browser.post("/kunden/schnell/", {"last_name": "Mayer"}, headers=SCRIPT)
    assert answer.status_code == 201
    customer = Customer.objects.get()
    assert answer.json() == {"id": customer.pk, "name": "Mayer"}
    assert customer.kind == Customer.Kind.CONSUMER


def test_a_company_on_the_phone_is_a_business(technician: User, log_in: LogIn) -> None:
    log_in(technician).post("/kunden/schnell/", {"company_name": "Weingut"}, headers=SCRIPT)
    assert Customer.objects.get().kind == Customer.Kind.BUSINESS


def test_making_customers_in_a_loop_is_slowed_down(technician: User, log_in: LogIn) -> None:
    browser = log_in(technician)
    answers = [
        browser.post("/kunden/schnell/", {"last_name": f"K{number}"}, headers=SCRIPT).status_code
        for number in range(21)
    ]
    assert answers == [201] * 20 + [429]
    assert Customer.objects.count() == 20


def test_the_administration_numbers_new_customers_too(owner: User, log_in: LogIn) -> None:
    answer = log_in(owner).post("/admin/customers/customer/add/", {**FORM, "language": "de"})
    assert answer.status_code == 302
    assert Customer.objects.get().number == 10001
