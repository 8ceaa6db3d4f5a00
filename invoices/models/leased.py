"""Work in the background that is leased while somebody does it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.problems import Problem


class Leased(models.Model):
    """How such work stands, and what stood in the way; subclasses have a `state`.

    A worker that dies leaves a lease that runs out, and the sweeper gives the work to the
    next one (`invoices.querysets.LeasedQuerySet`).
    """

    state: "models.CharField[str, str]"
    leased_until = models.DateTimeField(_("leased until"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    problem = models.CharField(_("problem"), max_length=20, choices=Problem, blank=True)
    detail = models.TextField(_("detail"), blank=True)

    class Meta:
        abstract = True

    def finish(self, state: str, problem: str = "", detail: str = "") -> None:
        """Note how the work ended, and nothing else."""
        self.state, self.problem, self.detail = state, problem, detail
        self.leased_until, self.finished_at = None, timezone.now()
        self.save(update_fields=["state", "problem", "detail", "leased_until", "finished_at"])
