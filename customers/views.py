"""Pages and JSON answers about customers."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers import services
from customers.forms import AgreementForm, CustomerForm, QuickCustomerForm
from customers.models import Agreement, Customer
from customers.services import agreement_add, customer_create
from technicians.access import current_user, office_required, staff_required
from technicians.limits import limited

PER_PAGE = 25
FOUND_AT_MOST = 12
SEARCH_AT_MOST = 100


@require_GET
@staff_required
def customer_list(request: HttpRequest) -> HttpResponse:
    """List customers, searched by `q`; htmx asks for the table alone while one types."""
    text = request.GET.get("q", "").strip()[:SEARCH_AT_MOST]
    found = Customer.objects.search(text).by_name()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    is_part = request.headers.get("HX-Target") == "customers"
    template = "customers/_table.html" if is_part else "customers/list.html"
    query = urlencode({"q": text}) if text else ""
    return render(request, template, {"page": page, "q": text, "query": query})


@require_GET
@staff_required
def customer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a customer's whole page."""
    return render(
        request, "customers/detail.html", {"customer": get_object_or_404(Customer, pk=pk)}
    )


@require_http_methods(["GET", "POST"])
@staff_required
def create(request: HttpRequest) -> HttpResponse:
    """Make a new customer."""
    form = CustomerForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (customer := form.store()):
        messages.success(
            request,
            _("%(name)s is saved, customer number %(number)s.")
            % {"name": customer.name, "number": customer.number},
        )
        return redirect(customer)
    return render(request, "customers/form.html", {"form": form}, status=_status(form))


@require_http_methods(["GET", "POST"])
@staff_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a customer; refuse to overwrite what somebody else saved meanwhile."""
    customer = get_object_or_404(Customer, pk=pk)
    form = CustomerForm(request.POST or None, instance=customer)
    if request.method == "POST" and form.is_valid() and form.store():
        messages.success(request, _("%(name)s is saved.") % {"name": customer.name})
        return redirect(customer)
    context = {"form": form, "customer": customer}
    return render(request, "customers/form.html", context, status=_status(form))


def _status(form: CustomerForm) -> int:
    """422 tells a form with errors from one that is shown for the first time."""
    return 422 if form.errors else 200


@require_GET
@staff_required
@limited("customer-search", per_minute=240)
def search(request: HttpRequest) -> JsonResponse:
    """Answer the customer picker: the first matches of `q`."""
    found = Customer.objects.search(request.GET.get("q", "").strip()[:SEARCH_AT_MOST])
    results = [
        {"id": customer.pk, "number": customer.number, "name": customer.name, "city": customer.city}
        for customer in found[:FOUND_AT_MOST]
    ]
    return JsonResponse({"results": results})


@require_POST
@staff_required
@limited("customer-create", per_minute=20)
def quick_create(request: HttpRequest) -> JsonResponse:
    """Make a customer from the few fields that are known on the phone."""
    form = QuickCustomerForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    fields = {name: form.cleaned_data[name] for name in form.Meta.fields}
    customer = customer_create(fields=fields)
    return JsonResponse({"id": customer.pk, "name": customer.name}, status=201)


@require_http_methods(["GET", "POST"])
@office_required
def agreements(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was agreed with a customer, and take a new agreement."""
    customer = get_object_or_404(Customer, pk=pk)
    form = AgreementForm(request.POST or None, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            agreement_add(agreement=form.instance, customer=customer, by=current_user(request))
        except ValidationError:
            form.add_error("valid_from", _("There is an agreement that begins on this day."))
        else:
            messages.success(request, _("The agreement is saved."))
            return redirect("customers:agreements", customer.pk)
    context = {"customer": customer, "agreements": customer.agreements.all(), "form": form}
    return render(request, "customers/agreements.html", context, status=422 if form.errors else 200)


@require_POST
@office_required
def agreement_remove(request: HttpRequest, pk: int, agreement_id: int) -> HttpResponse:
    """Remove an agreement that has not begun."""
    agreement = get_object_or_404(Agreement, pk=agreement_id, customer_id=pk)
    if not services.agreement_remove(agreement=agreement, by=current_user(request)):
        messages.error(request, _("It has begun: follow it by another agreement."))
    return redirect("customers:agreements", pk)
