"""JSON objects read strictly: a wrong type, length or character is `malformed`.

Unknown fields are ignored, so that a later version may add some.
"""

import base64
import json
import re
from collections.abc import Mapping
from typing import NoReturn

from agent.protocol.errors import Code, ProtocolError

# Control characters, line and paragraph separators, and the marks that turn the direction
# of writing: a computer's name with those could look like another name on the page.
NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
SURROGATE = re.compile("[\ud800-\udfff]")
BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def malformed(detail: str) -> ProtocolError:
    """Return the error for a message that is not what the protocol says."""
    return ProtocolError(Code.MALFORMED, detail)


def clean_line(text: str, maximum: int) -> str:
    """Return `text` as a line that `Fields.line` accepts: cut to `maximum` characters.

    For what a computer says about itself and nobody checked, such as its name.
    """
    return SURROGATE.sub("", NOT_IN_A_LINE.sub("", text)).strip()[:maximum].strip() or "?"


def to_base64url(data: bytes) -> str:
    """Return base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Return the bytes; only the canonical spelling without padding is accepted."""
    if not BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        raise malformed("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:
        raise malformed("base64url with stray bits")
    return data


def dump_json(values: Mapping[str, object]) -> str:
    """Return compact JSON; text outside ASCII stays as it is."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class Fields:
    """The fields of one JSON object."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values

    @classmethod
    def of_json(cls, data: str | bytes, maximum: int) -> "Fields":
        """Read one object of at most `maximum` bytes (UTF-8)."""
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        if len(raw) > maximum:
            raise ProtocolError(Code.TOO_LARGE, f"{len(raw)} bytes of JSON, at most {maximum}")
        try:
            values = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            # UnicodeDecodeError is a ValueError; RecursionError: an array nested too deep.
            raise malformed(f"not JSON: {type(error).__name__}") from None
        if not isinstance(values, dict):
            raise malformed("not a JSON object")
        return cls(values)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, maximum: int, minimum: int = 1) -> str:
        """Return a string of so many characters (code points), without lone surrogates."""
        value = self.values.get(name)
        if not isinstance(value, str) or not minimum <= len(value) <= maximum:
            raise malformed(f"{name}: a text of {minimum} to {maximum} characters")
        if SURROGATE.search(value):
            raise malformed(f"{name}: half a character")
        return value

    def line(self, name: str, maximum: int, minimum: int = 1) -> str:
        """Return a string that shows as one line, in one direction."""
        value = self.text(name, maximum, minimum)
        if NOT_IN_A_LINE.search(value):
            raise malformed(f"{name}: a control character")
        return value

    def matching(self, name: str, pattern: re.Pattern[str]) -> str:
        """Return a string that matches `pattern` from end to end."""
        value = self.values.get(name)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise malformed(f"{name}: not {pattern.pattern}")
        return value

    def all_matching(self, name: str, pattern: re.Pattern[str], maximum: int) -> tuple[str, ...]:
        """Return an array of at most so many strings, each matching `pattern` from end to end."""
        value = self.values.get(name)
        if not isinstance(value, list) or len(value) > maximum:
            raise malformed(f"{name}: an array of at most {maximum} texts")
        if not all(isinstance(item, str) and pattern.fullmatch(item) for item in value):
            raise malformed(f"{name}: not all {pattern.pattern}")
        return tuple(value)

    def integer(self, name: str, minimum: int, maximum: int) -> int:
        """Return an integer within the bounds, both included."""
        value = self.values.get(name)
        # bool is an int in Python, not in JSON.
        if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= maximum:
            raise malformed(f"{name}: an integer from {minimum} to {maximum}")
        return value

    def integer_or_none(self, name: str, minimum: int, maximum: int) -> int | None:
        """Return an integer within the bounds, or None for null; a missing one is malformed."""
        if name in self.values and self.values[name] is None:
            return None
        return self.integer(name, minimum, maximum)

    def boolean(self, name: str) -> bool:
        """Return true or false."""
        value = self.values.get(name)
        if not isinstance(value, bool):
            raise malformed(f"{name}: true or false")
        return value

    def octets(self, name: str, minimum: int, maximum: int) -> bytes:
        """Return so many bytes, given as base64url."""
        value = self.values.get(name)
        if not isinstance(value, str) or len(value) > maximum * 4 // 3 + 3:
            raise malformed(f"{name}: base64url of at most {maximum} bytes")
        data = from_base64url(value)
        if not minimum <= len(data) <= maximum:
            raise malformed(f"{name}: {minimum} to {maximum} bytes")
        return data

    def child(self, name: str) -> "Fields":
        """Return an object within the object."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise malformed(f"{name}: an object")
        return Fields(value)

    def children(self, name: str, minimum: int, maximum: int) -> "list[Fields]":
        """Return so many objects, given as an array."""
        value = self.values.get(name)
        if not isinstance(value, list) or not minimum <= len(value) <= maximum:
            raise malformed(f"{name}: an array of {minimum} to {maximum} objects")
        if not all(isinstance(item, dict) for item in value):
            raise malformed(f"{name}: an array of objects")
        return [Fields(item) for item in value]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON
