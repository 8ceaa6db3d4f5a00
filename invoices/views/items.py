"""What a customer is billed for besides sessions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.models import Customer
from invoices import services
from invoices.forms import ItemForm
from invoices.models import InvoiceLine, Item
from technicians.access import current_user, office_required


@require_http_methods(["GET", "POST"])
@office_required
def items_page(request: HttpRequest, customer_id: int) -> HttpResponse:
    """List what waits for the next invoice, and take a new item."""
    customer = get_object_or_404(Customer, pk=customer_id)
    form = ItemForm(
        request.POST or None, initial={"service_date": timezone.localdate(), "quantity": 1}
    )
    if request.method == "POST" and form.is_valid():
        services.item_add(item=form.instance, customer=customer, by=current_user(request))
        messages.success(request, _("It comes on the next invoice."))
        return redirect("invoices:items", customer.pk)
    context = {
        "customer": customer,
        "items": Item.objects.unbilled().filter(customer=customer),
        "prepaid_seconds": InvoiceLine.objects.prepaid_seconds_left(customer),
        "form": form,
    }
    return render(request, "invoices/items.html", context, status=422 if form.errors else 200)


@require_POST
@office_required
def item_remove(request: HttpRequest, customer_id: int, item_id: int) -> HttpResponse:
    """Remove an item that is on no invoice."""
    item = get_object_or_404(Item, pk=item_id, customer_id=customer_id)
    try:
        services.item_remove(item=item, by=current_user(request))
    except services.ItemBilledError:
        messages.error(request, _("This is on an invoice: cancel the invoice first."))
    return redirect("invoices:items", customer_id)
