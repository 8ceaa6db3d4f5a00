"""The page for forgotten passwords, with and without a mail server."""

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client
from django.urls import reverse

from technicians.models import User

pytestmark = pytest.mark.django_db


def test_without_a_mail_server_nobody_waits_for_a_link(settings: LazySettings) -> None:
    settings.EMAIL_HOST = ""
    page = Client().get(reverse("account_reset_password")).content.decode()
    assert "kein Mailserver eingerichtet" in page
    assert 'name="email"' not in page


def test_with_a_mail_server_a_known_address_gets_a_link(settings: LazySettings) -> None:
    settings.EMAIL_HOST = "127.0.0.1"
    User.objects.create_user("jana@example.com", "correct horse battery", name="Jana")
    address = reverse("account_reset_password")
    assert 'name="email"' in Client().get(address).content.decode()
    Client().post(address, {"email": "jana@example.com"})
    assert [message.to for message in mail.outbox] == [["jana@example.com"]]
