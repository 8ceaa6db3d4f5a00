"""Seller and buyer as they stand on an invoice: copies, never references.

Sec. 14(4) no. 1 and 2 UStG: full names and addresses of both, tax number or VAT ID of
the seller. Fields are only ever added, with a default: old invoices are read back.
"""

from dataclasses import asdict, dataclass
from typing import Any

from invoices.domain.characters import writable


@dataclass(frozen=True, slots=True)
class Seller:
    """The shop on the day of the invoice. `logo` is a file name in the archive's assets."""

    name: str
    owner: str
    claim: str
    street: str
    postcode: str
    city: str
    country: str
    phone: str
    email: str
    website: str
    tax_number: str
    vat_id: str
    bank_name: str
    iban: str
    bic: str
    logo: str = ""
    is_small_business: bool = False


@dataclass(frozen=True, slots=True)
class Buyer:
    """The customer on the day of the invoice; `kind` is 'consumer' or 'business'."""

    number: int
    kind: str
    name: str
    salutation: str
    person: str
    address_lines: tuple[str, ...]
    street: str
    postcode: str
    city: str
    country: str
    email: str
    vat_id: str
    last_name: str = ""
    # Where a public body wants its invoices sent (BT-10).
    leitweg_id: str = ""

    @classmethod
    def from_snapshot(cls, snapshot: dict[str, Any]) -> "Buyer":
        """Read back what `snapshot_of` stored."""
        return cls(**{**snapshot, "address_lines": tuple(snapshot["address_lines"])})


def snapshot_of(party: Seller | Buyer) -> dict[str, Any]:
    """Return a party as plain JSON values, fit to be written on paper and in XML."""
    return {key: _plain(value) for key, value in asdict(party).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return writable(value)
    return [writable(line) for line in value] if isinstance(value, tuple) else value
