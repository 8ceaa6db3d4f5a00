"""What can stand in the way of an invoice, as a code that each reader sees in their language."""

import errno

from django.db import models
from django.utils.translation import gettext_lazy as _

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Problem(models.TextChoices):
    """Each label says what is wrong and what to do; `detail` beside it says where."""

    ADDRESS = (
        "address",
        _("The customer's address is incomplete. Add it, then start the run again."),
    )
    COMPANY = "company", _("The company data are incomplete. Add them, then start the run again.")
    LEDGER = "ledger", _("Time and price of a session do not fit together. Look at the session.")
    NET_PRICE = (
        "net-price",
        _("A business abroad owes the price without VAT, and none is set. Add it to the tariff."),
    )
    VAT_RATE = "vat-rate", _("No VAT rate is set for the day of an item. Add it to the VAT rates.")
    NEGATIVE = "negative", _("The credits are higher than the work. Enter a smaller credit.")
    RULES = "rules", _("The rules for e-invoices refuse this invoice. Correct what they name.")
    DISK_FULL = "disk-full", _("The disk is full. Make room: the file is written by itself then.")
    NO_ROOM = (
        "no-room",
        _("The disk is full. Nothing half was left behind: make room, then start it again."),
    )
    STORAGE = "storage", _("The archive folder cannot be written. Check the folder and its rights.")
    DAMAGED = "damaged", _("An archived file is missing or damaged. Restore it from the backup.")
    UNARCHIVED = "unarchived", _("An invoice has no file yet. Wait a minute, then export again.")
    BASE_RATE = "base-rate", _("A base rate is missing. Enter it, then start it again.")
    LETTER = "letter", _("The letter could not be made: is the logo there?")
    UNEXPECTED = "unexpected", _("Something unexpected happened. The server's log says more.")


def packing_problem_of(error: OSError) -> tuple[Problem, str]:
    """Return the same for what is not written again by itself: an export, a print batch."""
    problem, detail = problem_of(error)
    return (Problem.NO_ROOM if problem is Problem.DISK_FULL else problem), detail


def problem_of(error: OSError) -> tuple[Problem, str]:
    """Return what an error of the file system means to the office, and its detail."""
    if error.errno in FULL:
        return Problem.DISK_FULL, ""
    return Problem.STORAGE, error.strerror or ""
