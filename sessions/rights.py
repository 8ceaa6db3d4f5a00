"""Rights of open sockets: withdrawn as soon as somebody logs out or loses a role."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_save

from sessions import announce
from technicians.models import User


def watch_users() -> None:
    """Look at every saved user and every log-out. Called once, when the app is ready.

    By Django's signals, since the app of the users stands below this one and must not
    know of sockets.
    """
    post_save.connect(_saved, sender=User, dispatch_uid="sessions.rights.saved")
    user_logged_out.connect(_logged_out, dispatch_uid="sessions.rights.logged_out")


def _saved(instance: User, *, created: bool, **_signal: Any) -> None:
    if not created:
        announce.rights_changed(instance.pk)


def _logged_out(user: User | None, **_signal: Any) -> None:
    if user is not None:
        announce.rights_changed(user.pk)
