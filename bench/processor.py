"""What a process has cost, finer than the hundredths of a second that /proc counts in."""

import time

# Linux names the clock of another process by its number (clock_getcpuclockid(3), CPUCLOCK_SCHED):
# nanoseconds, of threads that have ended too.
_SCHEDULED = 2


def processor_seconds(pid: int) -> float:
    """Return the core-seconds that a process has used, without its children.

    Raises:
        OSError: there is no such process.
    """
    return time.clock_gettime((~pid << 3) | _SCHEDULED)
