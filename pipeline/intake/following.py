"""Follow what another process makes of a folder's photos, until it is done or this one's turn."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from db.arrivals import Unchanged
from db.store import Store
from db.values import Cause
from pipeline.intake.known import PAGE, look_up_page, stat_of
from pipeline.intake.lease import Lease
from pipeline.intake.notice import Notice, Seen, look_for
from pipeline.intake.outcome import Outcome, Settled
from pipeline.intake.scan import file_stat, stored_path
from pipeline.intake.signature import is_gone
from pipeline.intake.standstill import USUAL, Goal, Patience, Standstill, check_not_in_vain, name_of

MISSES = 100
"""Photos found undone after which a look ends with its page: a hundred thousand that wait are not
asked for each time, and the other process goes through them in the same order."""


class Following:
    """The photos of a folder that another process has not done yet, as the database tells."""

    def __init__(self, store: Store, model_hash: str, folder: Path, paths: Sequence[Path]) -> None:
        self.folder = folder
        self.goal = Goal(folder, model_hash, store.path)
        self.database = store.path
        self._store = store
        self._model_hash = model_hash
        self._left = deque(paths)
        self._photos: set[int] = set()

    @property
    def left(self) -> Sequence[Path]:
        """What is not done."""
        return tuple(self._left)

    def look_first(self) -> Iterator[Settled]:
        """What was done before."""
        for settled in self._look(len(self._left)):
            known = settled.outcome in {Outcome.SEGMENTED, Outcome.DUPLICATE}
            outcome = Outcome.KNOWN if known else settled.outcome
            yield Settled(settled.path, outcome, as_before=True)

    def look(self) -> Iterator[Settled]:
        """What was done meanwhile."""
        yield from self._look(MISSES)

    def look_last(self, other: Notice) -> Iterator[Settled]:
        """What the other process could not do now and will try again, where nothing else is left.

        Nothing where it has more to do, or has another model or none.
        """
        if other.model != self._model_hash or other.done < other.found:
            return
        aside = self._store.set_aside_files(str(self.folder))
        postponed = {file.path for file in aside if file.cause is Cause.MACHINE}
        outcomes = [
            self._given_up(path, found, postponed)
            for page in _pages(self._left)
            for path, found in self._look_up(page)
        ]
        if None not in outcomes:
            for outcome in outcomes:
                path = self._left.popleft()
                if outcome is not None:
                    yield Settled(path, outcome)

    def _look(self, misses: int) -> Iterator[Settled]:
        for page in _pages(self._left):
            for path, found in self._look_up(page):
                self._left.popleft()
                outcome = self._outcome(path, found)
                if outcome is not None:
                    yield Settled(path, outcome)
                    continue
                self._left.append(path)
                misses -= 1
            if misses <= 0:
                return

    def _look_up(self, page: Sequence[Path]) -> Iterator[tuple[Path, Unchanged | None]]:
        stats = [stat_of(path) for path in page]
        return zip(page, look_up_page(self._store, stats, self._model_hash), strict=True)

    def _outcome(self, path: Path, found: Unchanged | None) -> Outcome | None:
        if found is None:
            return Outcome.GONE if is_gone(path) else None
        if found.photo_id is None:
            return Outcome.SET_ASIDE
        if not found.outlined:
            return None
        first = found.photo_id not in self._photos
        self._photos.add(found.photo_id)
        return Outcome.SEGMENTED if first else Outcome.DUPLICATE

    def _given_up(self, path: Path, found: Unchanged | None, postponed: set[str]) -> Outcome | None:
        if stored_path(path) in postponed:
            return Outcome.POSTPONED
        if found is None:
            return Outcome.KEPT if self._is_out_of_reach(path) else None
        return None if found.photo_id is None else Outcome.KEPT

    def _is_out_of_reach(self, path: Path) -> bool:
        """Whether a file is known, and the disk tells nothing of it now."""
        try:
            file_stat(path)
        except OSError:
            return self._store.lies_at(stored_path(path))
        return False


def _pages(paths: Iterable[Path]) -> Iterator[Sequence[Path]]:
    """What is there now, a page at a time."""
    left = tuple(paths)
    for begin in range(0, len(left), PAGE):
        yield left[begin : begin + PAGE]


def follow(
    following: Following,
    lease: Lease,
    count: Callable[[Settled], None],
    remark: Callable[[str], None],
    patience: Patience = USUAL,
) -> Sequence[Path]:
    """Count what another process does until nothing is left, or it ends and the lease is had.

    Gives back what is left then. Raises StoreError, what `count` raises, and SegmentedElsewhere
    where nothing more is to be hoped for from the other one, and it does not end by itself.
    """
    again, said, standstill = threading.Event(), set[str](), Standstill(patience)
    look = following.look_first
    while True:
        seen = look_for(following.database)
        had = lease.take()
        for settled in look():
            count(settled)
        other = seen.notice if seen.segmenting and not had else None
        if other is not None and other.covers(following.folder):
            for settled in following.look_last(other):
                count(settled)
        if had or not following.left:
            return following.left
        if seen.segmenting:
            check_not_in_vain(following.goal, following.left, other, standstill)
        for sentence in _news(seen, following.folder):
            if sentence not in said:
                said.add(sentence)
                remark(sentence)
        look = following.look
        again.wait(patience.look)


def _news(seen: Seen, folder: Path) -> Iterator[str]:
    """Who segments, and what stands in its way."""
    if not seen.segmenting:
        return
    yield introduction(seen.notice, folder)
    if seen.notice is not None and seen.notice.message:
        yield f"It says: {seen.notice.message}"


def introduction(other: Notice | None, folder: Path) -> str:
    """The sentence on a process that segments into the same database, and what that means here."""
    who = name_of(other)
    if other is None:
        what = "is segmenting into this database"
    elif other.covers(folder):
        what = "is segmenting this folder"
    else:
        return (
            f"{who} is segmenting {other.folder} into this database. This one waits until it ends."
        )
    return f"{who} {what}. This one follows it, and goes on when it ends."
