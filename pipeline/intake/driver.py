"""The loop that keeps a scorer busy: files from an agenda to it, its answers to the store.

One thread calls `step` and does all that touches the database. Answers come from the scorer's
threads, which only ring; if the process dies, photos in work are looked at again the next time.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from db.errors import StoreError
from pipeline.errors import WorkerClosed
from pipeline.intake.agenda import Agenda
from pipeline.intake.outcome import Settled
from pipeline.intake.segmenting import Errand, Heard, Segmenting

MOST_AT_ONCE = 32
"""Files stored in one transaction, which holds the write lock that a decision waits for."""
Found = TypeVar("Found")


class Driver:
    """Hands over as many files at once as the scorer has `room` for.

    All answers that are there when it comes to store are stored in one transaction: many where they
    come fast, each at once where they come slowly.
    """

    def __init__(self, agenda: Agenda, segmenting: Segmenting, room: int) -> None:
        self._agenda = agenda
        self._segmenting = segmenting
        self._room = room
        self._in_work: dict[Path, Errand] = {}
        self._bell: SimpleQueue[Path | None] = SimpleQueue()
        self._settled: deque[Settled] = deque()
        """What became of files that are stored, and not told yet."""

    def wake(self) -> None:
        """Have `step` look at the agenda anew, or return; any thread may call this."""
        self._bell.put(None)

    def step(self) -> Settled | None:
        """What became of the next file; None where something else is worth a look first.

        Blocks until an answer is there, a postponed file is due, or `wake`. Raises StoreError, the
        file waiting again then, and WorkerClosed.
        """
        if not self._settled:
            # An answer that is there goes first: a folder of known photos would hold it up.
            if self._bell.empty():
                known = self._hand_over()
                if known is not None:
                    return known
            self._finish(self._wait())
        return self._settled.popleft() if self._settled else None

    def _wait(self) -> list[Path]:
        """The files whose answers are there, once one is; none where there is no use in waiting."""
        has_room = len(self._in_work) < self._room
        answered: list[Path] = []
        try:
            path = self._bell.get(timeout=self._agenda.seconds_left() if has_room else None)
            while path is not None:
                answered.append(path)
                if len(answered) == MOST_AT_ONCE:
                    break
                path = self._bell.get_nowait()
        except Empty:
            pass
        return answered

    def _hand_over(self) -> Settled | None:
        """Fill the scorer's room; the first file of which all is known without it."""
        while len(self._in_work) < self._room:
            path = self._agenda.take(self._in_work)
            if path is None:
                return None
            begun = self._step(path, partial(self._segmenting.begin, path))
            if isinstance(begun, Settled):
                return begun
            self._await(begun)
        return None

    def _await(self, errand: Errand) -> None:
        self._in_work[errand.path] = errand
        errand.answer.add_done_callback(lambda _answer: self._bell.put(errand.path))

    def _finish(self, answered: Sequence[Path]) -> None:
        """Store what is there of these files; those that are not come to it wait again."""
        left = deque(answered)
        heard = []
        try:
            while left:
                errand = self._in_work.pop(left[0])
                found = self._step(left.popleft(), partial(self._segmenting.hear, errand))
                if isinstance(found, Heard):
                    heard.append(found)
                elif isinstance(found, Errand):
                    self._await(found)
                else:
                    self._settled.append(found)
        finally:
            for path in left:
                del self._in_work[path]
                self._agenda.put_back(path)
            self._keep(heard)

    def _keep(self, heard: Sequence[Heard]) -> None:
        if len(heard) > 1:
            # One file alone may be to blame for a failure: it is not to take the others with it.
            with suppress(Exception):
                self._settled += self._segmenting.keep(heard)
                return
        self._keep_each(deque(heard))

    def _keep_each(self, left: deque[Heard]) -> None:
        """Store files one by one; where a second can't be stored, none of them is to blame."""
        failed: dict[Path, StoreError] = {}
        while left and len(failed) < 2:
            one = left.popleft()
            try:
                self._settled.append(self._kept(one))
            except StoreError as error:
                failed[one.errand.path] = error
        # Those that failed come last, or they would hold up the others for ever.
        for path in (*(one.errand.path for one in left), *failed):
            self._agenda.put_back(path)
        for first in failed.values():
            raise first

    def _kept(self, one: Heard) -> Settled:
        try:
            [settled] = self._segmenting.keep([one])
        except StoreError:
            raise
        except Exception as error:
            return self._segmenting.stumble(one.errand.path, error)
        return settled

    def _step(self, path: Path, step: Callable[[], Found]) -> Found | Settled:
        """What a step comes to; no file is lost where it fails."""
        try:
            try:
                return step()
            except (StoreError, WorkerClosed):
                raise
            except Exception as error:
                return self._segmenting.stumble(path, error)
        except Exception:
            self._agenda.put_back(path)
            raise
