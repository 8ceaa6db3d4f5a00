"""`manage.py export_month YYYY-MM --output DIR`: the month's archive as a folder."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from invoices.archive import ArchiveDamagedError
from invoices.exports.archive import UnarchivedError, count_files, write_folder
from invoices.management.months import month
from invoices.management.progress import ProgressBar


class Command(BaseCommand):
    """Writes the same files that the portal's ZIP holds."""

    help = "Writes a month's invoices, invoices.csv and SHA256SUMS into a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", type=month, metavar="YYYY-MM")
        parser.add_argument("--output", type=Path, required=True, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the folder, or say what stands in the way."""
        folder: Path = options["output"]
        bar = ProgressBar(self.stdout, count_files(options["month"]))
        try:
            done = write_folder(options["month"], folder, bar.show)
        except UnarchivedError as error:
            raise CommandError(
                _("Invoices without file: %(numbers)s. Start the run of the month again.")
                % {"numbers": ", ".join(error.numbers)}
            ) from error
        except ArchiveDamagedError as error:
            raise CommandError(
                _("Damaged in the archive: %(file)s. Restore it from the backup.")
                % {"file": str(error)}
            ) from error
        except OSError as error:
            raise CommandError(
                _("%(folder)s cannot be written: %(reason)s.")
                % {"folder": folder, "reason": error.strerror}
            ) from error
        self.stdout.write(
            _("%(count)d files written to %(folder)s.") % {"count": done, "folder": folder}
        )
