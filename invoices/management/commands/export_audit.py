"""`manage.py export_audit FROM TO --output DIR`: the files for a tax audit as a folder."""

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from invoices.exports.audit import count_audit_files, write_audit_folder
from invoices.management.progress import ProgressBar
from invoices.management.refusals import refusals_told


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a day: write it like 2026-12-31."
        ) from error


class Command(BaseCommand):
    """Writes the same files that the portal's ZIP holds."""

    help = "Writes tables, their description and the archived files of some days into a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("first", type=_day, metavar="FROM")
        parser.add_argument("last", type=_day, metavar="TO")
        parser.add_argument("--output", type=Path, required=True, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the folder, or say what stands in the way."""
        first, last, folder = options["first"], options["last"], options["output"]
        if last < first:
            raise CommandError(_("The last day lies before the first one."))
        bar = ProgressBar(self.stdout, count_audit_files(first, last))
        with refusals_told(folder):
            done = write_audit_folder(first, last, folder, bar.show)
        self.stdout.write(
            _("%(count)d files written to %(folder)s.") % {"count": done, "folder": folder}
        )
