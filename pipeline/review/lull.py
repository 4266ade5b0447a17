"""A lull: what threads behind the screen let go first, a moment long, a photo that is drawn."""

from threading import Event
from time import monotonic

AT_MOST = 0.1
"""Seconds from the beginning of a lull until nobody waits for its end any more."""


class Lull:
    """One thread begins and ends it, others wait for its end before they begin with their work.

    Whatever they do takes the interpreter from the thread that draws, a few milliseconds at a time.
    """

    def __init__(self) -> None:
        self._over = Event()
        self._over.set()
        self._until = 0.0

    def begin(self) -> None:
        """From now on what has not begun waits; a lull that goes on already gets no longer."""
        if self._over.is_set():
            # Before the event is cleared: who sees that sees until when.
            self._until = monotonic() + AT_MOST
            self._over.clear()

    def end(self) -> None:
        """All may go on."""
        self._over.set()

    def wait(self) -> None:
        """Wait until it is over, or has lasted long enough; on any thread."""
        self._over.wait(max(0.0, self._until - monotonic()))
