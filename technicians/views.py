"""The user's own page."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from technicians.access import current_user
from technicians.forms import ProfileForm
from technicians.models import User


@require_http_methods(["GET", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change one's own name; lead to password and second factor."""
    # A fresh copy: a refused name must not stand in the page's navigation.
    user = User.objects.get(pk=current_user(request).pk)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your name is saved."))
        return redirect("technicians:profile")
    context = {"form": form, "has_second_factor": is_mfa_enabled(user)}
    return render(request, "technicians/profile.html", context, status=422 if form.errors else 200)
