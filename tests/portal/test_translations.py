"""Every text of the server has its German."""

import re
import shutil
import string
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from technicians.wording import ERRORS

ROOT = Path(settings.BASE_DIR)
SOURCES = ("company", "customers", "dibuc", "invoices", "portal", "sessions", "technicians")
CATALOGUE = ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"
PYTHON_FORMAT = re.compile(r"%\(\w+\)[sd]")
INFORMAL = re.compile(r"\b([Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir)\b")


def key(entry: polib.POEntry) -> tuple[str, str]:
    return (entry.msgctxt or "", entry.msgid)


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """Every text that the code marks now, found in a copy: makemessages writes beside it."""
    copy = tmp_path_factory.mktemp("texts")
    for name in (*SOURCES, "templates"):
        ignored = shutil.ignore_patterns("static", "__pycache__", "migrations", "management.lock")
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    (copy / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "-l", "de", "-e", "html,txt,py"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": ""}
    subprocess.run(command, cwd=copy, env=environment, check=True, capture_output=True)
    made = polib.pofile(str(copy / "locale" / "de" / "LC_MESSAGES" / "django.po"))
    return {key(entry) for entry in made if not entry.obsolete}


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_every_text_that_is_marked_has_its_german(
    extracted: set[tuple[str, str]], catalogue: polib.POFile
) -> None:
    translated = {key(entry) for entry in catalogue if entry.translated()}
    assert extracted - translated == set()


def test_no_german_is_left_of_texts_that_are_gone(
    extracted: set[tuple[str, str]], catalogue: polib.POFile
) -> None:
    assert {key(entry) for entry in catalogue} - extracted == set()


def test_nothing_is_fuzzy(catalogue: polib.POFile) -> None:
    assert catalogue.fuzzy_entries() == []
    assert catalogue.obsolete_entries() == []


def test_every_german_text_keeps_the_places_for_values(catalogue: polib.POFile) -> None:
    wrong = []
    for entry in catalogue:
        wanted = set(PYTHON_FORMAT.findall(entry.msgid_plural or entry.msgid))
        wrong += [text for text in texts(entry) if set(PYTHON_FORMAT.findall(text)) != wanted]
    assert wrong == []


def test_every_german_text_keeps_the_places_that_scripts_fill(catalogue: polib.POFile) -> None:
    def places(text: str) -> set[str]:
        try:
            return {
                name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name
            }
        except ValueError:
            return set()

    wrong = [
        text for entry in catalogue for text in texts(entry) if places(text) != places(entry.msgid)
    ]
    assert wrong == []


def test_readers_are_addressed_politely(catalogue: polib.POFile) -> None:
    assert [text for entry in catalogue for text in texts(entry) if INFORMAL.search(text)] == []


def test_libraries_errors_speak_as_the_portal_does() -> None:
    with translation.override("de"):
        said = [str(text) for text in ERRORS.values()]
        said += [
            gettext("You must type the same password each time."),
            gettext("You have signed out."),
        ]
    assert [text for text in said if INFORMAL.search(text)] == []


def test_no_german_stands_in_the_code(extracted: set[tuple[str, str]]) -> None:
    assert [text for _context, text in extracted if re.search("[äöüßÄÖÜ]", text)] == []
