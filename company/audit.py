"""The audit log: append-only, each entry chained to the one before by SHA-256.

Nothing personal beyond the actor's account and what the caller names goes in, and no
network addresses: entries are kept for years, connection logs for days.
"""

import datetime as dt
import hashlib
import ipaddress
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from company.models import AuditEntry, AuditHead

if TYPE_CHECKING:
    from technicians.models import User

# What the first entry names as the one before.
GENESIS = "0" * 64
TEXT_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken link: the entry's number and what is wrong with it."""

    number: int
    reason: str


def record(
    action: str, *, actor: "User | None", subject: str, details: Mapping[str, str | int]
) -> AuditEntry:
    """Add an entry inside the caller's transaction, and return it.

    `action` is `<entity>.<verb>`, such as `session.consented`; `subject` names the row,
    such as `session 1f0c...`. Other entries wait until the transaction ends, so record
    last. Raises ValueError for a network address among the details.
    """
    with transaction.atomic():
        head = AuditHead.objects.select_for_update().get(pk=1)
        entry = AuditEntry(
            number=head.number + 1,
            at=timezone.now(),
            action=action,
            actor=actor,
            subject=_storable(subject)[:200],
            details={key: _detail(key, value) for key, value in details.items()},
            previous=head.digest,
        )
        entry.digest = digest(entry)
        entry.save()
        head.number, head.digest = entry.number, entry.digest
        head.save()
    return entry


def digest(entry: AuditEntry) -> str:
    """Return the SHA-256, in hex, over every field of `entry` but the digest itself."""
    content = {
        "number": entry.number,
        "at": entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "action": entry.action,
        "actor": entry.actor_id,
        "subject": entry.subject,
        "details": entry.details,
        "previous": entry.previous,
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify() -> Iterator[Fault]:
    """Yield every fault of the chain, oldest first; nothing when it is whole.

    Found are changed, missing, added and reordered entries, and a tail that was cut off.
    """
    number, last = 0, GENESIS
    for entry in AuditEntry.objects.after(0).iterator(chunk_size=1000):
        if entry.number != number + 1:
            yield Fault(number + 1, f"missing up to {entry.number - 1}")
        elif entry.previous != last:
            yield Fault(entry.number, "does not follow the entry before")
        if entry.digest != digest(entry):
            yield Fault(entry.number, "was changed")
        number, last = entry.number, entry.digest
    head = AuditHead.objects.get(pk=1)
    if (number, last) != (head.number, head.digest):
        yield Fault(number, f"the chain should end at {head.number}")


def _detail(key: str, value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    try:
        ipaddress.ip_address(value.strip())
    except ValueError:
        return _storable(value)[:TEXT_LIMIT]
    raise ValueError(f"No network addresses in the audit log ({key}).")


def _storable(text: str) -> str:
    """Return what every database can keep: PostgreSQL refuses NUL and lone surrogates."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
