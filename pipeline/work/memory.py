"""Watches what memory a worker process takes while it works on a photo.

What a header says is reckoned with before anything is decoded; this is for what a header hides.
psutil asks the system from outside, which holds whatever a library does inside. Tried on Linux;
macOS, which leaves compressed memory out of what it tells, is untried.
"""

from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psutil import Process

LOOK_EVERY = 0.05
"""Seconds between two looks; memory is filled by a tenth of a gigabyte meanwhile."""
BESIDE = 512 * 2**20
"""Bytes that a job may take beside its photo: the model's, and what libraries keep."""


class TooLarge(Exception):
    """A photo took more memory than a photo may."""


class MemoryWatch:
    """Looks at how a process grows in a job, by at most `most` bytes. For one thread."""

    def __init__(self, pid: int | None, most: int) -> None:
        self._process = None if pid is None else _process(pid)
        self._most = most
        self._before: int | None = None

    def begin(self, *, watched: bool) -> None:
        """A job begins; one that opens a model is not watched."""
        self._before = self._taken() if watched else None

    def wait(self, ends: Sequence["Connection[Any, Any]"], until: float) -> list[Any]:
        """The ends that have something to say, none where it is too late. Raises TooLarge."""
        while True:
            left = until - monotonic()
            step = left if self._before is None else min(left, LOOK_EVERY)
            ready = wait(ends, max(0.0, step))
            if ready or step == left:
                return ready
            if self._before is not None and self._taken() - self._before > self._most:
                raise TooLarge

    def _taken(self) -> int:
        """Bytes of memory that the process holds; none of one that has ended."""
        from psutil import Error

        try:
            return 0 if self._process is None else int(self._process.memory_info().rss)
        except Error:
            return 0


def _process(pid: int) -> "Process":
    # Late: the process that is watched imports this module too, and needs no psutil.
    from psutil import Process

    return Process(pid)
