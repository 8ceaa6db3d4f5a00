"""`manage.py export_month YYYY-MM --output DIR`: the month's archive as a folder."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from invoices.exports.archive import count_files, write_folder
from invoices.management.months import month
from invoices.management.progress import ProgressBar
from invoices.management.refusals import refusals_told


class Command(BaseCommand):
    """Writes the same files that the portal's ZIP holds."""

    help = "Writes a month's invoices, letters, lists, DATEV bookings and SHA256SUMS into a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", type=month, metavar="YYYY-MM")
        parser.add_argument("--output", type=Path, required=True, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the folder, or say what stands in the way."""
        folder: Path = options["output"]
        bar = ProgressBar(self.stdout, count_files(options["month"]))
        with refusals_told(folder):
            done = write_folder(options["month"], folder, bar.show)
        self.stdout.write(
            _("%(count)d files written to %(folder)s.") % {"count": done, "folder": folder}
        )
