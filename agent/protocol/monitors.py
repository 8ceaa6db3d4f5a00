"""The customer's monitors as the technician's page is told. docs/protocol.md section 6.2."""

from dataclasses import dataclass

from agent.protocol.fields import Fields, malformed

MONITORS_MAX = 16
MONITOR_ID_MAX = 2**31 - 1
MONITOR_NAME_MAX = 60
# Percent.
SCALE_MIN, SCALE_MAX = 25, 1000
# The whole screen is no larger than this, in pixels of each side.
SIDE_MAX = 16384


@dataclass(frozen=True, slots=True)
class MonitorInfo:
    """One monitor.

    Attributes:
        id: stays the same as long as the monitor does.
        name: as the customer's system calls it.
        x, y, w, h: its part of the whole screen in pixels.
        scale: percent by which the customer's programs enlarge what they draw.
        primary: the one with the task bar; at most one of the list.
    """

    id: int
    name: str
    x: int
    y: int
    w: int
    h: int
    scale: int
    primary: bool


@dataclass(frozen=True, slots=True)
class Monitors:
    """All monitors, and the one that the picture shows; None is the whole screen."""

    monitors: tuple[MonitorInfo, ...]
    shown: int | None


def parse_monitors(fields: Fields) -> Monitors:
    """Read the message's fields.

    Raises ProtocolError `malformed`, for a list that contradicts itself too.
    """
    monitors = tuple(_monitor(each) for each in fields.children("monitors", 1, MONITORS_MAX))
    shown = fields.integer_or_none("shown", 0, MONITOR_ID_MAX)
    ids = {monitor.id for monitor in monitors}
    if len(ids) < len(monitors) or not (shown is None or shown in ids):
        raise malformed("monitors: an id twice, or an unknown one")
    if sum(monitor.primary for monitor in monitors) > 1:
        raise malformed("monitors: two primary ones")
    return Monitors(monitors, shown)


def _monitor(fields: Fields) -> MonitorInfo:
    x = fields.integer("x", 0, SIDE_MAX - 1)
    y = fields.integer("y", 0, SIDE_MAX - 1)
    return MonitorInfo(
        id=fields.integer("id", 0, MONITOR_ID_MAX),
        name=fields.line("name", MONITOR_NAME_MAX),
        x=x,
        y=y,
        w=fields.integer("w", 1, SIDE_MAX - x),
        h=fields.integer("h", 1, SIDE_MAX - y),
        scale=fields.integer("scale", SCALE_MIN, SCALE_MAX),
        primary=fields.boolean("primary"),
    )
