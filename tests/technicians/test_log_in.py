"""Logging in, in the portal's own pages."""

import pytest
from django.core import mail
from django.test import Client

from technicians.models import User
from tests.personas import PASSWORD, LogIn

LOGIN = "/konto/login/"


def log_in_with(client: Client, address: str, password: str) -> str:
    answer = client.post(LOGIN, {"login": address, "password": password}, follow=True)
    return answer.content.decode()


def test_a_wrong_password_is_refused_without_saying_which_was_wrong(
    client: Client, technician: User
) -> None:
    wrong = log_in_with(client, technician.email, "falsch")
    unknown = log_in_with(client, "niemand@example.com", "falsch")
    sentence = "Mailadresse oder Passwort stimmt nicht."
    assert sentence in wrong
    assert sentence in unknown


def test_a_deactivated_user_is_refused(client: Client, deactivated: User) -> None:
    log_in_with(client, deactivated.email, PASSWORD)
    assert "_auth_user_id" not in client.session


def test_guessing_is_slowed_down(client: Client, technician: User) -> None:
    texts = [log_in_with(client, technician.email, f"falsch{number}") for number in range(8)]
    assert "Zu viele Fehlversuche" in texts[-1]
    assert "Zu viele Fehlversuche" in log_in_with(client, technician.email, PASSWORD)


def test_nobody_signs_up(client: Client, db: None) -> None:
    answer = client.get("/konto/signup/")
    assert "Konten nur auf Einladung" in answer.content.decode()
    client.post(
        "/konto/signup/",
        {"email": "fremd@example.com", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert not User.objects.filter(email="fremd@example.com").exists()


def test_the_right_password_leads_home(client: Client, technician: User) -> None:
    assert "Guten Tag, Jana Brückner" in log_in_with(client, technician.email.upper(), PASSWORD)


def test_logging_out_asks_and_then_does_it(technician: User, log_in: LogIn) -> None:
    browser = log_in(technician)
    assert browser.get("/konto/logout/").status_code == 200
    browser.post("/konto/logout/")
    assert browser.get("/portal/").status_code == 302


def test_a_forgotten_password_gets_a_mail_in_polite_german(
    client: Client, technician: User
) -> None:
    answer = client.post("/konto/password/reset/", {"email": technician.email}, follow=True)
    assert "Sehen Sie in Ihre Mails" in answer.content.decode()
    [message] = mail.outbox
    assert message.to == [technician.email]
    assert "Passwort" in message.subject
    assert "/konto/password/reset/key/" in message.body
    assert " du " not in message.body.lower()


def test_the_pages_do_not_tell_whether_an_address_has_an_account(client: Client, db: None) -> None:
    answer = client.post("/konto/password/reset/", {"email": "niemand@example.com"}, follow=True)
    assert "Sehen Sie in Ihre Mails" in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/konto/profil/",
        "/konto/password/change/",
        "/konto/2fa/",
    ],
)
def test_a_users_own_pages_open(technician: User, log_in: LogIn, address: str) -> None:
    assert log_in(technician).get(address).status_code == 200


def test_the_name_is_changed_and_shown(technician: User, log_in: LogIn) -> None:
    answer = log_in(technician).post("/konto/profil/", {"name": "Jana B."}, follow=True)
    assert "Ihr Name ist gespeichert." in answer.content.decode()
    technician.refresh_from_db()
    assert technician.name == "Jana B."


def test_an_empty_name_is_refused_and_nothing_is_lost(technician: User, log_in: LogIn) -> None:
    assert log_in(technician).post("/konto/profil/", {"name": ""}).status_code == 422
    technician.refresh_from_db()
    assert technician.name == "Jana Brückner"


def test_anonymous_callers_have_no_profile(client: Client, db: None) -> None:
    assert client.get("/konto/profil/").status_code == 302
