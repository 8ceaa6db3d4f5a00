"""The second factor: set up, asked for, recovered, switched off."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from technicians.models import User
from tests.personas import PASSWORD
from tests.portal.test_markup import Markup


def log_in(user: User) -> Client:
    browser = Client()
    browser.post("/konto/login/", {"login": user.email, "password": PASSWORD})
    return browser


def log_in_twice(user: User, recovery_code: str = "") -> Client:
    """Log in and answer 'is it you?' as well."""
    browser = log_in(user)
    if recovery_code:
        browser.post("/konto/2fa/authenticate/", {"code": recovery_code})
    browser.post("/konto/reauthenticate/", {"password": PASSWORD})
    return browser


def recovery_codes(user: User) -> list[str]:
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    codes: list[str] = stored.wrap().generate_codes()
    return codes


def code_of(secret: str) -> str:
    """Return what an app shows now (RFC 6238)."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def faults(text: str) -> list[str]:
    page = Markup()
    page.feed(text)
    return page.finish(whole=True)


@pytest.fixture
def secret(technician: User) -> str:
    """Set the app up; return its key."""
    browser = log_in_twice(technician)
    page = browser.get("/konto/2fa/totp/activate/").content.decode()
    found = re.search(r'class="code qr-key">([A-Z2-7]+)<', page)
    assert found
    answer = browser.post("/konto/2fa/totp/activate/", {"code": code_of(found[1])}, follow=True)
    assert "Codes gelten noch." in answer.content.decode()
    return found[1]


def test_a_wrong_code_does_not_set_it_up(technician: User) -> None:
    browser = log_in_twice(technician)
    browser.get("/konto/2fa/totp/activate/")
    text = browser.post("/konto/2fa/totp/activate/", {"code": "000000"}).content.decode()
    assert "Das stimmt nicht." in text
    assert faults(text) == []


def test_then_the_password_alone_opens_nothing(technician: User, secret: str) -> None:
    browser = log_in(technician)
    assert browser.get("/portal/").status_code == 302
    page = browser.get("/konto/2fa/authenticate/").content.decode()
    assert "Geben Sie den Code aus Ihrer App ein" in page
    assert faults(page) == []
    wrong = browser.post("/konto/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert "Das stimmt nicht." in wrong
    assert browser.get("/portal/").status_code == 302


def test_a_recovery_code_opens_once(technician: User, secret: str) -> None:
    codes = recovery_codes(technician)
    browser = log_in(technician)
    assert browser.post("/konto/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert browser.get("/portal/").status_code == 200
    again = log_in(technician)
    assert again.post("/konto/2fa/authenticate/", {"code": codes[0]}).status_code == 200
    assert again.get("/portal/").status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "/konto/2fa/",
        "/konto/2fa/totp/deactivate/",
        "/konto/2fa/recovery-codes/",
        "/konto/2fa/recovery-codes/generate/",
    ],
)
def test_its_pages_are_sound(technician: User, secret: str, address: str) -> None:
    browser = log_in_twice(technician, recovery_codes(technician)[1])
    answer = browser.get(address)
    assert answer.status_code == 200
    assert faults(answer.content.decode()) == []


def test_the_profile_says_whether_it_is_on(technician: User, secret: str) -> None:
    browser = log_in_twice(technician, recovery_codes(technician)[2])
    assert 'state-done">an<' in browser.get("/konto/profil/").content.decode()
