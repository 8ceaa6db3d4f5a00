"""Files into a folder or a ZIP, in pieces, with a `SHA256SUMS` that tells what each must be.

Whatever is packed is read and written piece by piece, so that memory stays flat.
"""

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from invoices.archive import writing_whole

READABLE = 0o644
SUMS = "SHA256SUMS"
PIECE = 1024 * 1024
# A ZIP needs a time for each file; one that changed would make each export another file.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)

# The name of a file and its content in pieces, which is read before the next file is asked for.
Entry = tuple[str, Iterable[bytes]]


def write_entries_to_folder(
    entries: Iterable[Entry], folder: Path, on_file: Callable[[int], None]
) -> int:
    """Write files into a folder, which is made where needed; return their number, sums included.

    `on_file` is told the number of files done so far. Raises OSError.
    """
    done = 0
    folder.mkdir(parents=True, exist_ok=True)
    for name, pieces in _with_sums(entries):
        with writing_whole(folder / name, mode=READABLE) as stream:
            for piece in pieces:
                stream.write(piece)
        done += 1
        on_file(done)
    return done


def write_entries_to_zip(
    entries: Iterable[Entry], path: Path, top: str, on_file: Callable[[int], None]
) -> int:
    """Write files as one ZIP below a folder `top`, whole or not at all; otherwise as above.

    PDFs are stored as they are, since they are compressed already.
    """
    done = 0
    with (
        writing_whole(path) as stream,
        zipfile.ZipFile(stream, "w", allowZip64=True) as archive,
    ):
        for name, pieces in _with_sums(entries):
            entry = zipfile.ZipInfo(f"{top}/{name}", ZIP_TIME)
            entry.external_attr = READABLE << 16
            entry.create_system = 3
            if not name.endswith(".pdf"):
                entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as packed:
                for piece in pieces:
                    packed.write(piece)
            done += 1
            on_file(done)
    return done


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _with_sums(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield all entries, and last the sums of those, as `sha256sum --check` reads them."""
    sums = []
    for name, pieces in entries:
        digest = hashlib.sha256()
        yield name, _hashed(pieces, digest)
        sums.append(f"{digest.hexdigest()}  {name}\n")
    yield SUMS, ["".join(sums).encode()]


def _hashed(pieces: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece
