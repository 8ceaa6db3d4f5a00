"""Demo log-ins: new random passwords for each demo installation, kept for its next start."""

import os
import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command

ADDRESSES = ("techniker@example.com", "buero@example.com")


def demo_is_wanted() -> bool:
    """Return whether nobody has an account yet and only this computer can log in."""
    return settings.DEMO_ALLOWED and not get_user_model().objects.exists()


def make_demo() -> None:
    """Fill the empty database and write the log-ins to DEMO_FILE, for its owner only."""
    call_command("demo_data", verbosity=0)
    lines = []
    for address in ADDRESSES:
        user = get_user_model().objects.get(email=address)
        password = secrets.token_urlsafe(9)
        user.set_password(password)
        user.save(update_fields=["password"])
        lines.append(f"{address} {password}\n")
    handle = os.open(settings.DEMO_FILE, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.writelines(lines)
