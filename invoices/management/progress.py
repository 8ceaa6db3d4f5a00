"""A progress bar for commands: what is done, counted, never guessed."""

from django.core.management.base import OutputWrapper

WIDTH = 30


class ProgressBar:
    """One line that is redrawn on a terminal; in a log file, only the last state is written."""

    def __init__(self, stream: OutputWrapper, total: int) -> None:
        self._stream = stream
        self._total = total
        self._on_terminal = stream.isatty()

    def show(self, done: int) -> None:
        """Draw `done` of the total."""
        if not self._on_terminal and done < self._total:
            return
        filled = WIDTH if not self._total else WIDTH * done // self._total
        bar = "█" * filled + "░" * (WIDTH - filled)
        end = "\r" if self._on_terminal and done < self._total else "\n"
        self._stream.write(f"{bar} {done}/{self._total}", ending=end)
        self._stream.flush()
