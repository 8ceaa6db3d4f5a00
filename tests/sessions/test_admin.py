"""Sessions in the administration are proof: to be read only."""

import pytest
from django.test import Client
from django.urls import reverse

from sessions.models import Session
from technicians.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("chef@example.com", "geheim", name="Chef"))
    return client


@pytest.mark.parametrize("action", ["add", "delete", "change"])
def test_even_the_owner_can_only_read(owner: Client, connected: Session, action: str) -> None:
    args = [] if action == "add" else [connected.pk]
    url = reverse(f"admin:support_sessions_session_{action}", args=args)
    response = owner.post(url, {"notes": "gefälscht", "post": "yes"})
    assert response.status_code == 403
    connected.refresh_from_db()
    assert connected.notes == ""


def test_list_and_page_can_be_read(owner: Client, connected: Session) -> None:
    listed = owner.get(reverse("admin:support_sessions_session_changelist"))
    assert connected.masked_support_id in listed.content.decode()
    page = owner.get(reverse("admin:support_sessions_session_change", args=[connected.pk]))
    assert page.status_code == 200
    assert connected.resume_token_hash not in page.content.decode()
