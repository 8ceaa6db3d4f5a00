"""The company in every template."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from company.models import Company


def company(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001
    """Return `company`, read from the database only when a template uses it."""
    return {"company": SimpleLazyObject(Company.objects.current)}
