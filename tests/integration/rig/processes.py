"""Programs started for a test: each in a process group of its own, with its output in a file."""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.integration.rig import waiting
from tests.integration.rig.ending import Ending
from tests.integration.rig.waiting import until


class Program(Ending):
    """A running program whose standard output and errors go to `log`."""

    def __init__(
        self,
        command: Sequence[str | int | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Start `command`; `env` is the whole environment (None: this process's own)."""
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process that was started, which is also its group's number."""
        return self.process.pid

    @property
    def output(self) -> str:
        """Everything that the program has printed so far."""
        return self.log.read_text(errors="replace")

    def write(self, line: str) -> None:
        """Type a line on the program's standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def wait_for(self, pattern: str, *, within: float = 30) -> re.Match[str]:
        """Return the first match of the regular expression `pattern` in the output."""
        compiled = re.compile(pattern, re.MULTILINE)

        def found() -> re.Match[str] | None:
            match = compiled.search(self.output)
            if match is None and self.process.poll() is not None:
                message = f"{self.process.args!r} ended with {self.process.returncode}"
                raise RuntimeError(f"{message}:\n{self.output[-3000:]}")
            return match

        try:
            return until(found, within=within, what=f"{pattern!r}")
        except TimeoutError as error:
            raise TimeoutError(f"{error} in:\n{self.output[-3000:]}") from None

    def wait(self, *, within: float = 15) -> int:
        """Wait until the program has ended by itself and return its exit code."""
        return self.process.wait(within * waiting.stretch)

    def kill(self) -> None:
        """End the whole group at once, as a power cut would."""
        self._signal(signal.SIGKILL)
        self.process.wait(10)
        self._close_input()

    def stop(self, *, within: float = 15) -> None:
        """Ask the program to end, and the group to die when it does not."""
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(within)
        # What the program left behind in its group must not outlive the test.
        self._signal(signal.SIGKILL)
        self.process.wait(10)
        self._close_input()

    def _close_input(self) -> None:
        if self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return
