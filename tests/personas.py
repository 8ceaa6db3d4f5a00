"""Who calls: the people of the shop, and those who must be refused.

A conftest imports the fixtures that its folder needs.
"""

from collections.abc import Callable

import pytest
from django.test import Client

from technicians.models import User

PASSWORD = "Ein-langes-Passwort-67227"
LogIn = Callable[[User], Client]


@pytest.fixture
def owner(db: None) -> User:
    """Return who has both roles and the administration pages."""
    return User.objects.create_superuser("inhaber@example.com", PASSWORD, name="Bernhard Unkel")


@pytest.fixture
def technician(db: None) -> User:
    return User.objects.create_user(
        "techniker@example.com", PASSWORD, name="Jana Brückner", is_technician=True
    )


@pytest.fixture
def office(db: None) -> User:
    return User.objects.create_user("buero@example.com", PASSWORD, name="Petra", is_office=True)


@pytest.fixture
def outsider(db: None) -> User:
    """Return who has an account and no role."""
    return User.objects.create_user("neu@example.com", PASSWORD, name="Noch Niemand")


@pytest.fixture
def mighty_outsider(db: None) -> User:
    """Return a superuser whom nobody gave a role."""
    return User.objects.create_superuser(
        "admin@example.com", PASSWORD, name="Admin", is_technician=False, is_office=False
    )


@pytest.fixture
def deactivated(db: None) -> User:
    return User.objects.create_user(
        "weg@example.com", PASSWORD, name="Weg", is_technician=True, is_office=True, is_active=False
    )


@pytest.fixture
def log_in() -> LogIn:
    """Return a function that gives a browser in which somebody is logged in."""

    def browser_of(user: User) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return browser_of
