"""A month in an address: /monat/2026-11/."""

from invoices.domain.period import Month


class MonthConverter:
    """Turns '2026-11' into a Month and back; what is no month is a page not found."""

    regex = "[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> Month:
        """Read the month; ValueError means that the address does not match."""
        return Month.parse(value)

    def to_url(self, value: Month | str) -> str:
        """Write the month."""
        return str(value)
