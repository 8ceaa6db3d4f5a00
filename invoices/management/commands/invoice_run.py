"""`manage.py invoice_run YYYY-MM`: the month's invoices from the command line."""

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from invoices import services
from invoices.management.months import month
from invoices.management.progress import ProgressBar
from invoices.models import InvoiceRun, InvoiceRunItem
from invoices.review import review

POLL_SECONDS = 0.5


class Command(BaseCommand):
    """Makes what is missing; exit code 1 and a list when something could not be invoiced."""

    help = "Makes the invoices of a month; run again, it invoices only what is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", type=month, metavar="YYYY-MM")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run in this process, together with any workers that are at it already."""
        try:
            run = services.invoice_run_create(month=options["month"])
        except services.CompanyIncompleteError as error:
            raise CommandError(
                _("Complete the company data first. Missing: %(fields)s.")
                % {"fields": ", ".join(error.missing)}
            ) from error
        waiting = services.invoice_run_start(run=run, by=None)
        run.refresh_from_db()
        self._work(run, waiting)
        invoiced, problems = self._outcome(run)
        self.stdout.write(
            ngettext("%(count)d invoice made.", "%(count)d invoices made.", invoiced)
            % {"count": invoiced}
        )
        if problems:
            for problem in problems:
                self.stderr.write(problem)
            sys.exit(1)

    def _work(self, run: InvoiceRun, waiting: list[int]) -> None:
        progress = services.invoice_run_progress(run=run)
        bar = ProgressBar(self.stdout, progress.total)
        for item_id in waiting:
            services.invoice_run_item_process(item_id=item_id)
            bar.show(services.invoice_run_progress(run=run).finished)
        # What other workers hold: they finish it, or their lease runs out within a minute.
        while services.invoice_run_progress(run=run).running:
            for item_id in run.items.claimable(timezone.now()).values_list("pk", flat=True):
                services.invoice_run_item_process(item_id=item_id)
            bar.show(services.invoice_run_progress(run=run).finished)
            time.sleep(POLL_SECONDS)

    def _outcome(self, run: InvoiceRun) -> tuple[int, list[str]]:
        """Return how many invoices the run made since its start, and what stands open."""
        states = InvoiceRunItem.State
        made = run.items.filter(invoice__issued_at__gte=run.started_at).count()
        problems = [
            f"{item.customer.number} {item.customer.name}: {item.get_problem_display()}"
            + (f" ({item.detail})" if item.detail else "")
            for item in run.items.filter(state__in=(states.FAILED, states.ISSUED)).select_related(
                "customer"
            )
        ]
        problems += [
            _("Support session %(session)s of %(day)s has no customer. Give it one.")
            % {
                "session": session,
                "day": f"{timezone.localtime(session.started_at):%d.%m.%Y %H:%M}",
            }
            for session in review(run.month).without_customer
        ]
        return made, problems
