"""Who may open which page."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client, RequestFactory

from technicians.access import (
    current_user,
    is_member,
    is_office,
    is_technician,
    office_required,
    staff_required,
    technician_required,
)
from technicians.models import User
from tests.personas import LogIn


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("inside")


PageView = Callable[[HttpRequest], HttpResponseBase]

FOR_TECHNICIANS = technician_required(page)
FOR_OFFICE = office_required(page)
FOR_ALL = staff_required(page)


def request_of(user: User | AnonymousUser, **headers: str) -> HttpRequest:
    request = RequestFactory().get("/portal/?a=1", headers=headers)
    request.user = user
    return request


@pytest.mark.parametrize("view", [FOR_TECHNICIANS, FOR_OFFICE, FOR_ALL])
class TestAnonymous:
    def test_a_browser_goes_to_the_log_in_and_comes_back(self, view: PageView) -> None:
        answer = view(request_of(AnonymousUser()))
        assert answer.status_code == 302
        assert answer["Location"] == "/konto/login/?next=/portal/%3Fa%3D1"

    def test_a_script_gets_a_text_instead_of_a_page(self, view: PageView) -> None:
        answer = view(request_of(AnonymousUser(), sec_fetch_dest="empty"))
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/json"

    def test_htmx_loads_the_log_in_instead_of_swapping_it_in(self, view: PageView) -> None:
        answer = view(request_of(AnonymousUser(), hx_request="true"))
        assert answer.status_code == 401
        assert answer["HX-Redirect"] == "/konto/login/"


def test_the_office_is_refused_on_technicians_pages(office: User) -> None:
    with pytest.raises(PermissionDenied, match="Techniker"):
        FOR_TECHNICIANS(request_of(office))


def test_a_technician_is_refused_on_office_pages(technician: User) -> None:
    with pytest.raises(PermissionDenied, match="Büro"):
        FOR_OFFICE(request_of(technician))


def test_an_account_without_a_role_is_refused_everywhere(outsider: User) -> None:
    for view in (FOR_TECHNICIANS, FOR_OFFICE, FOR_ALL):
        with pytest.raises(PermissionDenied):
            view(request_of(outsider))


def test_being_superuser_is_not_a_role(mighty_outsider: User) -> None:
    for view in (FOR_TECHNICIANS, FOR_OFFICE, FOR_ALL):
        with pytest.raises(PermissionDenied):
            view(request_of(mighty_outsider))


def test_the_owner_is_let_in_everywhere(owner: User) -> None:
    for view in (FOR_TECHNICIANS, FOR_OFFICE, FOR_ALL):
        assert view(request_of(owner)).status_code == 200


def test_nothing_inside_is_kept_by_the_browser(technician: User) -> None:
    assert "no-store" in FOR_TECHNICIANS(request_of(technician))["Cache-Control"]


def test_each_role_opens_its_own_pages(technician: User, office: User) -> None:
    assert FOR_TECHNICIANS(request_of(technician)).status_code == 200
    assert FOR_OFFICE(request_of(office)).status_code == 200
    assert FOR_ALL(request_of(technician)).status_code == 200
    assert FOR_ALL(request_of(office)).status_code == 200


def test_a_deactivated_user_has_no_role(deactivated: User) -> None:
    assert not is_technician(deactivated)
    assert not is_office(deactivated)
    assert not is_member(deactivated)


def test_a_deactivated_user_is_out_at_the_next_click(technician: User, log_in: LogIn) -> None:
    browser = log_in(technician)
    assert browser.get("/kunden/").status_code == 200
    User.objects.filter(pk=technician.pk).update(is_active=False)
    assert browser.get("/kunden/").status_code == 302


def test_the_refusal_is_a_page_in_german_that_leads_back(technician: User, log_in: LogIn) -> None:
    answer = log_in(technician).get("/monat/")
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "Diese Seite ist für das Büro." in text
    assert 'href="/portal/"' in text


def test_nobody_is_no_current_user(client: Client) -> None:
    with pytest.raises(PermissionDenied):
        current_user(request_of(AnonymousUser()))
