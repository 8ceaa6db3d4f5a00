"""Users in the administration pages."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.utils.translation import gettext_lazy as _

from technicians.forms import ChangedUserForm, NewUserForm
from technicians.models import User


@admin.register(User)
class TechnicianAdmin(UserAdmin[User]):  # type: ignore[type-var]  # stubs know AbstractUser
    """Invite people, give and take roles, deactivate whoever leaves."""

    form = ChangedUserForm
    add_form = NewUserForm
    list_display = ("name", "email", "is_technician", "is_office", "is_active", "last_login")
    list_filter = ("is_technician", "is_office", "is_active")
    search_fields = ("name", "email")
    ordering = ("name", "email")
    filter_horizontal = ("groups", "user_permissions")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (_("Roles"), {"fields": ("is_technician", "is_office", "is_active")}),
        (
            _("Administration pages"),
            {"fields": ("is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "email",
                    "name",
                    "is_technician",
                    "is_office",
                    "usable_password",
                    "password1",
                    "password2",
                ),
            },
        ),
    )
