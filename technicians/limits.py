"""Limits on how often a person may do something, counted in Redis for all processes."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def consume(action: str, who: str, *, per_minute: int) -> bool:
    """Count one more `action` of `who`; False when it is more than `per_minute`."""
    key = f"limit:{action}:{who}"
    cache.add(key, 0, timeout=60)
    try:
        return cache.incr(key) <= per_minute
    except ValueError:  # The minute ended between the two commands.
        return True


def limited(action: str, *, per_minute: int) -> Callable[[View[P]], View[P]]:
    """Answer a logged-in caller's JSON requests over the limit with 429 and a clear text."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not consume(action, str(request.user.pk), per_minute=per_minute):
                message = _("That was too fast. Please wait a minute and try again.")
                return JsonResponse(
                    {"ok": False, "code": "too_many", "message": message}, status=429
                )
            return view(request, *args, **kwargs)

        return guarded

    return decorate
