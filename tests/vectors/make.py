"""Write the protocol's vectors: `python -m tests.vectors.make`.

Everything follows from fixed seeds, so a second run writes the same bytes. The draft's own
vectors, cpace-x25519.json, are not made here but copied from the draft.
"""

import json
from collections.abc import Callable
from pathlib import Path

from tests.vectors import checksums, framing, handshakes, pictures, resumptions, sealed, texts

FOLDER = Path(__file__).parent

FILES: dict[str, Callable[[], object]] = {
    "checksum.json": checksums.checksum,
    "control.json": texts.control,
    "damm.json": texts.damm_digits,
    "framing.json": framing.framing,
    "handshake.json": handshakes.handshake,
    "messages.json": texts.messages,
    "picture.json": pictures.picture,
    "records.json": sealed.records,
    "resume.json": resumptions.resume,
}


def content(name: str) -> str:
    """Return what the file of that name has to hold."""
    return json.dumps(FILES[name](), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    for file_name in FILES:
        (FOLDER / file_name).write_text(content(file_name), encoding="ascii")
