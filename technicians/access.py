"""Who may open which page: decorators for views, by role.

Roles decide alone. A superuser is not automatically everything: the owner of a small
shop simply has both roles.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from technicians.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
Rule = Callable[[User], bool]


def is_technician(user: User | AnonymousUser) -> bool:
    """Whether `user` may connect to customers' computers."""
    return isinstance(user, User) and user.is_active and user.is_technician


def is_office(user: User | AnonymousUser) -> bool:
    """Whether `user` may see the month and make invoices."""
    return isinstance(user, User) and user.is_active and user.is_office


def is_member(user: User | AnonymousUser) -> bool:
    """Whether `user` has any role in the shop."""
    return is_technician(user) or is_office(user)


def current_user(request: HttpRequest) -> User:
    """Return who calls, behind a decorator that let only users in; else PermissionDenied."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _ask_to_log_in(request: HttpRequest) -> HttpResponseBase:
    """Answer an anonymous caller in the way its caller can use.

    A script gets 401 and a text, htmx the order to load the log-in page (a redirect would
    be swapped into the middle of the page), a browser the log-in page itself.
    """
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = resolve_url("account_login")
        return response
    # Browsers name what an answer is for: 'empty' is a script's fetch().
    if request.headers.get("Sec-Fetch-Dest") == "empty" or not request.accepts("text/html"):
        message = _("You have been logged out. Please log in again.")
        return JsonResponse({"ok": False, "code": "login", "message": message}, status=401)
    return redirect_to_login(request.get_full_path(), resolve_url("account_login"))


def _requires(rule: Rule, refusal: Promise) -> Callable[[View[P]], View[P]]:
    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return _ask_to_log_in(request)
            if not rule(request.user):
                raise PermissionDenied(refusal)
            response = view(request, *args, **kwargs)
            if not response.has_header("Cache-Control"):
                # Customers' data must not come back by the back button after the log-out.
                add_never_cache_headers(response)
            return response

        return guarded

    return decorate


def technician_required(view: View[P]) -> View[P]:
    """Let only technicians in: anonymous callers log in first, others get a 403 page."""
    refusal = gettext_lazy("This page is for technicians. Ask the office if you need the role.")
    return _requires(is_technician, refusal)(view)


def office_required(view: View[P]) -> View[P]:
    """Let only the office in: anonymous callers log in first, others get a 403 page."""
    refusal = gettext_lazy("This page is for the office. Ask the owner if you need the role.")
    return _requires(is_office, refusal)(view)


def staff_required(view: View[P]) -> View[P]:
    """Let technicians and office in: anonymous callers log in first, others get a 403 page."""
    refusal = gettext_lazy("Your account has no role in this shop yet. Ask the owner for one.")
    return _requires(is_member, refusal)(view)
