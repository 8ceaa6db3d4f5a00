"""Response headers that Django has no setting for."""

from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

# What no page of the portal uses, and so no script that slipped in may ask for.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    )
)
Next = (
    Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]
)


@sync_and_async_middleware
def permissions_policy(get_response: Next) -> Next:
    """Add Permissions-Policy to every answer."""
    if iscoroutinefunction(get_response):
        get_later = cast("Callable[[HttpRequest], Awaitable[HttpResponseBase]]", get_response)

        async def later(request: HttpRequest) -> HttpResponseBase:
            return _with_policy(await get_later(request))

        return later
    get_now = cast("Callable[[HttpRequest], HttpResponseBase]", get_response)

    def now(request: HttpRequest) -> HttpResponseBase:
        return _with_policy(get_now(request))

    return now


def _with_policy(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
    return response
