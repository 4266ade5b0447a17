"""A lock that lets the most urgent thread go first."""

import heapq
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum


class Urgency(IntEnum):
    """How soon a turn is wanted; the lower goes first."""

    SCREEN = 0
    BACKGROUND = 1


class Turns:
    """One thread at a time; the more urgent first, the equally urgent in order of arrival."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[Urgency, int]] = []
        self._numbers = itertools.count()
        self._taken = False

    @property
    def waiting(self) -> int:
        """How many threads wait for a turn."""
        return len(self._waiting)

    @contextmanager
    def turn(self, urgency: Urgency) -> Iterator[None]:
        """Wait for a turn and hold it for the length of the block."""
        self._take((urgency, next(self._numbers)))
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()

    def _take(self, ticket: tuple[Urgency, int]) -> None:
        with self._changed:
            heapq.heappush(self._waiting, ticket)
            try:
                self._changed.wait_for(lambda: not self._taken and self._waiting[0] == ticket)
                self._taken = True
            finally:
                # Also when interrupted: a ticket nobody holds would stop everyone behind it.
                self._waiting.remove(ticket)
                heapq.heapify(self._waiting)
                self._changed.notify_all()
