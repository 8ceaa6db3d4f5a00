"""When the resting picture is checked: soon after it came to rest, then ever more rarely."""

# Seconds after the last change, then after each check; the last one again and again.
INTERVALS = (6.0, 20.0, 60.0, 300.0, 600.0)


class Rest:
    """One picture's rest. A check costs some milliseconds, so it must not be often."""

    def __init__(self) -> None:
        """Begin with a picture that moves."""
        self._checks = 0
        self._at: float | None = None

    @property
    def at(self) -> float | None:
        """When the next check is due, in monotonic seconds; None before anything was shown."""
        return self._at

    def moved(self, now: float) -> None:
        """Note a change: rest begins anew."""
        self._checks = 0
        self._at = now + INTERVALS[0]

    def checked(self, now: float) -> None:
        """Note that a check found nothing."""
        self._checks += 1
        self._at = now + INTERVALS[min(self._checks, len(INTERVALS) - 1)]
