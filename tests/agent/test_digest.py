"""What a picture hashes to, the same at both ends."""

import json

import pytest

from agent.capture.base import Picture
from agent.encode.digest import digest
from agent.encode.kernel import Kernel, PlainKernel, load
from tests.vectors import make


@pytest.mark.parametrize("kernel", [load(), PlainKernel()], ids=["compiled", "plain"])
@pytest.mark.parametrize("layout", ["BGRX", "RGBX"])
def test_pictures_of_the_vectors_have_the_digests_of_the_vectors(
    kernel: Kernel, layout: str
) -> None:
    vectors = json.loads((make.FOLDER / "checksum.json").read_text(encoding="ascii"))
    for item in vectors["pictures"]:
        width, height, rgb = item["width"], item["height"], bytes.fromhex(item["rgb"])
        # The fourth byte means nothing, and rows may have more bytes than pixels.
        stride = width * 4 + 8
        memory = bytearray(b"\x5a" * (stride * height))
        for y in range(height):
            for x in range(width):
                red, green, blue = rgb[(y * width + x) * 3 :][:3]
                pixel = (blue, green, red) if layout == "BGRX" else (red, green, blue)
                start = y * stride + x * 4
                memory[start : start + 3] = bytes(pixel)
        picture = Picture(width, height, stride, layout, memoryview(memory))
        assert digest(kernel, picture).hex() == item["digest"]


def test_one_pixel_makes_another_digest() -> None:
    memory = bytearray(100 * 100 * 4)
    picture = Picture(100, 100, 400, "BGRX", memoryview(memory))
    before = digest(load(), picture)
    memory[99 * 400 + 99 * 4] = 1
    assert digest(load(), picture) != before
