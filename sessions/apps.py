"""The app of support sessions."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    """Named `sessions`, labelled `support_sessions`: Django's own app has the short label."""

    name = "sessions"
    label = "support_sessions"
    verbose_name = _("support sessions")

    def ready(self) -> None:
        """Watch users, so that an open socket never outlives the right to it."""
        from sessions.rights import watch_users  # noqa: PLC0415 - needs the loaded models

        watch_users()
