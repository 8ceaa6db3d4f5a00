"""Events as JSON objects, for programs that follow the agent: docs and contract name them."""

from collections.abc import Callable
from typing import Any

from agent import events
from agent.gui.texts import Texts


def as_json(event: events.Event) -> dict[str, object]:
    """Return the object that stands for an event on a line of its own."""
    name, details = _EVENTS[type(event)]
    return {"event": name, **details(event)}


def _nothing(_event: object) -> dict[str, object]:
    return {}


def _cost(event: events.ClockTick | events.Ended) -> dict[str, object]:
    amount = f"{event.cents // 100}.{event.cents % 100:02}"
    return {"seconds": event.seconds, "blocks": event.blocks, "amount": amount}


def _ready(event: events.Ready) -> dict[str, object]:
    return {
        "support_id": event.support_id,
        "password": event.password,
        "company": event.company.name,
        "phone": event.company.phone,
        "price": Texts("de").price(event.terms),
    }


def _consent(event: events.ConsentRequest) -> dict[str, object]:
    return {
        "technician": event.technician,
        "company": event.company,
        "origin": event.origin,
        "verification_code": event.verification_code,
        "price": Texts("de").price(event.terms),
    }


def _connected(event: events.Connected | events.LineBack) -> dict[str, object]:
    return {
        "technician": event.technician,
        "company": event.company,
        "verification_code": event.verification_code,
    }


def _clock(event: events.ClockTick) -> dict[str, object]:
    return {**_cost(event), "next_block_in": event.next_block_in, "running": event.running}


def _unreachable(event: events.Unreachable) -> dict[str, object]:
    return {
        "retry_in": round(event.retry_in, 1),
        "was_connected": event.was_connected,
        "resumes": event.resumes,
        "untrusted": event.untrusted,
    }


# Any: each builder takes the events of its own row only.
_EVENTS: dict[type, tuple[str, Callable[[Any], dict[str, object]]]] = {
    events.Connecting: ("connecting", _nothing),
    events.Unreachable: ("unreachable", _unreachable),
    events.Ready: ("ready", _ready),
    events.TechnicianThere: ("technician_there", _nothing),
    events.WrongPassword: ("wrong_password", lambda event: {"tries_left": event.tries_left}),
    events.PasswordRotated: ("password_rotated", _nothing),
    events.Locked: ("locked", _nothing),
    events.ConsentRequest: ("consent_request", _consent),
    events.Refused: ("refused", _nothing),
    events.Connected: ("connected", _connected),
    events.ClockTick: ("clock", _clock),
    events.Paused: ("paused", _nothing),
    events.Resumed: ("resumed", _nothing),
    events.TechnicianGone: (
        "technician_gone",
        lambda event: {"was_connected": event.was_connected, "resumes": event.resumes},
    ),
    events.LineBack: ("line_back", _connected),
    events.Ended: ("ended", lambda event: {"reason": event.reason, **_cost(event)}),
    events.Failed: ("failed", lambda event: {"code": event.code}),
}
