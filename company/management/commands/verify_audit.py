"""Verify the audit log's chain."""

from django.core.management.base import BaseCommand, CommandError

from company import audit
from company.models import AuditEntry


class Command(BaseCommand):
    """`manage.py verify_audit`: exit code 1 and a list when the chain is broken."""

    help = "Verifies the hash chain of the audit log."

    def handle(self, *args: object, **options: object) -> None:
        faults = list(audit.verify())
        for fault in faults:
            self.stderr.write(f"#{fault.number}: {fault.reason}")
        if faults:
            msg = f"The audit log is broken in {len(faults)} places."
            raise CommandError(msg)
        self.stdout.write(f"The audit log is whole: {AuditEntry.objects.count()} entries.")
