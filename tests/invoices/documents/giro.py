"""The code of a page as a banking app sees it: from the picture."""

import io
import subprocess

import zxingcpp
from PIL import Image


def scanned(content: bytes) -> str:
    """Return what the QR code on the last page says, or '' where there is none."""
    command = ["pdftoppm", "-png", "-r", "150", "-"]
    drawn = subprocess.run(command, input=content, capture_output=True, check=True)
    found = ""
    for picture in drawn.stdout.split(b"\x89PNG\r\n\x1a\n")[1:]:
        page = Image.open(io.BytesIO(b"\x89PNG\r\n\x1a\n" + picture))
        codes = zxingcpp.read_barcodes(page)
        found = codes[0].text if codes else found
    return found
