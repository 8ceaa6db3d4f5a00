"""All letters that are due, with one click: the question before it, and what became of each."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from invoices import services, tasks
from invoices.mailing import mail_is_set_up
from invoices.models import Delivery, LeftOut, ReminderRun
from technicians.access import current_user, office_required

# So many invoices are named for each reason, and so many letters of a run.
NAMED, SHOWN = 20, 200


@require_http_methods(["GET", "HEAD", "POST"])
@office_required
def question(request: HttpRequest) -> HttpResponse:
    """Ask before all letters that are due are written and sent; on POST, begin with it."""
    today = timezone.localdate()
    if request.method == "POST":
        mark = request.POST.get("mark", "")
        run = services.reminder_run_create(today=today, mark=mark, by=current_user(request))
        if run is not None:
            tasks.queue_reminders(run.items.values_list("pk", flat=True))
            return redirect("invoices:reminders")
        messages.error(request, _("This has changed meanwhile: please look at it again."))
    plan = services.reminder_plan(today)
    return render(
        request,
        "invoices/remind_all.html",
        {
            "plan": plan,
            "counts": [
                {"level": level.label, "is_mail": way == Delivery.Channel.MAIL, "number": number}
                for (level, way), number in sorted(plan.counts.items())
            ],
            "total": sum(each.invoice.open_cents for each in plan.due),
            "left_out": _by_reason(plan),
            "can_send_mail": mail_is_set_up(),
        },
    )


def _by_reason(plan: services.Plan) -> list[dict[str, Any]]:
    """Return the reasons why invoices are left out, with the invoices."""
    reasons = list(LeftOut)
    ordered = sorted(plan.left_out, key=lambda pair: reasons.index(pair[1]))
    groups = []
    for reason, pairs in groupby(ordered, key=lambda pair: pair[1]):
        invoices = [invoice for invoice, _reason in pairs]
        more = max(len(invoices) - NAMED, 0)
        groups.append({"label": reason.label, "invoices": invoices[:NAMED], "more": more})
    return groups


def run_context() -> dict[str, Any]:
    """Return what the page about dunning says of the latest run."""
    run = ReminderRun.objects.first()
    if run is None:
        return {"reminder_run": None}
    items = run.items.outcome()
    progress = services.reminder_run_progress(run=run)
    return {
        "reminder_run": run,
        "run_progress": progress,
        "run_items": items[:SHOWN],
        "run_more": max(progress.total - SHOWN, 0),
    }


@require_GET
@office_required
def progress(request: HttpRequest) -> HttpResponse:
    """Answer htmx with the latest run; when all is done, tell it to load the whole page anew."""
    context = run_context()
    response = render(request, "invoices/_reminder_run.html", context)
    if context["reminder_run"] is None or not context["run_progress"].running:
        response["HX-Refresh"] = "true"
    return response
