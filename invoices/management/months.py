"""The argument that all commands of a month share."""

import argparse

from invoices.domain.period import Month


def month(text: str) -> Month:
    """Read '2026-11' for argparse, with a sentence of its own for what is no month."""
    try:
        return Month.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
