"""A worker process that takes as much memory as it is told to."""

from dataclasses import dataclass
from threading import Event
from typing import ClassVar

from pipeline.work.jobs import Tell

MOST = 100 * 2**20


class Purse:
    """A bench with nothing on it."""

    def open(self) -> None:
        """Nothing has to be opened."""


@dataclass(frozen=True)
class GreedySetup:
    """A process that may grow by MOST bytes in a job."""

    most_growth: int = MOST

    def bench(self, tell: Tell) -> Purse:
        """See Setup."""
        return Purse()

    def spare(self) -> None:
        """There is no other way to be greedy."""


@dataclass(frozen=True)
class GreedyJob:
    """Take so many bytes; with more than are allowed, hold them for ever."""

    size: int
    reads: ClassVar[bool] = True
    opens: ClassVar[bool] = False

    def run(self, bench: Purse) -> int:
        """Take them."""
        taken = b"1" * self.size
        if self.size > MOST:
            Event().wait()
        return len(taken)
