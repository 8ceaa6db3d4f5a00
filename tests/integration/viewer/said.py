"""What the technician's hands said to the agent, in short words."""

from typing import Final

from agent.protocol import control
from agent.protocol.control import Button, Key, Text
from tests.integration.viewer.agent import ScriptedAgent

WIDTH: Final = 800
HEIGHT: Final = 600


def keys(agent: ScriptedAgent) -> str:
    """Return what was typed, short: +Code, +Code=label, -Code, "text", release."""
    said = []
    for message in agent.told:
        if isinstance(message, Key):
            said.append(f"{'+' if message.down else '-'}{message.code}")
        elif isinstance(message, control.Shortcut):
            said.append(f"+{message.code}={message.label}")
        elif isinstance(message, Text):
            said.append(f'"{message.text}"')
        elif isinstance(message, control.Release):
            said.append("release")
    return " ".join(said)


def buttons(agent: ScriptedAgent) -> list[Button]:
    """Return the buttons that were pressed and let go."""
    return [message for message in agent.told if isinstance(message, Button)]


def expect_keys(agent: ScriptedAgent, wanted: str) -> None:
    """Wait until exactly this has been typed."""
    try:
        agent.wait_for(lambda: keys(agent) == wanted, wanted)
    except TimeoutError:
        assert keys(agent) == wanted


def typed_text(agent: ScriptedAgent) -> str:
    """Return the text that the customer's computer would show."""
    said = ""
    for message in agent.told:
        if isinstance(message, Text | control.Piece):
            said += message.text
        elif isinstance(message, Key) and message.down:
            said += {"Space": " ", "Enter": "\n"}.get(message.code, "")
    return said
