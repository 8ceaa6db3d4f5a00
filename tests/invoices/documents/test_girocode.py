"""The code that fills in a transfer."""

import io
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

import pytest
import segno
import zxingcpp
from PIL import Image
from PIL.Image import Resampling
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


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, segno.QRCode]]:
    """Return a list of what each code says, and the code, as they are made."""
    made: list[tuple[str, segno.QRCode]] = []
    real = segno.make_qr

    def remember(content: bytes, **options: Any) -> segno.QRCode:
        made.append((content.decode(), real(content, **options)))
        return made[-1][1]

    monkeypatch.setattr(segno, "make_qr", remember)
    return made


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
        {"text": ""},
        {"text": "1" * 141},
        {"name": "Ä" * 70, "text": "Ä" * 100},  # more bytes than a code may hold
    ],
)
def test_there_is_no_code_that_would_lead_nowhere(changes: dict[str, object]) -> None:
    assert code(**changes) is None


def test_the_code_is_an_image_for_the_page() -> None:
    uri = code()
    assert uri is not None
    assert uri.startswith("data:image/svg+xml")
    assert "<path" in unquote(uri)


def test_the_code_holds_what_the_standard_asks_for(made: list[tuple[str, segno.QRCode]]) -> None:
    values = {"name": "Jörg Groß", "bic": "BYLADEM1001", "text": "2026-00001"}
    assert code(iban="DE02 1203 0000 0000 2020 51", **values) is not None
    theirs = helpers.make_epc_qr(iban=IBAN, amount=Decimal(17), encoding="utf-8", **values)
    (text, ours), (expected, _theirs) = made
    assert text == expected
    assert (ours.error, ours.version) == (theirs.error, theirs.version)
    lines = text.split("\n")
    assert lines[:3] == ["BCD", "002", "1"]
    assert lines[3:8] == ["SCT", "BYLADEM1001", "Jörg Groß", IBAN, "EUR17"]
    assert "2026-00001" in lines


def test_a_reader_reads_each_of_many_small_and_slanted(
    made: list[tuple[str, segno.QRCode]],
) -> None:
    for number in range(50):
        assert code(text=f"2026-{number:05d}", amount=Decimal(850 + 17 * number) / 100) is not None
    for number, (text, drawn) in enumerate(made):
        stream = io.BytesIO()
        drawn.save(stream, kind="png", scale=3, border=4)
        picture = Image.open(stream).convert("L")
        slanted = picture.rotate(number - 25, Resampling.BICUBIC, expand=True, fillcolor=255)
        (found,) = zxingcpp.read_barcodes(slanted)
        assert found.text == text


def test_a_name_is_cut_where_the_standard_ends() -> None:
    assert code(name="Ä" * 200) is not None


def test_an_iban_is_printed_in_groups() -> None:
    assert group_iban("de02120300000000202051") == "DE02 1203 0000 0000 2020 51"
    assert group_iban("") == ""
