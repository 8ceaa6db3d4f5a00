"""Every page as it is rendered: nothing inline, valid at its bones, usable by keyboard."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.test import Client

from sessions.models import Session
from technicians.models import User
from tests.personas import PASSWORD, LogIn
from tests.shop import make_customer, make_session

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# HTML lets these end by themselves.
OPTIONAL_END = {"li", "p", "dt", "dd", "td", "th", "tr", "option"}
DATA_BLOCKS = {"application/json"}
PUBLIC = ["/", "/impressum/", "/datenschutz/", "/gibt-es-nicht/"]
ENTRANCE = [
    "/konto/login/",
    "/konto/password/reset/",
    "/konto/password/reset/done/",
    "/konto/password/reset/key/1-set-password/",
    "/konto/password/reset/key/done/",
    "/konto/signup/",
    "/konto/inactive/",
]
INSIDE = [
    "/portal/",
    "/kunden/",
    "/kunden/?q=nirgends",
    "/kunden/neu/",
    "/kunden/{customer}/",
    "/kunden/{customer}/bearbeiten/",
    "/sitzungen/",
    "/sitzungen/?month=quatsch",
    "/sitzungen/{session}/",
    "/sitzungen/{session}/?q=mayer",
    "/sitzungen/live/",
    "/monat/",
    "/konto/profil/",
    "/konto/password/change/",
    "/konto/logout/",
    "/konto/reauthenticate/",
    "/konto/email/",
    "/konto/2fa/",
    "/konto/2fa/totp/activate/",
    "/konto/2fa/webauthn/",
    "/konto/2fa/webauthn/add/",
]


@dataclass
class Markup(HTMLParser):
    """Collects what a page must not have, and what it must."""

    faults: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    labelled: set[str] = field(default_factory=set)
    controls: list[dict[str, str]] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    in_label: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._refuse_inline(tag, values)
        if len(values) < len(attrs):
            self.faults.append(f"an attribute twice in <{tag}>")
        if "id" in values:
            self.ids[values["id"]] += 1
        if tag == "label":
            self.in_label += 1
            self.labelled.add(values.get("for", ""))
        if tag in {"input", "select", "textarea"} and values.get("type") != "hidden":
            self.controls.append({**values, "inside": "yes" if self.in_label else ""})
        if tag == "img" and "alt" not in values:
            self.faults.append("a picture without alt")
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(tag)
        if tag not in VOID:
            self.stack.append(tag)

    def _refuse_inline(self, tag: str, values: dict[str, str]) -> None:
        if tag == "style" or "style" in values:
            self.faults.append(f"inline style in <{tag}>")
        if tag == "script" and "src" not in values and values.get("type") not in DATA_BLOCKS:
            self.faults.append("inline script")
        self.faults += [f"{name} in <{tag}>" for name in values if name.startswith("on")]
        for name in ("src", "href", "action"):
            if values.get(name, "").startswith(("javascript:", "http:", "//")):
                self.faults.append(f"{name}={values[name]}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self.in_label -= 1
        while self.stack and self.stack[-1] != tag and self.stack[-1] in OPTIONAL_END:
            self.stack.pop()
        if not self.stack or self.stack.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def finish(self, *, whole: bool) -> list[str]:
        """Return all faults; `whole` pages need a heading and a language as well."""
        faults = [*self.faults, *(f"<{tag}> stays open" for tag in self.stack)]
        faults += [f"id {name} twice" for name, count in self.ids.items() if count > 1]
        for control in self.controls:
            named = control["inside"] or {"aria-label", "aria-labelledby"} & control.keys()
            if not named and control.get("id", "-") not in self.labelled:
                faults.append(f"no label for {control}")
        if whole and self.headings.count("h1") != 1:
            faults.append(f"{self.headings.count('h1')} h1")
        return faults


def faults_of(client: Client, address: str) -> list[str]:
    answer = client.get(address, follow=True)
    text = answer.content.decode()
    page = Markup()
    page.feed(text)
    page.close()
    whole = "<html" in text
    faults = page.finish(whole=whole)
    if whole and '<html lang="de"' not in text:
        faults.append("no language")
    if "Content-Security-Policy" not in answer.headers:
        faults.append("no Content-Security-Policy")
    return faults


@pytest.fixture
def browser(owner: User) -> Client:
    """Return a browser whose owner has typed the password twice, as allauth asks for."""
    client = Client()
    client.post("/konto/login/", {"login": owner.email, "password": PASSWORD})
    client.post("/konto/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def session(technician: User) -> Session:
    return make_session(technician, make_customer("Mayer"))


@pytest.mark.parametrize("address", [*PUBLIC, *ENTRANCE])
def test_a_page_for_everybody_is_sound(client: Client, db: None, address: str) -> None:
    assert faults_of(client, address) == []


@pytest.mark.parametrize("address", INSIDE)
def test_a_page_inside_is_sound(browser: Client, session: Session, address: str) -> None:
    assert session.customer
    filled = address.format(customer=session.customer.pk, session=session.pk)
    assert faults_of(browser, filled) == []
    assert browser.get(filled).status_code == 200, "this is not the page that was meant"


def test_the_viewer_is_sound(technician: User, session: Session, log_in: LogIn) -> None:
    Session.objects.filter(pk=session.pk).update(
        state="asking", ended_at=None, seconds=None, blocks=None, amount_cents=None
    )
    assert faults_of(log_in(technician), f"/sitzungen/{session.pk}/ansicht/") == []


def test_forms_with_errors_are_sound(owner: User, log_in: LogIn) -> None:
    make_customer("Mayer")
    answer = log_in(owner).post(
        "/kunden/neu/", {"last_name": "Mayer", "postcode": "67227", "vat_id": "x", "country": "DE"}
    )
    page = Markup()
    page.feed(answer.content.decode())
    assert page.finish(whole=True) == []


def test_the_walk_finds_what_it_looks_for() -> None:
    page = Markup()
    page.feed('<p style="a"><b onclick="x"></p><script>1</script><img src="//a"><input id="q">')
    faults = page.finish(whole=True)
    for part in ("inline style", "onclick", "inline script", "alt", "src=//a", "no label", "h1"):
        assert any(part in fault for fault in faults), part
