"""The company, and whether mail leaves, in every template."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from company.models import Company


def company(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001
    """Return `company`, read from the database only when used, and `can_send_mail`."""
    return {
        "company": SimpleLazyObject(Company.objects.current),
        "can_send_mail": bool(settings.EMAIL_HOST),
    }
