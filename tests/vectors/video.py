"""Beginnings of H.264 streams, written bit by bit (ITU-T H.264, 7.3.2.1.1)."""

from dataclasses import dataclass

START = b"\0\0\0\1"
PICTURE_PARAMETERS = START + b"\x68\xee\x3c\x80"
KEY_SLICE = START + b"\x65\xb8\x00\x04"
SLICE = START + b"\x61\xe0\x00\x40"


@dataclass(frozen=True)
class Parameters:
    """What the sequence parameters announce; sides in pixels."""

    width: int
    height: int
    profile: int = 100
    chroma: int = 1
    depth: int = 0  # bits a sample, less 8
    order: int = 0
    references: int = 1
    progressive: bool = True


def sequence_parameters(said: Parameters) -> bytes:
    """Return them as a NAL unit with its start code."""
    columns, rows = -(-said.width // 16), -(-said.height // 16)
    bits = f"{said.profile:08b}{0:08b}{30:08b}" + _number(0)
    if said.profile == 100:
        bits += _number(said.chroma) + _number(said.depth) + _number(said.depth) + "00"
    bits += _number(4) + _number(said.order)
    if said.order == 0:
        bits += _number(5)
    bits += _number(said.references) + "0" + _number(columns - 1) + _number(rows - 1)
    bits += ("1" if said.progressive else "00") + "1"
    crop = ((columns * 16 - said.width) // 2, (rows * 16 - said.height) // 2)
    bits += f"1{_number(0)}{_number(crop[0])}{_number(0)}{_number(crop[1])}" if any(crop) else "0"
    bits += "01"  # no VUI, then the stop bit
    bits += "0" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8)
    return START + b"\x67" + _escaped(data)


def key(said: Parameters) -> bytes:
    """Return the beginning of a key frame."""
    return sequence_parameters(said) + PICTURE_PARAMETERS + KEY_SLICE


def _number(value: int) -> str:
    """Exp-Golomb, section 9.1."""
    digits = f"{value + 1:b}"
    return "0" * (len(digits) - 1) + digits


def _escaped(data: bytes) -> bytes:
    """With emulation prevention, section 7.4.1."""
    out = bytearray()
    for octet in data:
        if out[-2:] == b"\0\0" and octet <= 3:
            out.append(3)
        out.append(octet)
    return bytes(out)
