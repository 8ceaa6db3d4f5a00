"""Files of the archive: whole or not there, and known by their hash."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from company.models import Company
from customers.models import Customer
from invoices.archive import (
    ArchiveDamagedError,
    invoice_archive,
    keep_logo,
    logo_path,
    read_archived,
    writing_whole,
)
from invoices.models import ArchivedFile
from invoices.problems import Problem, problem_of
from tests.invoices.conftest import MakeSession
from tests.invoices.documents.test_pdf import issue


def write_whole(path: Path, content: bytes) -> None:
    with writing_whole(path) as stream:
        stream.write(content)


def archived(content: bytes, path: str = "2026/2026-00001.pdf") -> ArchivedFile:
    return ArchivedFile(path=path, sha256=hashlib.sha256(content).hexdigest(), size=len(content))


class PowerCutError(BaseException):
    """Stands for whatever ends the program."""


def write_half(target: Path) -> None:
    with writing_whole(target) as stream:
        stream.write(b"half")
        raise PowerCutError


def test_an_interrupted_write_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "file.pdf"
    with pytest.raises(PowerCutError):
        write_half(target)
    assert list(target.parent.iterdir()) == []


def test_an_interrupted_write_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    target = tmp_path / "file.pdf"
    write_whole(target, b"old")
    with pytest.raises(PowerCutError):
        write_half(target)
    assert target.read_bytes() == b"old"


def test_a_write_is_complete_and_read_only(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "file.pdf"
    write_whole(target, b"content")
    assert target.read_bytes() == b"content"
    assert stat.S_IMODE(target.stat().st_mode) == 0o440
    assert [path.name for path in target.parent.iterdir()] == ["file.pdf"]


def test_a_missing_file_is_told_from_a_changed_one(archive: Path) -> None:
    with pytest.raises(ArchiveDamagedError, match=os.strerror(errno.ENOENT)):
        read_archived(archived(b"content"))
    write_whole(archive / "2026/2026-00001.pdf", b"c0ntent")
    with pytest.raises(ArchiveDamagedError, match="SHA-256"):
        read_archived(archived(b"content"))
    write_whole(archive / "2026/2026-00001.pdf", b"content")
    assert read_archived(archived(b"content")) == b"content"


def test_the_logo_of_the_day_is_kept(company: Company, archive: Path) -> None:
    assert keep_logo(company.logo) == ""
    company.logo.save("logo.PNG", ContentFile(b"first"))
    first = keep_logo(company.logo)
    assert logo_path(first).read_bytes() == b"first"
    assert first.endswith(".png")
    company.logo.delete(save=False)
    company.logo.save("logo.png", ContentFile(b"second"))
    assert keep_logo(company.logo) != first
    assert logo_path(first).read_bytes() == b"first"
    company.logo.delete(save=False)


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (errno.ENOSPC, Problem.DISK_FULL),
        (errno.EDQUOT, Problem.DISK_FULL),
        (errno.EFBIG, Problem.DISK_FULL),
        (errno.EACCES, Problem.STORAGE),
        (errno.EIO, Problem.STORAGE),
    ],
)
def test_a_full_disk_is_told_from_other_trouble(number: int, problem: Problem) -> None:
    assert problem_of(OSError(number, os.strerror(number)))[0] == problem


def test_a_device_that_is_really_full_says_so() -> None:
    with Path("/dev/full").open("wb", buffering=0) as stream, pytest.raises(OSError) as refusal:  # noqa: PT011 - the number is looked at
        stream.write(b"x")
    assert problem_of(refusal.value) == (Problem.DISK_FULL, "")


def test_whoever_comes_second_gets_the_record_of_the_first_and_changes_nothing(
    company: Company,
    make_customer: Callable[..., Customer],
    make_session: MakeSession,
    archive: Path,
) -> None:
    make_session(make_customer())
    first = issue().archived_file
    content = read_archived(first)
    assert invoice_archive(first.invoice, lambda _invoice: b"another file") == first
    assert read_archived(first) == content
    assert [path for path in archive.rglob("*") if path.is_file()] == [archive / first.path]


def test_the_archive_lies_in_the_data_folder() -> None:
    assert Path(settings.ARCHIVE_DIR).is_relative_to(settings.DATA_DIR)
