"""What a call comes to, as one value."""

from collections.abc import Callable
from typing import TypeVar

from agent.protocol.errors import Code, ProtocolError

T = TypeVar("T")


def result_or_code(call: Callable[..., T], *arguments: object) -> T | Code:
    """Return the result, or the code of the ProtocolError; anything else is a fault."""
    try:
        return call(*arguments)
    except ProtocolError as error:
        return error.code
