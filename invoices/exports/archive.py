"""A month's archive: PDFs, `invoices.csv`, `EXTF_*.csv`, `SHA256SUMS`, as a ZIP or a folder.

Both hold the same files with the same bytes. Each PDF is checked against its stored hash
on the way, so a damaged archive is found out and never passed on.
"""

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from invoices.archive import read_archived, writing_whole
from invoices.domain.period import Month
from invoices.exports.datev import datev_files, fiscal_years
from invoices.exports.register import register_csv
from invoices.models import Invoice

READABLE = 0o644
REGISTER = "invoices.csv"
SUMS = "SHA256SUMS"
# A ZIP needs a time for each file; one that changed would make each export another file.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class UnarchivedError(Exception):
    """Invoices of the month that have no file yet; `numbers` names them."""

    def __init__(self, numbers: list[str]) -> None:
        super().__init__(", ".join(numbers))
        self.numbers = numbers


def month_files(month: Month) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file of the month's archive, one at a time.

    Raises UnarchivedError before the first one, and ArchiveDamagedError on the way.
    """
    invoices = Invoice.objects.of_month(month)
    missing = list(invoices.unarchived().values_list("number", flat=True)[:10])
    if missing:
        raise UnarchivedError(missing)
    sums = []
    for invoice in invoices.select_related("archived_file").iterator(chunk_size=500):
        content = read_archived(invoice.archived_file)
        sums.append((invoice.archived_file.sha256, invoice.file_name))
        yield invoice.file_name, content
    listed = invoices.select_related("archived_file").prefetch_related("rates")
    for name, content in ((REGISTER, register_csv(listed)), *datev_files(month, listed)):
        sums.append((hashlib.sha256(content).hexdigest(), name))
        yield name, content
    # As `sha256sum --check` reads it.
    yield SUMS, "".join(f"{digest}  {name}\n" for digest, name in sums).encode()


def count_files(month: Month) -> int:
    """Return how many files `month_files` yields."""
    invoices = Invoice.objects.of_month(month)
    return invoices.count() + 2 + len(fiscal_years(invoices))


def write_folder(month: Month, folder: Path, on_file: Callable[[int], None]) -> int:
    """Write the archive into a folder, which is made where needed; return the number of files.

    `on_file` is told the number of files done so far. Raises OSError.
    """
    done = 0
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in month_files(month):
        with writing_whole(folder / name, mode=READABLE) as stream:
            stream.write(content)
        done += 1
        on_file(done)
    return done


def write_zip(month: Month, path: Path, on_file: Callable[[int], None]) -> int:
    """Write the archive as one ZIP, whole or not at all; return the number of files.

    PDFs are stored as they are, since they are compressed already.
    """
    done = 0
    with (
        writing_whole(path) as stream,
        zipfile.ZipFile(stream, "w", allowZip64=True) as archive,
    ):
        for name, content in month_files(month):
            entry = zipfile.ZipInfo(f"{month}/{name}", ZIP_TIME)
            entry.external_attr = READABLE << 16
            entry.create_system = 3
            if not name.endswith(".pdf"):
                entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
            done += 1
            on_file(done)
    return done
