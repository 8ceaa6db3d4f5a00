"""Demo accounts and the data of the shop that an invoice needs."""

import os
import secrets

from django.conf import settings
from django.db import transaction

from company.models import Company
from portal.demo.customers import shop
from technicians.models import User

# These two can log in; the others are there so that lists look alive.
LOG_INS = ("techniker@example.com", "buero@example.com")


def people_make() -> list[User]:
    """Return the demo accounts, adding those that are not there yet, without passwords."""
    users = []
    for fields in shop()["technicians"]:
        user = User.objects.filter(email=fields["email"]).first()
        users.append(user or User.objects.create_user(password=None, **fields))
    return users


def passwords_make(password: str | None) -> list[tuple[str, str]]:
    """Return address and password of those who can log in, giving them one where needed.

    Without `password` each gets a random one, once: DEMO_FILE keeps it for the next start,
    readable by its owner only. Nobody gets one where outsiders could use it.
    """
    if not settings.DEMO_ALLOWED:
        return []
    if password is None and settings.DEMO_FILE.exists():
        lines = settings.DEMO_FILE.read_text(encoding="utf-8").splitlines()
        return [
            (address, word) for address, _space, word in (line.partition(" ") for line in lines)
        ]
    log_ins = [(address, password or secrets.token_urlsafe(9)) for address in LOG_INS]
    with transaction.atomic():
        for address, word in log_ins:
            user = User.objects.get(email=address)
            user.set_password(word)
            user.save(update_fields=["password"])
        # Written before the passwords count: the file is what a check looks for.
        handle = os.open(settings.DEMO_FILE, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.writelines(f"{address} {word}\n" for address, word in log_ins)
    return log_ins


def company_complete() -> list[str]:
    """Fill in what an invoice needs of the shop and is empty; return the fields' names."""
    company = Company.objects.current()
    filled = []
    for name, value in shop()["company"].items():
        if not getattr(company, name):
            setattr(company, name, value)
            filled.append(name)
    if filled:
        company.save(update_fields=filled)
    return filled
