"""Recorded traffic, taken apart in every way in which something readable could hide in it."""

import base64
import binascii
import io
import re
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress

import numpy as np
import zstandard
from PIL import Image, UnidentifiedImageError

from agent.protocol.errors import ProtocolError
from agent.protocol.framing import Channel
from agent.protocol.picture import Codec, parse_frame
from tests.agent.streamed import streamed
from tests.integration.rig.display import Pixels
from tests.integration.rig.wire import Passed

BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}")
ZLIB_FIRST = 0x78
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
JPEG_MAGIC = b"\xff\xd8\xff"
MOST = 64 * 1024 * 1024  # bytes that anything may become when it is unpacked
# Kind and header of a record, and the tag at its end; docs/protocol.md section 5.
RECORD_START, TAG = 13, 16


def streams(passed: Iterable[Passed]) -> list[bytes]:
    """Return what went each way over each connection, whole."""
    whole: dict[tuple[int, bool], bytearray] = defaultdict(bytearray)
    for piece in passed:
        whole[piece.connection, piece.from_caller] += piece.data
    return [bytes(stream) for stream in whole.values()]


def messages(stream: bytes) -> list[bytes]:
    """Return the messages of one direction of a websocket, unmasked; none of another stream."""
    head, found, rest = stream.partition(b"\r\n\r\n")
    if not found or b"websocket" not in head.lower():
        return []
    whole: list[bytes] = []
    pieces = bytearray()
    while len(rest) >= 2:
        opcode, size, start = rest[0] & 15, rest[1] & 127, 2
        if size >= 126:
            form = "!H" if size == 126 else "!Q"
            (size,) = struct.unpack_from(form, rest, start)
            start += struct.calcsize(form)
        mask = b""
        if rest[1] & 128:
            mask, start = rest[start : start + 4], start + 4
        body = rest[start : start + size]
        pieces += _unmasked(body, mask) if mask else body
        if rest[0] & 128 and opcode < 8:
            whole.append(bytes(pieces))
        if rest[0] & 128:
            pieces.clear()
        rest = rest[start + size :]
    return whole


def _unmasked(body: bytes, mask: bytes) -> bytes:
    key = np.frombuffer(mask * (len(body) // 4 + 1), np.uint8)[: len(body)]
    return (np.frombuffer(body, np.uint8) ^ key).tobytes()


def layers(passed: Iterable[Passed]) -> Iterator[bytes]:
    """Yield everything as it is, and then whatever can be decoded or unpacked from it."""
    plain = streams(passed)
    for stream in list(plain):
        said = messages(stream)
        plain += said
        plain += _frames(said)
        # Payloads are cut into records; here they lie behind one another.
        plain.append(b"".join(message[RECORD_START:] for message in said if message[:1] == b"\x02"))
    for layer in plain:
        yield layer
        for inner in [layer, *_decoded(layer)]:
            if inner is not layer:
                yield inner
            yield from _inflated(inner)
            yield from _unpacked_zstd(inner)


def _frames(said: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pixels and pictures of what reads as frames, as somebody would with the keys."""
    payload = bytearray()
    stream = zstandard.ZstdDecompressor().decompressobj()
    for message in said:
        if message[:1] != b"\x02" or message[2] != Channel.PICTURE:
            continue
        payload += message[RECORD_START:-TAG]
        if message[3] == 1:  # more of the same follow
            continue
        with suppress(ProtocolError, zstandard.ZstdError):
            frame = parse_frame(bytes(payload))
            if frame.fresh:
                stream = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
            for rect in frame.rects:
                is_stream = rect.codec in {Codec.ZSTD, Codec.LINES}
                yield streamed(stream, rect).tobytes() if is_stream else rect.data
        payload.clear()


def _decoded(layer: bytes) -> Iterator[bytes]:
    for run in BASE64.findall(layer):
        text = run.translate(bytes.maketrans(b"-_", b"+/"))
        with suppress(binascii.Error):
            yield base64.b64decode(text[: len(text) // 4 * 4])


def _inflated(layer: bytes) -> Iterator[bytes]:
    """Yield what zlib or gzip makes of it from any offset at which they could begin."""
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", layer):
        unpacker = zlib.decompressobj(wbits=47)  # either of the two
        with suppress(zlib.error):
            yield unpacker.decompress(layer[match.start() :], MOST)


def _unpacked_zstd(layer: bytes) -> Iterator[bytes]:
    """Yield what zstd makes of it from any offset, as far as it gets."""
    start = layer.find(ZSTD_MAGIC)
    while start >= 0:
        unpacker = zstandard.ZstdDecompressor(max_window_size=2**27).decompressobj()
        out = bytearray()
        with suppress(zstandard.ZstdError):
            # In small steps: what comes before the fault counts.
            for at in range(start, len(layer), 64):
                out += unpacker.decompress(layer[at : at + 64])
                if len(out) > MOST:
                    break
        yield bytes(out)
        start = layer.find(ZSTD_MAGIC, start + 1)


def pictures(layer: bytes) -> Iterator[Pixels]:
    """Yield every JPEG that can be decoded from any offset."""
    start = layer.find(JPEG_MAGIC)
    while start >= 0:
        with suppress(UnidentifiedImageError, OSError, ValueError, SyntaxError):
            yield np.asarray(Image.open(io.BytesIO(layer[start:])).convert("RGB"))
        start = layer.find(JPEG_MAGIC, start + 1)
