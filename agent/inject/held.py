"""Which keys the technician holds, and until when to believe it. No IO and no clock."""

from agent.inject.keycodes import MODIFIERS

# Seconds. T says at least every 0.2 s that a key is still down (docs/protocol.md section 6.2);
# X begins to repeat a key after 0.5 s or so. A key is not held any longer than that on a line
# that stands still, or it would repeat until the line is back.
BELIEVE = 0.6


class Held:
    """The keys that are down for the technician, by KeyboardEvent.code."""

    def __init__(self) -> None:
        self._down: dict[str, None] = {}
        self._told_at = 0.0

    def key(self, code: str, now: float, *, down: bool) -> None:
        """Note a key that is pressed or let go."""
        self._told_at = now
        if down:
            self._down[code] = None
        else:
            self._down.pop(code, None)

    def hold(self, codes: tuple[str, ...], now: float) -> list[tuple[str, bool]]:
        """Take the list of all keys that are down; return what to press (True) and to let go.

        Modifiers that were let go meanwhile are pressed again, since shortcuts need them. Other
        keys are not: they would type once more.
        """
        self._told_at = now
        changes = [(code, False) for code in self._down if code not in codes]
        changes += [(c, True) for c in codes if c in MODIFIERS and c not in self._down]
        for code, down in changes:
            self.key(code, now, down=down)
        return changes

    def due(self, now: float) -> float | None:
        """Seconds until what is down is no longer believed; None while nothing is."""
        return max(0.0, self._told_at + BELIEVE - now) if self._down else None

    def forget(self) -> list[str]:
        """Return what is down, the last one first, and believe in nothing any more."""
        codes = list(reversed(self._down))
        self._down.clear()
        return codes
