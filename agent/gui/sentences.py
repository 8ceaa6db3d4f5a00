"""Events as sentences, the same ones in the window and on the console."""

from agent import events
from agent.gui.texts import Texts, duration


def state_line(texts: Texts, event: events.Event) -> str:
    """Return the sentence for an event that only changes the state of the connection."""
    match event:
        case events.Unreachable(retry_in, was_connected):
            if was_connected:
                return texts("state.line_lost")
            return texts("state.unreachable", seconds=max(1, round(retry_in)))
        case events.TechnicianGone(was_connected):
            return texts("state.gone" if was_connected else "state.gone_early")
        case events.WrongPassword(1):
            return texts("state.wrong_password_one")
        case events.WrongPassword(tries):
            return texts("state.wrong_password", tries=tries)
        case _:
            key = _STATES.get(type(event))
            return texts(key) if key else ""


_STATES: dict[type, str] = {
    events.Connecting: "state.connecting",
    events.TechnicianThere: "state.technician",
    events.PasswordRotated: "state.rotated",
    events.Refused: "state.refused",
    events.Paused: "banner.paused",
    events.Resumed: "console.resumed",
}


def consent_lines(texts: Texts, event: events.ConsentRequest) -> list[str]:
    """Return what the customer agrees to, sentence by sentence."""
    return [
        texts("consent.who", technician=event.technician, company=event.company),
        f"{texts('consent.code')} {event.verification_code}. {texts('consent.code_hint')}",
        texts("consent.price", price=texts.price(event.terms)),
        texts("consent.watch"),
        texts("consent.consumer"),
    ]


def ended_lines(texts: Texts, event: events.Ended) -> list[str]:
    """Return how it ended and what it costs."""
    lines = [texts.known("ended.reason", event.reason)]
    if event.cents:
        cost = texts("ended.cost", time=duration(event.seconds), amount=texts.euros(event.cents))
        lines += [cost, texts("ended.cost_hint")]
    else:
        lines.append(texts("ended.free"))
    return lines
