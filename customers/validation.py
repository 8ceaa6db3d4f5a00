"""What a customer's data must look like, with errors that say what to do."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.eu import vat
from stdnum.exceptions import InvalidChecksum, InvalidComponent
from stdnum.exceptions import ValidationError as InvalidNumber
from stdnum.iso7064 import mod_97_10

GERMAN_POSTCODE = re.compile(r"[0-9]{5}")
LEITWEG_ID = re.compile(r"[0-9]{2,12}(?:-[A-Z0-9]{1,30})?-[0-9]{2}")
PHONE = re.compile(r"[+(]?[0-9][0-9 ()/.\-]{2,}")


def check_postcode(postcode: str, country: str) -> None:
    """Raise ValidationError unless `postcode` fits `country`; only Germany's form is known."""
    if country == "DE" and not GERMAN_POSTCODE.fullmatch(postcode):
        raise ValidationError(_("A German postcode has five digits, for example 67227."))


def check_phone(phone: str) -> None:
    """Raise ValidationError unless `phone` can be dialled."""
    if not PHONE.fullmatch(phone):
        raise ValidationError(
            _("A phone number has digits, spaces and - / ( ), for example 06233 326103.")
        )


def check_leitweg_id(text: str) -> None:
    """Raise ValidationError unless `text` is a Leitweg-ID, check digits (ISO 7064) included."""
    if not LEITWEG_ID.fullmatch(text):
        raise ValidationError(
            _("A Leitweg-ID has groups of digits and capitals, for example 04011000-12345-03.")
        )
    if not mod_97_10.is_valid(text.replace("-", "")):
        raise ValidationError(
            _("This Leitweg-ID is mistyped: its check digits do not fit. Please compare it again.")
        )


def normal_vat_id(text: str) -> str:
    """Return `text` as a VAT ID without spaces; raise ValidationError if it cannot be one.

    Form and check digit are tested as each EU country defines them, nothing is asked
    over the network. Whether the ID is in force only the tax office (BZSt) can tell.
    """
    try:
        return str(vat.validate(text))
    except InvalidComponent as error:
        raise ValidationError(
            _("A VAT ID begins with its EU country, for example DE136695976.")
        ) from error
    except InvalidChecksum as error:
        raise ValidationError(
            _("This VAT ID is mistyped: its check digit does not fit. Please compare it again.")
        ) from error
    except InvalidNumber as error:
        raise ValidationError(
            _("This does not look like a VAT ID. A German one is DE and nine digits.")
        ) from error
