"""Which part of the customer's screen the technician sees: one monitor, or all of them."""

from agent.capture.base import Box, Monitor
from agent.protocol.fields import clean_line
from agent.protocol.monitors import (
    MONITOR_NAME_MAX,
    MONITORS_MAX,
    SCALE_MAX,
    SCALE_MIN,
    SIDE_MAX,
    MonitorInfo,
    Monitors,
)


class View:
    """The technician's choice among the monitors that there are.

    Two monitors side by side, scaled down to one, could not be read: so the primary one is
    shown until the technician chooses, and again when the chosen one is gone. Of a single
    monitor there is no choice: the whole screen is shown.
    """

    def __init__(self) -> None:
        """Begin with the primary monitor."""
        self._chosen: int | None = None
        self._all = False
        self._boxes: dict[int, Box] = {}
        self._shown: int | None = None

    @property
    def part(self) -> Box | None:
        """What of the whole screen is shown; None is all of it."""
        return None if self._shown is None else self._boxes[self._shown]

    def choose(self, monitor: int | None) -> None:
        """Take the technician's wish: a monitor's id, or None for all."""
        self._chosen, self._all = monitor, monitor is None

    def look(self, monitors: list[Monitor]) -> Monitors:
        """Take the monitors that there are now; return what the technician is to be told."""
        known = [m for m in monitors if m.box.x1 <= SIDE_MAX and m.box.y1 <= SIDE_MAX]
        known = known[:MONITORS_MAX]
        self._boxes = {monitor.id: monitor.box for monitor in known}
        self._shown = self._choice(known)
        infos = (_info(number, monitor) for number, monitor in enumerate(known, start=1))
        return Monitors(tuple(infos), self._shown)

    def _choice(self, monitors: list[Monitor]) -> int | None:
        if len(monitors) <= 1 or self._all:
            return None
        if self._chosen in self._boxes:
            return self._chosen
        return next((m.id for m in monitors if m.primary), monitors[0].id)


def _info(number: int, monitor: Monitor) -> MonitorInfo:
    box = monitor.box
    return MonitorInfo(
        id=monitor.id,
        name=clean_line(monitor.name, MONITOR_NAME_MAX) if monitor.name else str(number),
        x=box.x0,
        y=box.y0,
        w=box.x1 - box.x0,
        h=box.y1 - box.y0,
        scale=min(max(monitor.scale, SCALE_MIN), SCALE_MAX),
        primary=monitor.primary,
    )
