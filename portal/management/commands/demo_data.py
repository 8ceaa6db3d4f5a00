"""`manage.py demo_data`: a shop to try everything with."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from invoices.domain.period import Month
from invoices.management.months import month
from portal.demo.customers import customers_make
from portal.demo.people import company_complete, passwords_make, people_make
from portal.demo.sessions import sessions_make


def whole_number(text: str) -> int:
    """Read a number from 0 to 100000 for argparse."""
    try:
        number = int(text)
    except ValueError:
        number = -1
    if not 0 <= number <= 100_000:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 100000.")
    return number


class Command(BaseCommand):
    """Adds demo accounts, customers and ended sessions; a second call adds nothing twice."""

    help = "Makes a believable shop: accounts, customers and ended sessions, repeatably."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--seed", type=whole_number, default=1, help="another seed, another shop"
        )
        parser.add_argument(
            "--month", type=month, help="the month of the sessions (default: this one and the last)"
        )
        parser.add_argument("--customers", type=whole_number, default=24)
        parser.add_argument(
            "--sessions", type=whole_number, default=3, help="sessions per customer and month"
        )
        parser.add_argument("--password", help="for both log-ins (default: random ones)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the data and say what was made."""
        current = Month.of(timezone.now())
        months = [options["month"]] if options["month"] else [current.previous(), current]
        users = people_make()
        filled = company_complete()
        customers = customers_make(seed=options["seed"], count=options["customers"])
        added = {
            str(one): sessions_make(
                seed=options["seed"],
                month=one,
                customers=customers,
                count=options["sessions"],
                users=users,
            )
            for one in months
        }
        log_ins = passwords_make(options["password"])
        if options["verbosity"] == 0:
            return
        say = self.stdout.write
        if filled:
            say(f"Company data filled in for the demo: {', '.join(filled)}.")
        say(f"{len(customers)} customers.")
        for name, count in added.items():
            say(f"{count} new sessions in {name}.")
        for address, password in log_ins:
            say(f"Demo log-in: {address} {password}")
        if not log_ins:
            say("No log-ins: they are only made for the embedded database on this computer.")
