"""The code that fills in a transfer."""

from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
import segno
from segno import helpers

from invoices.documents.girocode import girocode_svg, group_iban

IBAN = "DE02120300000000202051"


def code(**changes: Any) -> str | None:
    values: dict[str, Any] = {
        "name": "DIBUC",
        "iban": IBAN,
        "bic": "BYLADEM1001",
        "amount": Decimal("17.00"),
        "text": "2026-00001",
    }
    return girocode_svg(**(values | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"iban": ""},
        {"iban": "DE03120300000000202051"},  # a digit mistyped
        {"iban": "12345"},
        {"amount": Decimal(0)},
        {"name": " "},
        {"bic": "NOTABIC"},
        {"amount": Decimal(10) ** 10},
    ],
)
def test_there_is_no_code_that_would_lead_nowhere(changes: dict[str, object]) -> None:
    assert code(**changes) is None


def test_the_code_is_an_image_for_the_page() -> None:
    uri = code()
    assert uri is not None
    assert uri.startswith("data:image/svg+xml")
    assert "<path" in unquote(uri)


def test_the_code_holds_what_the_standard_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[segno.QRCode] = []
    texts: list[str] = []
    real = helpers.make_epc_qr
    real_make = segno.make_qr

    def remember_text(content: bytes, **options: Any) -> segno.QRCode:
        texts.append(content.decode())
        return real_make(content, **options)

    def remember(**values: Any) -> segno.QRCode:
        made.append(real(**values))
        return made[-1]

    monkeypatch.setattr(helpers, "make_epc_qr", remember)
    monkeypatch.setattr(segno, "make_qr", remember_text)
    assert code(iban="DE02 1203 0000 0000 2020 51", name="Jörg Groß") is not None
    assert made[0].error == "M"
    lines = texts[0].split("\n")
    assert lines[:3] == ["BCD", "002", "1"]
    assert lines[3:8] == ["SCT", "BYLADEM1001", "Jörg Groß", IBAN, "EUR17"]
    assert "2026-00001" in lines


def test_a_name_is_cut_where_the_standard_ends() -> None:
    assert code(name="Ä" * 200) is not None


def test_an_iban_is_printed_in_groups() -> None:
    assert group_iban("de02120300000000202051") == "DE02 1203 0000 0000 2020 51"
    assert group_iban("") == ""
