"""Pages and answers about support sessions."""

from functools import partial
from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sessions.domain.lifecycle import EndReason, State
from sessions.forms import ConnectForm, CourtesyForm, CustomerForm, NotesForm, SessionFilterForm
from sessions.live import live_rows
from sessions.models import Session
from sessions.services import (
    SessionBilledError,
    SessionOpenError,
    SessionRefused,
    session_assign_customer,
    session_clock,
    session_end,
    session_note,
    session_order,
    session_waive,
)
from technicians.access import (
    current_user,
    is_office,
    is_technician,
    office_required,
    staff_required,
    technician_required,
)
from technicians.models import User

SESSIONS_PER_PAGE = 50
# No text becomes a script on the viewer's page, but for the address of its one worker.
VIEWER_POLICY = {"require-trusted-types-for": ["'script'"], "trusted-types": ["dibuc-worker"]}
STATUS = {
    "login": 401,
    "not-allowed": 403,
    "wrong-digits": 400,
    "unknown-id": 404,
    "busy": 409,
    "too-many-attempts": 429,
}


@require_POST
def connect(request: HttpRequest) -> HttpResponseBase:
    """Take the ID that a customer read out; answer with the viewer's address, in JSON."""
    user = request.user
    if not isinstance(user, User):
        return _refused("login", _("You have been logged out. Please log in again."))
    if not is_technician(user):
        return _refused("not-allowed", _("Only technicians may connect."))
    form = ConnectForm(request.POST)
    form.is_valid()
    try:
        session = session_order(
            technician=user,
            # What the form does not take, the check digit refuses as well.
            support_id=form.cleaned_data.get("support_id", ""),
            address=request.META.get("REMOTE_ADDR", ""),
        )
    except SessionRefused as refusal:
        response = _refused(refusal.code, refusal.message)
        if refusal.retry_after is not None:
            response["Retry-After"] = str(refusal.retry_after)
        return response
    return JsonResponse({"ok": True, "url": reverse("sessions:viewer", args=[session.pk])})


@require_GET
@staff_required
def session_list(request: HttpRequest) -> HttpResponseBase:
    """Show the sessions to which a technician came, newest first, by page and filter."""
    form = SessionFilterForm(request.GET)
    sessions = form.narrow(Session.objects.with_order().select_related("technician", "customer"))
    page = Paginator(sessions, SESSIONS_PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {"form": form, "page": page, "sessions": page.object_list, "query": query.urlencode()}
    return render(request, "sessions/list.html", context)


@require_GET
@staff_required
def detail(request: HttpRequest, session_id: UUID) -> HttpResponseBase:
    """Show one session: who, when, how long, what it costs, what was done."""
    sessions = Session.objects.select_related("technician", "customer")
    session = get_object_or_404(sessions.prefetch_related("segments"), pk=session_id)
    return _show(request, session)


def _show(
    request: HttpRequest, session: Session, courtesy: CourtesyForm | None = None
) -> HttpResponse:
    is_ended = session.state == State.ENDED
    context = {
        "session": session,
        "segments": session.segments.all(),
        "clock": session_clock(session=session, now=timezone.now()),
        "may_change": _may_change(request.user, session),
        "may_view": session.is_open and session.technician_id == request.user.pk,
        "notes_form": NotesForm(instance=session),
        "courtesy_form": courtesy or CourtesyForm(session=session),
        "may_waive": is_office(request.user) and is_ended and bool(session.blocks),
    }
    status = 422 if courtesy else 200
    return render(request, "sessions/detail.html", context, status=status)


@require_GET
@never_cache
@technician_required
def viewer(request: HttpRequest, session_id: UUID) -> HttpResponseBase:
    """Show the customer's screen to the session's own technician."""
    sessions = Session.objects.select_related("technician", "customer")
    session = get_object_or_404(sessions, pk=session_id)
    if session.technician_id != request.user.pk:
        raise PermissionDenied(_("This session belongs to another technician."))
    if not session.is_open:
        return redirect(session)
    context = {"session": session, "socket_url": _socket_url(request, session)}
    page = partial(render, template_name="sessions/viewer.html", context=context)
    return csp_update(VIEWER_POLICY)(page)(request)


@require_GET
@never_cache
def line(request: HttpRequest, session_id: UUID) -> HttpResponseBase:
    """Say in JSON where the viewer's socket is by now; asked after a line that broke."""
    user = request.user
    if not isinstance(user, User):
        return _refused("login", _("You have been logged out. Please log in again."))
    session = get_object_or_404(Session, pk=session_id)
    if not is_technician(user) or session.technician_id != user.pk:
        return _refused("not-allowed", _("This session belongs to another technician."))
    return JsonResponse({"ok": True, "socket": _socket_url(request, session)})


@require_GET
@never_cache
@technician_required
def live(request: HttpRequest) -> HttpResponseBase:
    """Return the live list as a part of a page."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - technician_required let only users in
    return render(request, "sessions/_live_list.html", {"rows": live_rows(user, timezone.now())})


@require_POST
@staff_required
def customer(request: HttpRequest, session_id: UUID) -> HttpResponseBase:
    """Say whom the session was for."""
    session, user = _changeable(request, session_id)
    form = CustomerForm(request.POST)
    if not form.is_valid():
        return _answer(request, session, errors=form.errors.get_json_data())
    chosen = form.cleaned_data["customer"]
    try:
        session = session_assign_customer(session=session, customer=chosen, by=user)
    except SessionBilledError:
        message = _("This session is on an invoice already, so its customer stays.")
        return _answer(request, session, errors={"customer": [{"message": message}]})
    shown = {"id": chosen.pk, "name": chosen.name} if chosen else None
    return _answer(request, session, {"customer": shown})


@require_POST
@staff_required
def notes(request: HttpRequest, session_id: UUID) -> HttpResponseBase:
    """Keep what was done."""
    session, user = _changeable(request, session_id)
    form = NotesForm(request.POST)
    if not form.is_valid():
        return _answer(request, session, errors=form.errors.get_json_data())
    session = session_note(session=session, text=form.cleaned_data["notes"], by=user)
    return _answer(request, session, {"notes": session.notes})


@require_POST
@office_required
def courtesy(request: HttpRequest, session_id: UUID) -> HttpResponseBase:
    """Waive some of the session's blocks."""
    session = get_object_or_404(Session.objects.select_related("customer"), pk=session_id)
    form = CourtesyForm(request.POST, session=session)
    if not form.is_valid():
        return _show(request, session, form)
    wanted = form.cleaned_data
    try:
        session = session_waive(
            session=session,
            blocks=wanted["blocks"],
            reason=wanted["reason"],
            by=current_user(request),
        )
    except SessionBilledError:
        messages.error(request, _("This session is on an invoice: cancel the invoice first."))
    except SessionOpenError:
        messages.error(request, _("Blocks can be waived when the session has ended."))
    return redirect(session)


@require_POST
@staff_required
def end(request: HttpRequest, session_id: UUID) -> HttpResponseBase:
    """End the session from the portal; both ends are told at once."""
    session, user = _changeable(request, session_id)
    own = session.technician_id == user.pk
    reason = EndReason.TECHNICIAN if own else EndReason.OFFICE
    session = session_end(session=session, reason=reason, at=timezone.now(), by=user)
    clock = session_clock(session=session, now=timezone.now())
    facts: dict[str, object] = {
        "seconds": clock.seconds,
        "blocks": clock.blocks,
        "cents": clock.cents,
        "url": session.get_absolute_url(),
    }
    return _answer(request, session, facts)


def _changeable(request: HttpRequest, session_id: UUID) -> tuple[Session, User]:
    session = get_object_or_404(Session, pk=session_id)
    user = request.user
    if not isinstance(user, User) or not _may_change(user, session):
        raise PermissionDenied(_("This session belongs to another technician."))
    return session, user


def _socket_url(request: HttpRequest, session: Session) -> str:
    """Return the address of the technician's socket, in the server process of the agent."""
    address = f"/ws/relay/{session.relay or settings.RELAY}/technician/{session.pk}/"
    return request.build_absolute_uri(address).replace("http", "ws", 1)


def _may_change(user: object, session: Session) -> bool:
    if not isinstance(user, User):
        return False
    own = is_technician(user) and session.technician_id == user.pk
    return own or is_office(user)


def _refused(code: str, message: str) -> JsonResponse:
    answer = {"ok": False, "code": code, "message": message}
    return JsonResponse(answer, status=STATUS[code])


def _answer(
    request: HttpRequest,
    session: Session,
    facts: dict[str, object] | None = None,
    errors: dict[str, list[dict[str, str]]] | None = None,
) -> HttpResponseBase:
    """Answer a script in JSON and a form with the session's page."""
    texts = [error["message"] for found in (errors or {}).values() for error in found]
    if "text/html" in request.headers.get("Accept", "") or request.headers.get("HX-Request"):
        for text in texts:
            messages.error(request, text)
        return HttpResponseRedirect(session.get_absolute_url(), status=303)
    if errors is not None:
        refusal = {"ok": False, "code": "invalid", "message": " ".join(texts), "errors": errors}
        return JsonResponse(refusal, status=400)
    return JsonResponse({"ok": True, **(facts or {})})
