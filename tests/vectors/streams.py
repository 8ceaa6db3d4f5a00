"""zstd streams as the picture channel carries them: `python -m tests.vectors.streams`.

Apart from make.py, since the compressed bytes follow from the library's version: these
were made once, with zstd 1.5, and every later decoder has to read them.
"""

import hashlib
import json
from pathlib import Path

import zstandard

from tests.vectors.seeds import seeded

FILE = Path(__file__).parent / "zstd.json"


def streams() -> object:
    """Return the content of zstd.json: pieces to decode in this order, one stream each."""
    first, second = seeded("zstd one", 3 * 64), seeded("zstd two", 3 * 17)
    return {
        "good": [
            {"name": "one piece", "pieces": _stream([first])},
            {
                "name": "later pieces refer to earlier ones",
                "pieces": _stream([first, second, first + second, second]),
            },
            {"name": "one colour", "pieces": _stream([bytes(3 * 640 * 480), bytes(3)])},
            {
                "name": "a window of 32 MiB",
                "pieces": _stream([first, bytes(3 * 1000), first], window_log=25),
            },
        ],
        "bad": [
            {"name": "more than announced", "data": _stream([first + b"\0"])[0]["data"]},
            {"name": "less than announced", "data": _stream([first[:-1]])[0]["data"]},
            {"name": "a bomb", "data": _stream([bytes(2**27)])[0]["data"]},
            {"name": "cut off", "data": str(_stream([first])[0]["data"])[:-2]},
            {"name": "not zstd", "data": seeded("not zstd", 64).hex()},
            {"name": "a damaged block", "data": _damaged(first)},
            {"name": "a window of 256 MiB", "data": _window(28)},
            {"name": "nothing", "data": ""},
        ],
        "bad_size": len(first),
    }


def _stream(pieces: list[bytes], *, window_log: int = 20) -> list[dict[str, object]]:
    parameters = zstandard.ZstdCompressionParameters.from_level(
        3, window_log=window_log, enable_ldm=True
    )
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    described: list[dict[str, object]] = []
    for piece in pieces:
        data = compressor.compress(piece)
        data += compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        digest = hashlib.sha256(piece).hexdigest()
        described.append({"data": data.hex(), "size": len(piece), "sha256": digest})
    return described


def _damaged(text: bytes) -> str:
    # The type of the first block (RFC 8878, 3.1.1.2.2) becomes the reserved one. The frame
    # header is magic number, descriptor and window: 6 bytes.
    data = bytearray.fromhex(str(_stream([text])[0]["data"]))
    data[6] |= 0b110
    return data.hex()


def _window(log: int) -> str:
    # RFC 8878, 3.1.1.1.2: the exponent stands in the upper five bits, less ten.
    return (b"\x28\xb5\x2f\xfd" + b"\x00" + bytes([(log - 10) << 3]) + b"\x01\x00\x00").hex()


if __name__ == "__main__":
    FILE.write_text(json.dumps(streams(), indent=1) + "\n", encoding="ascii")
