"""Worker processes like the portal's own, and what they needed."""

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

# A worker's memory counts as settled after so many documents.
WARM_DOCUMENTS: Final = 10
Job = Callable[[Any], None]


def resident_mb(process: int | None = None) -> int:
    """Return the memory of a process, by default this one, in MB; 0 where it has ended."""
    try:
        pages = int(Path(f"/proc/{process or 'self'}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def like_a_worker() -> None:
    """Begin as a process of the Celery pool does."""
    from dibuc.celery import settle  # noqa: PLC0415 - after set-up

    settle()


def measured(job: Job, argument: Any) -> tuple[int, int, float]:
    """Do one job; return the worker, its memory in MB and the processor time in seconds."""
    before = time.process_time()
    job(argument)
    return os.getpid(), resident_mb(), time.process_time() - before


@dataclass(slots=True)
class Spent:
    """What a pool's jobs needed: by the clock, of the processors, and each worker's memory.

    On a machine that others use, too, the processors' time is the one to compare.
    """

    count: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    memory: dict[int, list[int]] = field(default_factory=dict)

    @property
    def per_minute(self) -> int:
        """Documents a minute."""
        return round(self.count / self.seconds * 60)

    @property
    def cpu_ms(self) -> float:
        """Processor time of a document in milliseconds, without the database's own."""
        return round(self.cpu_seconds / self.count * 1000, 1)

    @property
    def first_mb(self) -> int:
        """The largest worker's memory when it was warm."""
        return max(sizes[min(WARM_DOCUMENTS, len(sizes)) - 1] for sizes in self.memory.values())

    @property
    def last_mb(self) -> int:
        """The largest worker's memory at the end."""
        return max(sizes[-1] for sizes in self.memory.values())

    def course(self, points: int = 10) -> list[list[int]]:
        """Return each worker's largest memory in each tenth of its documents."""
        return [
            [
                max(sizes[len(sizes) * point // points : len(sizes) * (point + 1) // points] or [0])
                for point in range(points)
            ]
            for sizes in self.memory.values()
        ]


class Workers:
    """Forked workers that do one kind of job, one at a time each."""

    def __init__(self, processes: int, job: Job) -> None:
        self._job = job
        self._stack = ExitStack()
        self._context = multiprocessing.get_context("fork")
        self._pool = self._context.Pool(processes, like_a_worker)
        self.spent = Spent()

    def __enter__(self) -> Self:
        self._stack.enter_context(self._pool)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def do(self, arguments: Sequence[Any]) -> None:
        """Do a part of the jobs."""
        start = time.monotonic()
        jobs = [self._pool.apply_async(measured, (self._job, one)) for one in arguments]
        for job in jobs:
            worker, megabytes, cpu_seconds = job.get()
            self.spent.memory.setdefault(worker, []).append(megabytes)
            self.spent.cpu_seconds += cpu_seconds
        self.spent.seconds += time.monotonic() - start
        self.spent.count += len(jobs)
