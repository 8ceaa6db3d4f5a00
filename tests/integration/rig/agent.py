"""The real agent, as its own process, and what it says in JSON lines."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Self

from tests.integration.rig.processes import Program
from tests.integration.rig.waiting import until

ROOT: Final = Path(__file__).resolve().parents[3]
FROM_SOURCE: Final = (sys.executable, "-m", "agent")


class Agent(Program):
    """An agent that says in JSON lines what happens; without a window lines answer it."""

    def __init__(self, command: Sequence[str | Path], *, log: Path, env: dict[str, str]) -> None:
        """Start it; `command` is a build of it with options."""
        super().__init__([*command, "--json"], log=log, env=env, cwd=ROOT)

    @classmethod
    def without_window(cls, server: str, *, log: Path, env: dict[str, str]) -> Self:
        """Start the one of this checkout against the portal at `server`."""
        return cls([*FROM_SOURCE, "--server", server, "--headless"], log=log, env=env)

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """Return the events so far, all or those of one name."""
        lines = [line for line in self.output.splitlines() if line.startswith("{")]
        events = [json.loads(line) for line in lines]
        return [event for event in events if name in (None, event["event"])]

    def wait_for_event(
        self,
        name: str,
        *,
        within: float = 20,
        count: int = 1,
        where: Callable[[dict[str, Any]], bool] | None = None,
    ) -> dict[str, Any]:
        """Wait for the `count`-th event of that name for which `where` holds."""

        def find() -> dict[str, Any] | None:
            found = [event for event in self.events(name) if where is None or where(event)]
            if len(found) < count and self.process.poll() is not None:
                message = f"the agent ended with {self.process.returncode}"
                raise RuntimeError(f"{message}:\n{self.output[-2000:]}")
            return found[count - 1] if len(found) >= count else None

        try:
            return until(find, within=within, what=f"the agent's {name!r}")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; it said:\n{self.output[-2000:]}") from None

    def wait_for_clock(self, seconds: int) -> None:
        """Wait until the customer has seen that much connected time."""
        self.wait_for_event("clock", where=lambda event: event["seconds"] >= seconds)

    @property
    def support_id(self) -> str:
        """The 9 digits that are shown now."""
        return str(self.wait_for_event("ready") and self.events("ready")[-1]["support_id"])

    @property
    def password(self) -> str:
        """The 8 digits that are shown now."""
        return str(self.wait_for_event("ready") and self.events("ready")[-1]["password"])

    def end(self) -> dict[str, Any]:
        """End the session from the customer's side and return what the agent says last."""
        self.process.terminate()
        return self.wait_for_event("ended")

    def answer(self, *, yes: bool) -> None:
        """Answer the question that is asked, once it is."""
        self.wait_for_event("consent_request", count=len(self.events("connected")) + 1)
        self.write("j" if yes else "n")
