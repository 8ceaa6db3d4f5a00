"""Control messages, inside sealed records of channel 2. docs/protocol.md section 6.2."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum

from agent.protocol.fields import Fields, dump_json, malformed, to_base64url
from agent.protocol.framing import CONTROL_MAX
from agent.protocol.monitors import MONITOR_ID_MAX, Monitors, parse_monitors

COORDINATE_MAX = 16383
WHEEL_MAX = 120 * 1000
TEXT_MAX = 1000
CURSOR_SIDE_MAX = 256
CURSOR_PNG_MAX = 32 * 1024
DIGEST_SIZE = 32
PAINTED_MAX = 2**32 - 1
ECHO_MAX = 2**31 - 1
PIECE_MAX = 2**31 - 1
HOLD_MAX = 30
MISSING_MAX = 50

_CODE = re.compile(r"[A-Za-z0-9]{1,24}")
_CURSOR_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOTICE = re.compile(r"[a-z0-9-]{1,40}")
# Typed as Unicode: a line break and a tabulator are keys too, other control characters not.
_NOT_TYPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Move:
    """The technician moved the pointer; pixels of the screen."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Button:
    """A button of the mouse: 0 left, 1 middle, 2 right, 3 back, 4 forward."""

    button: int
    down: bool
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Wheel:
    """The wheel turned; 1/120 of a notch, positive is right and down."""

    dx: int
    dy: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Key:
    """A physical key by its KeyboardEvent.code."""

    code: str
    down: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Press a key by the character that T sees on it; let go by `Key` with the same code."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Hold:
    """All keys that are still down for T."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Characters to be typed as Unicode, 1 to 1000."""

    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a long text, typed like `Text`; A answers with `Typed` and the same number."""

    n: int
    text: str


@dataclass(frozen=True, slots=True)
class Release:
    """Let go every pressed key and button."""


@dataclass(frozen=True, slots=True)
class Refresh:
    """T wants a full picture in a fresh stream."""


@dataclass(frozen=True, slots=True)
class Can:
    """What T's browser is able to decode."""

    h264: bool


@dataclass(frozen=True, slots=True)
class Monitor:
    """Show this monitor; None is the whole screen."""

    id: int | None


@dataclass(frozen=True, slots=True)
class Echo:
    """T asks how long there and back takes; A answers with the same number."""

    n: int


class Mode(StrEnum):
    """What T's one control says about the picture."""

    AUTOMATIC = "automatic"
    SHARP = "sharp"
    FAST = "fast"


@dataclass(frozen=True, slots=True)
class Quality:
    """How T wants the picture from now on."""

    mode: Mode


@dataclass(frozen=True, slots=True)
class CursorShape:
    """A cursor's picture: PNG, size and hot spot in pixels."""

    png: bytes
    hot_x: int
    hot_y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """The cursor has this shape now; the shape itself comes with the first use of the id."""

    id: str
    shape: CursorShape | None = None


@dataclass(frozen=True, slots=True)
class Pointer:
    """The customer moved the pointer; pixels of the screen."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Typed:
    """A piece has been typed, but for the characters `missing`, for which there was no way."""

    n: int
    missing: str


@dataclass(frozen=True, slots=True)
class Locks:
    """Which locks are on at the customer's keyboard."""

    caps: bool
    num: bool
    scroll: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """Something T should know, by its code, such as `input-refused`."""

    code: str


@dataclass(frozen=True, slots=True)
class Checksum:
    """What T's picture must be after so many frames, all of it without loss."""

    painted: int
    digest: bytes


TechnicianControl = (
    Move | Button | Wheel | Key | Shortcut | Hold | Text | Piece | Release
    | Refresh | Can | Monitor | Echo | Quality
)  # fmt: skip
AgentControl = Cursor | Pointer | Notice | Monitors | Echo | Checksum | Typed | Locks


def parse_from_technician(payload: bytes) -> TechnicianControl | None:
    """Read what T wants done; None for a message of a later version."""
    fields = Fields.of_json(payload, CONTROL_MAX)
    parse = _FROM_TECHNICIAN.get(fields.text("t", 40))
    return parse(fields) if parse else None


def parse_from_agent(payload: bytes) -> AgentControl | None:
    """Read what A tells; None for a message of a later version."""
    fields = Fields.of_json(payload, CONTROL_MAX)
    parse = _FROM_AGENT.get(fields.text("t", 40))
    return parse(fields) if parse else None


def dump(message: TechnicianControl | AgentControl) -> bytes:
    """Return the payload of a control message."""
    values: dict[str, object] = {"t": type(message).__name__.lower()}
    if isinstance(message, Cursor):
        values["id"] = message.id
        if message.shape is not None:
            values |= asdict(message.shape)
            values["png"] = to_base64url(message.shape.png)
    elif isinstance(message, Checksum):
        values |= {"painted": message.painted, "digest": to_base64url(message.digest)}
    else:
        values |= asdict(message)
    return dump_json(values).encode()


def _coordinate(fields: Fields, name: str) -> int:
    return fields.integer(name, 0, COORDINATE_MAX)


def _move(fields: Fields) -> Move:
    return Move(_coordinate(fields, "x"), _coordinate(fields, "y"))


def _button(fields: Fields) -> Button:
    return Button(
        button=fields.integer("button", 0, 4),
        down=fields.boolean("down"),
        x=_coordinate(fields, "x"),
        y=_coordinate(fields, "y"),
    )


def _wheel(fields: Fields) -> Wheel:
    return Wheel(
        dx=fields.integer("dx", -WHEEL_MAX, WHEEL_MAX),
        dy=fields.integer("dy", -WHEEL_MAX, WHEEL_MAX),
        x=_coordinate(fields, "x"),
        y=_coordinate(fields, "y"),
    )


def _key(fields: Fields) -> Key:
    return Key(fields.matching("code", _CODE), fields.boolean("down"))


def _shortcut(fields: Fields) -> Shortcut:
    label = fields.text("label", 1)
    # No control character, but no blank either: that key is the same everywhere.
    if not label.isprintable() or label.isspace():
        raise malformed("label: not on a key")
    return Shortcut(fields.matching("code", _CODE), label)


def _hold(fields: Fields) -> Hold:
    return Hold(fields.all_matching("codes", _CODE, HOLD_MAX))


def _typeable(fields: Fields) -> str:
    text = fields.text("text", TEXT_MAX)
    if _NOT_TYPED.search(text):
        raise malformed("text: a control character")
    return text


def _text(fields: Fields) -> Text:
    return Text(_typeable(fields))


def _piece(fields: Fields) -> Piece:
    return Piece(fields.integer("n", 0, PIECE_MAX), _typeable(fields))


def _release(_fields: Fields) -> Release:
    return Release()


def _refresh(_fields: Fields) -> Refresh:
    return Refresh()


def _can(fields: Fields) -> Can:
    return Can(fields.boolean("h264"))


def _monitor(fields: Fields) -> Monitor:
    return Monitor(fields.integer_or_none("id", 0, MONITOR_ID_MAX))


def _echo(fields: Fields) -> Echo:
    return Echo(fields.integer("n", 0, ECHO_MAX))


def _quality(fields: Fields) -> Quality:
    mode = _MODES.get(fields.text("mode", 40))
    if mode is None:
        raise malformed("mode: none of the three")
    return Quality(mode)


def _checksum(fields: Fields) -> Checksum:
    return Checksum(
        fields.integer("painted", 1, PAINTED_MAX),
        fields.octets("digest", DIGEST_SIZE, DIGEST_SIZE),
    )


def _cursor(fields: Fields) -> Cursor:
    name = fields.matching("id", _CURSOR_ID)
    if "png" not in fields:
        return Cursor(name)
    width = fields.integer("w", 1, CURSOR_SIDE_MAX)
    height = fields.integer("h", 1, CURSOR_SIDE_MAX)
    shape = CursorShape(
        png=fields.octets("png", 1, CURSOR_PNG_MAX),
        hot_x=fields.integer("hot_x", 0, width - 1),
        hot_y=fields.integer("hot_y", 0, height - 1),
        w=width,
        h=height,
    )
    return Cursor(name, shape)


def _pointer(fields: Fields) -> Pointer:
    return Pointer(_coordinate(fields, "x"), _coordinate(fields, "y"))


def _typed(fields: Fields) -> Typed:
    return Typed(fields.integer("n", 0, PIECE_MAX), fields.text("missing", MISSING_MAX, 0))


def _locks(fields: Fields) -> Locks:
    return Locks(fields.boolean("caps"), fields.boolean("num"), fields.boolean("scroll"))


def _notice(fields: Fields) -> Notice:
    return Notice(fields.matching("code", _NOTICE))


_MODES = {mode.value: mode for mode in Mode}
_FROM_TECHNICIAN: dict[str, Callable[[Fields], TechnicianControl]] = {
    "move": _move,
    "button": _button,
    "wheel": _wheel,
    "key": _key,
    "shortcut": _shortcut,
    "hold": _hold,
    "text": _text,
    "piece": _piece,
    "release": _release,
    "refresh": _refresh,
    "can": _can,
    "monitor": _monitor,
    "echo": _echo,
    "quality": _quality,
}
_FROM_AGENT: dict[str, Callable[[Fields], AgentControl]] = {
    "cursor": _cursor,
    "pointer": _pointer,
    "monitors": parse_monitors,
    "notice": _notice,
    "typed": _typed,
    "locks": _locks,
    "echo": _echo,
    "checksum": _checksum,
}
