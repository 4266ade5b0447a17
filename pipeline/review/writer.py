"""One thread that commits edits and remarks in the order they were made, and loses none."""

import threading
from collections import deque
from collections.abc import Callable

from db.errors import Unknown
from pipeline.errors import WriteFailed

AGAIN = 1.0
"""Seconds after which what failed is tried again."""


class Writer:
    """A queue of commits and the thread that works it off, from construction to `close`.

    A commit that fails stays at the head of the queue, so that nothing is written out of order; it
    is tried again with the next `submit` or `drain`, and every `again` seconds by itself. But what
    belongs to a photo that was forgotten goes.

    Any thread may submit and drain; one thread commits. The queue is in memory alone: what it holds
    when the process dies is lost. The thread is a daemon, so that a disk which refuses for ever
    can't keep the process alive; `close` has waited for it where nothing was refused.
    """

    def __init__(self, again: float = AGAIN) -> None:
        self._changed = threading.Condition()
        self._commits: deque[Callable[[], None]] = deque()
        self._again = again
        self._failure: Exception | None = None
        self._begun = 0
        """How many tries have begun."""
        self._failed = 0
        """Which of them failed last."""
        self._asked = False
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    @property
    def pending(self) -> int:
        """How many commits are queued and not yet done."""
        # Without the lock: the screen asks often, and one commit more or less is no matter.
        return len(self._commits)

    @property
    def refused(self) -> WriteFailed | None:
        """Why the last try failed; None once it went well, and while nothing was tried."""
        with self._changed:
            return self._refusal()

    def submit(self, commit: Callable[[], None]) -> None:
        """Queue a commit and return at once."""
        with self._changed:
            self._commits.append(commit)
            self._ask()

    def drain(self) -> None:
        """Wait until all is committed. Raises WriteFailed; what is left stays queued."""
        with self._changed:
            # A try that is under way saw the disk as it was: what it says is no answer.
            before = self._begun
            self._ask()
            self._changed.wait_for(
                lambda: not self._commits or (self._failure and self._failed > before)
            )
            refusal = self._refusal()
        if refusal is not None:
            raise refusal

    def close(self) -> None:
        """Drain, then end the thread. Raises WriteFailed, and then the thread goes on."""
        self.drain()
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _ask(self) -> None:
        self._asked = True
        self._changed.notify_all()

    def _refusal(self) -> WriteFailed | None:
        if self._failure is None:
            return None
        refusal = WriteFailed(_sentence(len(self._commits), self._failure))
        refusal.__cause__ = self._failure
        return refusal

    def _run(self) -> None:
        while (commit := self._next()) is not None:
            # Outside the lock: whoever edits or asks must not wait for a disk.
            try:
                commit()
            except Unknown:
                # Its photo was forgotten, and what is drawn on it is to be forgotten too.
                self._note_done()
            except Exception as error:
                self._note(error)
            else:
                self._note_done()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            # After a failure the wait ends by itself: room that was made is not told to anybody.
            self._changed.wait_for(
                lambda: self._closing or (self._commits and (self._asked or not self._failure)),
                timeout=self._again if self._failure else None,
            )
            self._asked = False
            self._begun += 1
            return self._commits[0] if self._commits and not self._closing else None

    def _note(self, error: Exception) -> None:
        with self._changed:
            self._failure, self._failed = error, self._begun
            self._changed.notify_all()

    def _note_done(self) -> None:
        with self._changed:
            self._commits.popleft()
            self._failure = None
            self._changed.notify_all()


def _sentence(count: int, error: Exception) -> str:
    changes, kept = (
        ("One change is", "It is") if count == 1 else (f"{count} changes are", "They are")
    )
    why = str(error).rstrip(".")
    return f"{changes} not saved yet ({why}). {kept} kept, and saved as soon as that is possible."
