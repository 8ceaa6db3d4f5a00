"""Forms for users."""

from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from technicians.models import User


class NewUserForm(AdminUserCreationForm):
    """A new user, with or without a first password."""

    class Meta:
        model = User
        fields = ("email", "name", "is_technician", "is_office")

    def clean_email(self) -> str:
        """Keep mail addresses in small letters, so that one person has one account."""
        address: str = self.cleaned_data["email"].lower()
        return address


class ChangedUserForm(UserChangeForm[User]):
    """All of a user; the password has a page of its own."""

    class Meta:
        model = User
        fields = "__all__"


class ProfileForm(forms.ModelForm[User]):
    """What users change themselves: the name that customers see."""

    class Meta:
        model = User
        fields = ("name",)
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}  # noqa: RUF012
