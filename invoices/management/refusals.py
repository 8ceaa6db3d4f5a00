"""What stands in the way of an export, as sentences of a command."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from invoices.archive import ArchiveDamagedError
from invoices.exports.archive import UnarchivedError


@contextlib.contextmanager
def refusals_told(folder: Path) -> Iterator[None]:
    """Turn what an export into this folder raises into a CommandError that says what to do."""
    try:
        yield
    except UnarchivedError as error:
        raise CommandError(
            _("Invoices without file: %(numbers)s. Start the run of the month again.")
            % {"numbers": ", ".join(error.numbers)}
        ) from error
    except ArchiveDamagedError as error:
        raise CommandError(
            _("Damaged in the archive: %(file)s. Restore it from the backup.")
            % {"file": str(error)}
        ) from error
    except OSError as error:
        raise CommandError(
            _("%(folder)s cannot be written: %(reason)s.")
            % {"folder": folder, "reason": error.strerror}
        ) from error
