"""Inter for documents: two static weights, cut once from the variable font of the wheel.

WeasyPrint would cut the variable font anew for every document, which takes ten times as
long as the page itself. The cut fonts lie in the data folder, named by version, and are
the same bytes on every machine, so that the documents are, too.
"""

import secrets
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import fontpkg_inter
from django.conf import settings
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

WEIGHTS = (400, 600)
OPTICAL_SIZE = 14
# Latin with all its extensions, Greek, Cyrillic, punctuation, currencies, minus and numero.
CODE_POINTS = (
    *range(0x20, 0x250),
    *range(0x370, 0x530),
    *range(0x1E00, 0x1F00),
    *range(0x2000, 0x2070),
    *range(0x20A0, 0x20C0),
    0x2116,
    0x2122,
    0x2212,
)
FEATURES = ("kern", "mark", "mkmk", "ccmp", "locl", "tnum")


def font_files() -> dict[int, Path]:
    """Return the font file of each weight, cutting what is missing (some seconds, once)."""
    folder = Path(settings.DATA_DIR, "fonts")
    release = version("fontpkg-inter")
    files = {weight: folder / f"inter-{release}-{weight}.ttf" for weight in WEIGHTS}
    missing = [weight for weight, file in files.items() if not file.exists()]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        variable = _reduced()
        for weight in missing:
            _write(files[weight], _cut(variable, weight))
    return files


def _source() -> Path:
    (file,) = (fontpkg_inter.ROOT / "files").glob("Inter[[]*.ttf")
    return Path(file)


def _bytes_of(font: TTFont) -> bytes:
    stream = BytesIO()
    font.save(stream)
    return stream.getvalue()


def _reduced() -> bytes:
    """Return the variable font with the characters and features that documents use."""
    # Without the timestamp of now: the same input must give the same bytes.
    font = TTFont(_source(), recalcTimestamp=False)
    options = subset.Options(
        layout_features=list(FEATURES), notdef_outline=True, hinting=False, recalc_timestamp=False
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=CODE_POINTS)
    subsetter.subset(font)
    return _bytes_of(font)


def _cut(variable: bytes, weight: int) -> bytes:
    font = TTFont(BytesIO(variable), recalcTimestamp=False)
    instancer.instantiateVariableFont(font, {"wght": weight, "opsz": OPTICAL_SIZE}, inplace=True)
    return _bytes_of(font)


def _write(file: Path, content: bytes) -> None:
    """Put the file in place at once: other workers may be looking for it."""
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(content)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
