"""The service record: one session in every detail, as the annex of its invoice shows it. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from company.domain.tariff import Terms


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time from one moment to another, both aware."""

    start: dt.datetime
    end: dt.datetime

    @property
    def seconds(self) -> int:
        """How long it was, in whole seconds."""
        return int((self.end - self.start).total_seconds())


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """What is kept of a session.

    `promised` are the tariff's, beside ID and password; `shown` are those that the customer was
    asked at, the same or their own, None where nobody noted them; `charged` are the terms that
    the invoice rests on, others only where the customer has an agreement. `connected` are the
    stretches of time with a picture, in their order. Moments are aware; the later ones are None
    where nobody noted them. `ended_by` is a word of sessions.domain.lifecycle.EndReason.
    """

    support_id: str
    technician: str
    connected: tuple[Stretch, ...]
    seconds: int
    blocks: int
    promised: Terms
    charged: Terms
    courtesy_blocks: int = 0
    courtesy_reason: str = ""
    ordered_at: dt.datetime | None = None
    consented_at: dt.datetime | None = None
    consent_text_version: str = ""
    shown: Terms | None = None
    ended_by: str = ""

    @property
    def started_at(self) -> dt.datetime:
        """When the picture stood."""
        return self.connected[0].start

    @property
    def ended_at(self) -> dt.datetime:
        """The last proof of life."""
        return self.connected[-1].end

    @property
    def interruptions(self) -> list[Stretch]:
        """The times in between, in which the clock stood still."""
        pairs = zip(self.connected, self.connected[1:], strict=False)
        return [Stretch(one.end, other.start) for one, other in pairs if other.start > one.end]


def stored(records: Sequence[SessionRecord]) -> list[dict[str, Any]]:
    """Return the records as plain JSON values."""
    return [
        {
            "support_id": record.support_id,
            "technician": record.technician,
            "connected": [[_text(part.start), _text(part.end)] for part in record.connected],
            "seconds": record.seconds,
            "blocks": record.blocks,
            "promised": record.promised.stored(),
            "charged": record.charged.stored(),
            "courtesy_blocks": record.courtesy_blocks,
            "courtesy_reason": record.courtesy_reason,
            "ordered_at": _text(record.ordered_at),
            "consented_at": _text(record.consented_at),
            "consent_text_version": record.consent_text_version,
            "shown": record.shown.stored() if record.shown is not None else None,
            "ended_by": record.ended_by,
        }
        for record in records
    ]


def restored(rows: Sequence[dict[str, Any]]) -> list[SessionRecord]:
    """Read back what `stored` returned."""
    return [
        SessionRecord(
            **{
                **row,
                "connected": tuple(
                    Stretch(dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end))
                    for start, end in row["connected"]
                ),
                "promised": Terms.restored(row["promised"]),
                "charged": Terms.restored(row["charged"]),
                "ordered_at": _moment(row["ordered_at"]),
                "consented_at": _moment(row["consented_at"]),
                # Records of the first version have none.
                "shown": Terms.restored(row["shown"]) if row.get("shown") else None,
            }
        )
        for row in rows
    ]


def _text(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(dt.UTC).isoformat() if moment is not None else None


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text is not None else None
