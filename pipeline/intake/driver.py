"""The loop that keeps a scorer busy: files from an agenda to it, its answers to the store.

One thread calls `step` and does all that touches the database. Answers come from the scorer's
threads, which only ring; if the process dies, photos in work are looked at again the next time.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

from db.errors import StoreError
from pipeline.errors import WorkerClosed
from pipeline.intake.agenda import Agenda
from pipeline.intake.outcome import Settled
from pipeline.intake.segmenting import Errand, Segmenting


class Driver:
    """Hands over as many files at once as the scorer has `room` for."""

    def __init__(self, agenda: Agenda, segmenting: Segmenting, room: int) -> None:
        self._agenda = agenda
        self._segmenting = segmenting
        self._room = room
        self._in_work: dict[Path, Errand] = {}
        self._bell: SimpleQueue[Path | None] = SimpleQueue()

    def wake(self) -> None:
        """Have `step` look at the agenda anew, or return; any thread may call this."""
        self._bell.put(None)

    def step(self) -> Settled | None:
        """What became of the next file; None where something else is worth a look first.

        Blocks until an answer is there, a postponed file is due, or `wake`. Raises StoreError, the
        file waiting again then, and WorkerClosed.
        """
        # An answer that is there goes first: a folder of known photos would hold it up.
        if self._bell.empty():
            known = self._hand_over()
            if known is not None:
                return known
        path = self._wait()
        return None if path is None else self._finish(path)

    def _wait(self) -> Path | None:
        has_room = len(self._in_work) < self._room
        try:
            return self._bell.get(timeout=self._agenda.seconds_left() if has_room else None)
        except Empty:
            return None

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

    def _finish(self, path: Path) -> Settled | None:
        errand = self._in_work.pop(path)
        finished = self._step(path, partial(self._segmenting.finish, errand))
        if isinstance(finished, Errand):
            self._await(finished)
            return None
        return finished

    def _step(self, path: Path, step: Callable[[], Settled | Errand]) -> Settled | Errand:
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
