"""The user of the portal, known by mail address and role."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Creates users by mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create a user; without `password` nobody can log in as them yet."""
        if not email:
            raise ValueError(_("A mail address is needed."))
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: object) -> "User":
        """Create the owner: both roles and Django's admin."""
        rights = {"is_staff": True, "is_superuser": True, "is_technician": True, "is_office": True}
        return self.create_user(email, password, **(rights | fields))

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by mail address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who works in the shop. Roles may be combined: a small shop has one owner."""

    email = models.EmailField(_("mail address"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    is_technician = models.BooleanField(
        _("technician"), default=False, help_text=_("Connects to customers' computers.")
    )
    is_office = models.BooleanField(
        _("office"), default=False, help_text=_("Keeps customers and tariffs, makes invoices.")
    )
    is_staff = models.BooleanField(_("may use the administration pages"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("name", "email")
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_once"),)

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """Return the name that customers see."""
        return str(self)
