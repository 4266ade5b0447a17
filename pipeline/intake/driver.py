"""The loop that keeps a scorer busy: files from an agenda to it, its answers to the store.

One thread calls `step` and does all that touches the database. Answers come from the scorer's
threads, which only ring; if the process dies, photos in work are looked at again the next time.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TypeVar

from db.errors import StoreError
from pipeline.errors import WorkerClosed
from pipeline.intake.agenda import Agenda
from pipeline.intake.known import PAGE
from pipeline.intake.outcome import Settled
from pipeline.intake.segmenting import Errand, Heard, Passed, Segmenting

MOST_AT_ONCE = 16
"""Files stored in one transaction, which holds the write lock that a decision waits for."""
PAUSE = 0.25
"""Seconds from one transaction to the next where answers come fast: a person sees no difference."""
Found = TypeVar("Found")


class Driver:
    """Hands over as many files at once as the scorer has `room` for.

    An answer is stored at once where the last was stored `pause` seconds ago; those that come
    faster are gathered until then, and stored in one transaction.
    """

    def __init__(
        self, agenda: Agenda, segmenting: Segmenting, room: int, pause: float = PAUSE
    ) -> None:
        self._agenda = agenda
        self._segmenting = segmenting
        self._room = room
        self._pause = pause
        self._in_work: dict[Path, Errand] = {}
        self._bell: SimpleQueue[Path | None] = SimpleQueue()
        self._answered: list[Errand] = []
        self._store_at = 0.0
        """When the next answers may be stored, on the monotonic clock."""
        self._settled: deque[Settled] = deque()
        """What became of files that are stored, and not told yet."""

    def wake(self) -> None:
        """Have `step` look at the agenda anew, or return; any thread may call this."""
        self._bell.put(None)

    @property
    def has_more(self) -> bool:
        """Whether the next `step` says at once what became of another file."""
        return bool(self._settled)

    @property
    def is_busy(self) -> bool:
        """Whether a file is in work, or is to be stored or told."""
        return bool(self._in_work or self._answered or self._settled)

    def step(self) -> Settled | None:
        """What became of the next file; None where something else is worth a look first.

        Blocks until an answer is there, a postponed file is due, or `wake`. Raises StoreError, the
        file waiting again then, and WorkerClosed.
        """
        if self._settled:
            return self._settled.popleft()
        if self._listen(0):
            return None
        if not self._is_time_to_store():
            known = self._hand_over()
            if known is not None:
                return known
            if self._in_work or not self._answered:
                self._listen(self._patience())
        # Where nothing is in work any more, there is nothing to gather.
        if self._is_time_to_store() or (self._answered and not self._in_work):
            self._store()
        return self._settled.popleft() if self._settled else None

    def _is_time_to_store(self) -> bool:
        # Goes before all else: a folder of known photos would hold it up.
        full = len(self._answered) >= MOST_AT_ONCE
        return bool(self._answered) and (full or monotonic() >= self._store_at)

    def _patience(self) -> float | None:
        """How many seconds may pass until something is to be done that no bell rings for."""
        due = self._agenda.seconds_left() if len(self._in_work) < self._room else None
        store = max(0.0, self._store_at - monotonic()) if self._answered else None
        return min((each for each in (due, store) if each is not None), default=None)

    def _listen(self, patience: float | None) -> bool:
        """Hear which answers are there, and whether it is woken; waits for so long, None for ever.

        Once something was heard it waits no more.
        """
        rings = list(self._rings(patience))
        self._answered += [self._in_work.pop(path) for path in rings if path is not None]
        return None in rings

    def _rings(self, patience: float | None) -> Iterator[Path | None]:
        """All rings there are: a path is answered; None wakes, many times where many files come."""
        with suppress(Empty):
            yield self._bell.get(patience != 0, patience)
            while True:
                yield self._bell.get_nowait()

    def _hand_over(self) -> Settled | None:
        """Fill the scorer's room; the first file of which all is known without it."""
        while len(self._in_work) < self._room:
            self._pass_known()
            if self._settled:
                return self._settled.popleft()
            path = self._agenda.take(self._held())
            if path is None:
                return None
            begun = self._step(path, partial(self._segmenting.begin, path))
            if isinstance(begun, Settled):
                return begun
            self._await(begun)
        return None

    def _pass_known(self) -> None:
        """Settle those of the next files that are known; the others are next, or may wait."""
        page = self._agenda.take_page(self._held(), PAGE)
        passed = Passed()
        # What goes wrong here does so again for the file that it is about; the others go on.
        with suppress(Exception):
            # A single one, as most that come are, is looked up as it is begun.
            passed = self._segmenting.pass_known(page) if len(page) > 1 else passed
        done = {*(settled.path for settled in passed.known), *passed.may_wait}
        self._agenda.put_first(path for path in page if path not in done)
        self._agenda.put_last(passed.may_wait)
        self._settled += passed.known

    def _held(self) -> set[Path]:
        """The files that must be settled first, before they are looked at again."""
        return {*self._in_work, *(errand.path for errand in self._answered)}

    def _await(self, errand: Errand) -> None:
        path = errand.path
        self._in_work[path] = errand
        # The path alone: with the errand the answer, a map and all, would hold itself, and stay
        # until somebody looks for garbage, some hundreds of photos later.
        errand.answer.add_done_callback(lambda _answer: self._bell.put(path))

    def _store(self) -> None:
        """Store what is answered; files that are not come to it wait again."""
        left, self._answered = deque(self._answered), []
        heard = []
        try:
            while left:
                errand = left.popleft()
                found = self._step(errand.path, partial(self._segmenting.hear, errand))
                if isinstance(found, Heard):
                    heard.append(found)
                elif isinstance(found, Errand):
                    self._await(found)
                else:
                    self._settled.append(found)
        finally:
            for errand in left:
                self._agenda.put_back(errand.path)
            self._keep(heard)
            self._store_at = monotonic() + self._pause

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
