"""What a test starts ends with the block in which it was started."""

from types import TracebackType
from typing import Self


class Ending:
    """A `with` block around it ends with `stop`."""

    def stop(self) -> None:
        """End it; doing that twice is harmless."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
