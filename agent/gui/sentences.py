"""Events as sentences, the same ones in the window and on the console."""

from agent import events
from agent.gui.texts import Texts, duration
from agent.protocol.damm import show_password, show_support_id


def state_line(texts: Texts, event: events.Event) -> str:
    """Return the sentence for an event that only changes the state of the connection."""
    match event:
        case events.Unreachable(resumes=True) | events.TechnicianGone(resumes=True):
            return texts("state.interrupted")
        case events.Unreachable():
            return _no_line(texts, event)
        case events.TechnicianGone(was_connected):
            return texts("state.gone" if was_connected else "state.gone_early")
        case events.WrongPassword(tries):
            which = "state.wrong_password_one" if tries == 1 else "state.wrong_password"
            return texts(which, tries=tries)
        case _:
            key = _STATES.get(type(event))
            return texts(key) if key else ""


def _no_line(texts: Texts, event: events.Unreachable) -> str:
    if event.untrusted:
        return texts("state.untrusted")
    if event.was_connected:
        return texts("state.line_lost")
    return texts("state.unreachable", seconds=max(1, round(event.retry_in)))


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


def console_text(texts: Texts, event: events.Event) -> str:
    """Return what the console says about an event; '' where there is nothing to say."""
    match event:
        case events.Ready():
            lines = ready_lines(texts, event)
        case events.ConsentRequest():
            lines = [*consent_lines(texts, event), texts("consent.question")]
        case events.Ended():
            lines = ended_lines(texts, event)
        case events.Failed(code):
            lines = [texts.known("failed", code)]
        case events.Locked():
            lines = [texts("locked.text"), texts("locked.question")]
        case events.Connected() | events.ClockTick() | events.LineBack():
            lines = [connection_line(texts, event)]
        case _:
            lines = [state_line(texts, event)]
    return "\n".join(lines)


def ready_lines(texts: Texts, event: events.Ready) -> list[str]:
    """Return ID and password, and what naming them means."""
    numbers = texts(
        "console.ready",
        support_id=show_support_id(event.support_id),
        password=show_password(event.password),
        phone=event.company.phone,
    )
    return [numbers, texts("ready.order", price=texts.price(event.terms))]


def connection_line(
    texts: Texts, event: events.Connected | events.ClockTick | events.LineBack
) -> str:
    """Return who is connected, or how long and for how much."""
    if isinstance(event, events.LineBack):
        return texts("state.line_back", technician=event.technician)
    if isinstance(event, events.Connected):
        return texts(
            "console.connected",
            technician=event.technician,
            company=event.company,
            code=event.verification_code,
        )
    return texts(
        "console.clock",
        time=duration(event.seconds),
        blocks=event.blocks,
        amount=texts.euros(event.cents),
    )
