"""The GiroCode: a QR code that fills in a transfer (EPC069-12)."""

from decimal import Decimal

import segno.helpers

from company.domain.iban import iban_is_valid

NAME_LIMIT = 70


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
    try:
        code = segno.helpers.make_epc_qr(
            name=name.strip()[:NAME_LIMIT],
            iban=account,
            amount=amount,
            text=text,
            bic="".join(bic.split()).upper() or None,
            encoding="utf-8",  # what every banking app reads, umlauts included
        )
    except ValueError:
        return None  # a BIC or an amount beyond what the standard allows
    uri: str = code.svg_data_uri(border=0, scale=4, dark="#10272a", encode_minimal=True)
    return uri
