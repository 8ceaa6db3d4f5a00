"""Pages composed of several apps: what a visitor sees, and the home of technician and office."""

from dataclasses import dataclass

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from company.domain.tariff import due_blocks, price_cents
from company.models import Company, Tariff
from portal import figures
from portal.offers import offers
from sessions.models import Session
from technicians.access import current_user, is_office, is_technician, staff_required

EXAMPLE_MINUTES = (8, 15)
RECENT_SESSIONS = 8


@dataclass(frozen=True, slots=True)
class Example:
    """What a session of `minutes` costs: `blocks` started, `cents` gross."""

    minutes: int
    blocks: int
    cents: int

    @property
    def seconds(self) -> int:
        """How long it lasted."""
        return self.minutes * 60


def price_examples(tariff: Tariff) -> list[Example]:
    """Return the examples of the price list, computed and never typed."""
    examples = []
    for minutes in EXAMPLE_MINUTES:
        blocks = due_blocks(minutes * 60, tariff.terms)
        examples.append(Example(minutes, blocks, price_cents(blocks, tariff.terms)))
    return examples


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """Show what remote support is, what it costs, and the program to start."""
    tariff = figures.current_tariff()
    examples = price_examples(tariff) if tariff else []
    found = offers(request.headers.get("User-Agent", ""))
    context = {
        "tariff": tariff,
        "examples": examples,
        # The examples' bars share one scale: the blocks of the longest.
        "scale_seconds": examples[-1].blocks * tariff.block_seconds if tariff else 0,
        "offers": found,
        "own_offer": next((offer for offer in found if offer.is_own), None),
    }
    return render(request, "portal/public.html", context)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Let search engines see the public pages and nothing else (RFC 9309)."""
    allowed = [reverse(f"portal:{name}") for name in ("imprint", "privacy")]
    lines = ["User-agent: *", "Allow: /$", *(f"Allow: {path}" for path in allowed)]
    lines += [f"Allow: {settings.STATIC_URL}", "Disallow: /"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Lead browsers that guess the icon's address to where it is."""
    return redirect(static("portal/favicon.svg"))


@require_safe
def logo(request: HttpRequest) -> FileResponse:  # noqa: ARG001
    """Send the shop's logo, as it was uploaded in the administration."""
    picture = Company.objects.current().logo
    try:
        if picture:
            return FileResponse(picture.open("rb"))
    except FileNotFoundError as error:
        raise Http404 from error
    raise Http404


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    """Show who offers this (sec. 5 DDG), from the company's data."""
    return render(request, "portal/imprint.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Show which data are kept, why and for how long (Art. 13 DSGVO)."""
    return render(request, "portal/privacy.html")


@require_GET
@staff_required
def home(request: HttpRequest) -> HttpResponse:
    """Show the technician's connect field and list, the office's month, the owner both."""
    user = current_user(request)
    context: dict[str, object] = {}
    if is_technician(user):
        own = Session.objects.with_order().filter(technician=user)
        context["today"] = figures.today(user)
        context["recent"] = own.select_related("customer")[:RECENT_SESSIONS]
    if is_office(user):
        context["overview"] = figures.overview()
    return render(request, "portal/home.html", context)
