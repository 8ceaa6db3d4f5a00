"""The choice between light and dark, kept in a cookie so that no script is needed."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

COOKIE = "appearance"
CHOICES = ("light", "dark", "auto")
ONE_YEAR = 365 * 24 * 3600


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Remember `appearance` (light, dark, auto) and go back to the page `next`.

    An address outside this portal in `next` is ignored.
    """
    chosen = request.POST.get("appearance", "")
    if chosen not in CHOICES:
        return HttpResponseBadRequest(_("Choose light, dark or auto."))
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response = HttpResponseRedirect(target if safe else resolve_url("portal:public"))
    if chosen == "auto":
        response.delete_cookie(COOKIE, samesite="Lax")
    else:
        response.set_cookie(
            COOKIE,
            chosen,
            max_age=ONE_YEAR,
            secure=settings.IS_HTTPS,
            httponly=True,
            samesite="Lax",
        )
    return response
