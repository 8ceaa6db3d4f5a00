"""`manage.py verify_archive`: every archived invoice against hash, number range and row."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from invoices.models import ArchivedFile
from invoices.verification import verify


class Command(BaseCommand):
    """Exit code 1 and a list when something is wrong."""

    help = "Verifies every archived invoice, the number ranges and what protects them."

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the whole archive."""
        faults = 0
        for fault in verify():
            faults += 1
            self.stderr.write(f"{fault.subject}: {fault.reason}")
        if faults:
            raise CommandError(_("The archive has %(count)d faults.") % {"count": faults})
        self.stdout.write(
            _("The archive is whole: %(count)d invoices.") % {"count": ArchivedFile.objects.count()}
        )
