"""The archive on disk: each file written once, whole or not at all, and found by its hash."""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction

from invoices.models import ArchivedFile, Invoice, Reminder

if TYPE_CHECKING:
    from django.db.models.fields.files import ImageFieldFile

ASSETS = "assets"
REMINDERS = "reminders"
READ_ONLY = 0o440


class ArchiveDamagedError(Exception):
    """An archived file is missing, or is not what was archived."""

    def __init__(self, archived: ArchivedFile | Reminder, reason: str) -> None:
        super().__init__(f"{archived.path}: {reason}")
        self.archived = archived
        self.reason = reason


def temporary_beside(path: Path) -> Path:
    """Return a new name in the same folder, which is made where needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")


@contextlib.contextmanager
def durable_file(path: Path, *, mode: int = READ_ONLY) -> Iterator[BinaryIO]:
    """Open a new file for writing; after the block its content is on the disk.

    Raises OSError (a full disk, missing rights).
    """
    with path.open("xb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
    path.chmod(mode)


def put_in_place(temporary: Path, path: Path) -> None:
    """Give a durable file its name, at once and durably: a name belongs to the folder."""
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def writing_whole(path: Path, *, mode: int = READ_ONLY) -> Iterator[BinaryIO]:
    """Open a file for writing that appears under `path` only when it is complete.

    Raises OSError; after any error nothing is left behind.
    """
    temporary = temporary_beside(path)
    try:
        with durable_file(temporary, mode=mode) as stream:
            yield stream
        put_in_place(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def keep_logo(logo: "ImageFieldFile") -> str:
    """Copy the logo into the archive's assets, named by its hash; return that name.

    So an invoice that is rendered later looks as it did on the day of issue.
    """
    if not logo:
        return ""
    with logo.open("rb") as stream:
        content = stream.read()
    name = hashlib.sha256(content).hexdigest()[:32] + Path(logo.name or "").suffix.lower()
    path = Path(settings.ARCHIVE_DIR, ASSETS, name)
    if not path.exists():
        with writing_whole(path) as stream:
            stream.write(content)
    return name


def logo_path(name: str) -> Path:
    """Return where a kept logo lies."""
    return Path(settings.ARCHIVE_DIR, ASSETS, name)


def invoice_archive(invoice: Invoice, render: Callable[[Invoice], bytes]) -> ArchivedFile:
    """Render and archive the one file of an invoice that has none yet; return its record.

    Rendering and writing happen outside any transaction. Two workers may both come here
    (one was thought dead): whoever is second gets the record of the first and changes nothing.
    """
    content = render(invoice)
    relative = f"{invoice.issued_on.year}/{invoice.file_name}"
    path = Path(settings.ARCHIVE_DIR, relative)
    temporary = temporary_beside(path)
    try:
        with durable_file(temporary) as stream:
            stream.write(content)
        with transaction.atomic():
            # There is one record: whoever inserts it first lets others wait here, and then fail.
            archived = ArchivedFile.objects.create(
                invoice=invoice,
                path=relative,
                sha256=hashlib.sha256(content).hexdigest(),
                size=len(content),
            )
            put_in_place(temporary, path)  # the file is safe before its record is committed
    except IntegrityError:
        return ArchivedFile.objects.get(invoice=invoice)
    else:
        return archived
    finally:
        temporary.unlink(missing_ok=True)


def reminder_archive(reminder: Reminder, content: bytes) -> Reminder:
    """Put a letter's file in place and insert its record; return it.

    To be called with the invoice's row locked. A file that a crash left without its record
    is replaced by the next attempt, since no record speaks of it.
    """
    reminder.path = f"{REMINDERS}/{reminder.issued_on.year}/{reminder.file_name}"
    reminder.sha256, reminder.size = hashlib.sha256(content).hexdigest(), len(content)
    with writing_whole(Path(settings.ARCHIVE_DIR, reminder.path)) as stream:
        stream.write(content)
    reminder.save()
    return reminder


def read_archived(archived: ArchivedFile | Reminder) -> bytes:
    """Return the archived bytes; raise ArchiveDamagedError unless they are the very ones."""
    try:
        content = Path(settings.ARCHIVE_DIR, archived.path).read_bytes()
    except OSError as error:
        raise ArchiveDamagedError(archived, error.strerror or "unreadable") from error
    if hashlib.sha256(content).hexdigest() != archived.sha256:
        raise ArchiveDamagedError(archived, "SHA-256 differs")
    return content
