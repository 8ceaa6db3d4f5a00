"""The GiroCode: a QR code that fills in a transfer (EPC069-12)."""

from decimal import Decimal

import segno

from company.domain.iban import iban_is_valid

# EPC069-12, 3: characters of the name and the text, bytes of all, and the highest amount.
NAME_LIMIT = 70
TEXT_LIMIT = 140
BYTES_LIMIT = 331
HIGHEST = Decimal("999999999.99")
BIC_LENGTHS = (0, 8, 11)
# One of eight masks. Readers take any; an encoder should draw all and keep the evenest one
# (ISO/IEC 18004, 7.8.3), which takes four times as long as everything else about the code.
MASK = 4


def group_iban(text: str) -> str:
    """Return the IBAN in groups of four, as it is printed."""
    iban = "".join(text.split()).upper()
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def girocode_svg(*, name: str, iban: str, bic: str, amount: Decimal, text: str) -> str | None:
    """Return the code as a data URI of an SVG, or None where there is nothing to transfer.

    `text` is the remittance information; `amount` in euros. A code with a mistyped account
    would be worse than none, so there is none then.
    """
    account = "".join(iban.split()).upper()
    if not iban_is_valid(account) or amount <= 0 or not name.strip():
        return None
    content = _content(name.strip()[:NAME_LIMIT], account, bic, amount, text)
    if content is None:
        return None
    # The standard knows no other level of correction.
    code = segno.make_qr(content, error="m", boost_error=False, mask=MASK)
    uri: str = code.svg_data_uri(border=0, scale=4, dark="#10272a", encode_minimal=True)
    return uri


def _content(name: str, iban: str, bic: str, amount: Decimal, text: str) -> bytes | None:
    """Return what the code says, or None for what the standard does not allow."""
    bank = "".join(bic.split()).upper()
    if len(bank) not in BIC_LENGTHS or amount > HIGHEST or not 0 < len(text) <= TEXT_LIMIT:
        return None
    euros = f"{amount:.2f}".rstrip("0").rstrip(".")
    # Version 2 of the code in UTF-8, what every banking app reads, umlauts included; purpose
    # and structured reference are empty.
    lines = ("BCD", "002", "1", "SCT", bank, name, iban, f"EUR{euros}", "", "", text)
    content = "\n".join(lines).encode()
    return content if len(content) <= BYTES_LIMIT else None
