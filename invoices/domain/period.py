"""Calendar months in the shop's time zone: what belongs to which month, to the second."""

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

SHOP_ZONE = ZoneInfo("Europe/Berlin")
DECEMBER = 12
# What the time zone database calls by its English names.
GERMAN_ZONES = {"CET": "MEZ", "CEST": "MESZ"}


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of Europe/Berlin. A session belongs to the month in which it started."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (2000 <= self.year <= 9998 and 1 <= self.month <= DECEMBER):  # noqa: PLR2004
            msg = f"{self.year}-{self.month} is not a month between 2000-01 and 9998-12."
            raise ValueError(msg)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read '2026-11'; raise ValueError with a sentence for anything else."""
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
            msg = f"{text!r} is not a month: write it like 2026-11."
            raise ValueError(msg)
        return cls(int(text[:4]), int(text[5:]))

    @classmethod
    def of(cls, moment: dt.datetime) -> "Month":
        """Return the month in which an aware moment lies by the shop's clock."""
        if moment.tzinfo is None:
            msg = "A moment without time zone belongs to no month."
            raise ValueError(msg)
        local = moment.astimezone(SHOP_ZONE)
        return cls(local.year, local.month)

    @property
    def first_day(self) -> dt.date:
        """The first calendar day."""
        return dt.date(self.year, self.month, 1)

    @property
    def last_day(self) -> dt.date:
        """The last calendar day."""
        return self.next().first_day - dt.timedelta(days=1)

    @property
    def start(self) -> dt.datetime:
        """Local midnight of the first day, in UTC (included)."""
        return dt.datetime(self.year, self.month, 1, tzinfo=SHOP_ZONE).astimezone(dt.UTC)

    @property
    def end(self) -> dt.datetime:
        """Local midnight after the last day, in UTC (not included)."""
        return self.next().start

    def next(self) -> "Month":
        """Return the following month."""
        if self.month == DECEMBER:
            return Month(self.year + 1, 1)
        return Month(self.year, self.month + 1)

    def previous(self) -> "Month":
        """Return the month before."""
        if self.month == 1:
            return Month(self.year - 1, DECEMBER)
        return Month(self.year, self.month - 1)


def day_span(first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return local midnight of the first day (included) and after the last one (not included)."""
    after = last + dt.timedelta(days=1)
    start, end = (dt.datetime.combine(day, dt.time(), SHOP_ZONE) for day in (first, after))
    return start, end


def clock_time(moment: dt.datetime, language: str = "de") -> str:
    """Return 'HH:MM' by the shop's clock, with the zone where the hour comes twice.

    In the night when the clocks go back, 02:30 alone would be ambiguous on an invoice: it is
    '02:30 MESZ' (de), '02:30 CEST' (en) the first time, and no line ends between the two.
    """
    return _clock(moment, "%H:%M", language)


def exact_time(moment: dt.datetime, language: str = "de") -> str:
    """Return 'HH:MM:SS', likewise."""
    return _clock(moment, "%H:%M:%S", language)


def _clock(moment: dt.datetime, form: str, language: str) -> str:
    local = moment.astimezone(SHOP_ZONE)
    text = local.strftime(form)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return text
    zone = local.tzname() or ""
    return f"{text}\N{NO-BREAK SPACE}{GERMAN_ZONES[zone] if language.startswith('de') else zone}"
