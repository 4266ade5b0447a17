"""One file on its way: it is known already, or a scorer's answer on it is stored."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from db.arrivals import Arrival, LookUp, NewOutline, NewPhoto, TakenIn, Unchanged
from db.forgetting import Tombstone
from db.store import Store
from db.values import Cause
from imaging.photo import PhotoError, PhotoUnavailable
from imaging.text import printable
from imaging.values import FileStat, Fingerprint
from models.package.package import ModelError
from pipeline.errors import JobFailed, PhotoTooSlow, WorkerDied
from pipeline.intake.known import look_up_page, stat_of
from pipeline.intake.outcome import Outcome, Settled
from pipeline.intake.scan import file_stat, stored_path
from pipeline.intake.signature import NOTHING_THERE
from pipeline.work.scorer import Scorer
from pipeline.work.scoring import Segmented

if TYPE_CHECKING:
    from models.package.package import PackageInfo

BAD_LUCK = (PhotoUnavailable, WorkerDied)
"""What the machine did, and not the file."""
AGAIN = "nevus tries it again by itself."
NOTHING = LookUp(known=False, photo_id=None, outlined=False, contents=frozenset())


@dataclass(frozen=True, eq=False)
class Errand:
    """A file that a scorer has in hand, as the file system told of it when it was handed over.

    `is_photo` is whether it is a photo's already, for which only an outline is wanted. `problem` is
    why the model could not outline it, where it is only to be identified.
    """

    path: Path
    stat: FileStat
    answer: "Future[Any]"
    is_photo: bool
    problem: ModelError | None = None


@dataclass(frozen=True)
class Passed:
    """Of a page of files: what became of those that want nothing more, and those that may wait.

    The latter are of decided photos, which only want this model's outline to be compared with.
    """

    known: Sequence[Settled] = ()
    may_wait: Sequence[Path] = ()


@dataclass(frozen=True, eq=False)
class Heard:
    """What a scorer found of a file, which is to be stored."""

    errand: Errand
    found: Segmented | Fingerprint

    @property
    def content(self) -> str:
        """The picture's hash."""
        found = self.found
        identity = found if isinstance(found, Fingerprint) else found.fingerprint
        return identity.content_hash

    def arrival(self) -> Arrival:
        """A file with its photo's outline, where there is one."""
        stat, found = self.errand.stat, self.found
        if isinstance(found, Fingerprint):
            return Arrival(NewPhoto(stat, found))
        made = NewOutline(found.prediction, found.rle, found.measurements, found.threshold)
        return Arrival(NewPhoto(stat, found.fingerprint), made)


class Segmenting:
    """Hands files to a scorer and stores its answers; for one thread.

    With no `model` photos are stored without an outline. A file that can't be read is left
    UNSETTLED instead of set aside, unless it is `complete` by then.
    """

    def __init__(
        self,
        store: Store,
        scorer: Scorer,
        model: "PackageInfo | None",
        complete: Callable[[Path], bool] = lambda _path: True,
    ) -> None:
        self._store = store
        self._scorer = scorer
        self._model_hash = None if model is None else model.hash
        self._complete = complete
        self._unheard_of: set[FileStat] = set()
        """Of the last page: what another process stores of them meanwhile costs an outline."""

    def pass_known(self, paths: Sequence[Path]) -> Passed:
        """Look at a page of files, none of which is read. Raises StoreError."""
        stats = [stat_of(path) for path in paths]
        known = look_up_page(self._store, stats, self._model_hash)
        self._note_unheard_of(stats, known)
        page = zip(paths, known, strict=True)
        seen = [(path, found, self._known(found)) for path, found in page if found is not None]
        return Passed(
            [Settled(path, outcome, as_before=True) for path, _, outcome in seen if outcome],
            [path for path, found, outcome in seen if outcome is None and found.decided],
        )

    def begin(self, path: Path) -> Settled | Errand:
        """Look at a file: what became of it, or what is to be finished once it is answered.

        Raises StoreError and WorkerClosed.
        """
        try:
            stat = file_stat(path)
        except OSError as error:
            return self._not_seen(path, error)
        found = self._look_up(stat)
        known = self._known(found) if found.known else None
        if known is not None:
            return Settled(path, known, as_before=True)
        if stored_path(path) != str(path):
            self._set_aside(stat, f"{stat.path}: its name is not valid text. Rename the file.")
            return Settled(path, Outcome.SET_ASIDE)
        answer = self._hand_over(path, found.contents)
        return Errand(path, stat, answer, found.photo_id is not None)

    def hear(self, errand: Errand) -> Settled | Errand | Heard:
        """Take the answer: what became of the file, or what is to be kept of it.

        Another errand where the model failed, and the photo is stored alone. Raises StoreError and
        WorkerClosed.
        """
        try:
            found = errand.answer.result()
        except ModelError as error:
            if errand.is_photo:
                return Settled(errand.path, Outcome.KEPT, error)
            return replace(errand, answer=self._scorer.fingerprint(errand.path), problem=error)
        except (*BAD_LUCK, PhotoError, PhotoTooSlow, JobFailed) as error:
            return replace(self._put_aside(errand, error), problem=errand.problem)
        try:
            errand.path.stat()
        except OSError as error:
            return self._not_seen(errand.path, error)
        return Heard(errand, found)

    def keep(self, heard: Sequence[Heard]) -> list[Settled]:
        """Store what was heard of files in one transaction, all or nothing. Raises StoreError.

        Before it those whose picture was forgotten are set aside.
        """
        stones = self._store.tombstones_of([each.content for each in heard])
        come = [each for each in heard if each.content not in stones]
        gone = [
            self._turn_away(each.errand, stones[each.content])
            for each in heard
            if each.content in stones
        ]
        if not come:
            return gone
        taken = self._store.take_in_all([each.arrival() for each in come], self._model_hash)
        return gone + [
            Settled(each.errand.path, self._outcome(each, one), each.errand.problem)
            for each, one in zip(come, taken, strict=True)
        ]

    def _turn_away(self, errand: Errand, stone: Tombstone) -> Settled:
        self._set_aside(errand.stat, _was_forgotten(errand.path, stone), Cause.FORGOTTEN)
        return Settled(errand.path, Outcome.SET_ASIDE)

    def stumble(self, path: Path, error: Exception) -> Settled:
        """Put a file off over which a step stumbled in a way nobody foresaw. Raises StoreError."""
        sentence = (
            f"{path.name}: something unforeseen went wrong with it ({error!r}). Please report it."
        )
        try:
            return self._put_off(file_stat(path), path, sentence)
        except OSError as unseen:
            return self._not_seen(path, unseen)

    def _note_unheard_of(
        self, stats: Sequence[FileStat | None], known: Sequence[Unchanged | None]
    ) -> None:
        left = zip(stats, known, strict=True)
        new = [stat for stat, found in left if stat is not None and found is None]
        self._unheard_of = self._store.never_heard_of(new) if new else set()

    def _look_up(self, stat: FileStat) -> LookUp:
        if stat in self._unheard_of:
            # Once: it is stored by the next time.
            self._unheard_of.discard(stat)
            return NOTHING
        return self._store.look_up(stat, self._model_hash)

    def _hand_over(self, path: Path, outlined: frozenset[str]) -> "Future[Any]":
        if self._model_hash is None:
            return self._scorer.fingerprint(path)
        return self._scorer.take_in(path, outlined)

    def _not_seen(self, path: Path, error: OSError) -> Settled:
        if error.errno in NOTHING_THERE:
            return Settled(path, Outcome.GONE)
        reason = error.strerror or str(error)
        sentence = f"{path.name} can't be looked at ({reason}). Check its disk."
        return self._put_off(FileStat(stored_path(path), 0, 0, 0), path, sentence)

    def _put_off(self, stat: FileStat, path: Path, reason: str) -> Settled:
        """A photo that is known there stays; what else lies there is set aside for now."""
        if self._store.lies_at(stat.path):
            return Settled(path, Outcome.KEPT, reason=reason)
        self._postpone(stat, reason)
        return Settled(path, Outcome.POSTPONED, reason=reason)

    def _known(self, found: LookUp | Unchanged) -> Outcome | None:
        """The outcome of a file that has not changed since it was last looked at."""
        if found.photo_id is None:
            return Outcome.SET_ASIDE
        done = self._model_hash is None or found.outlined
        return Outcome.KNOWN if done else None

    def _outcome(self, heard: Heard, taken: TakenIn) -> Outcome:
        done = self._model_hash is None or taken.outlined_before
        if taken.path_before is None or not done:
            bare = isinstance(heard.found, Fingerprint)
            return Outcome.STORED if bare else Outcome.SEGMENTED
        # The same file, only touched, or the same picture under another path.
        same = taken.path_before == heard.errand.stat.path
        return Outcome.KNOWN if same else Outcome.DUPLICATE

    def _put_aside(self, errand: Errand, error: Exception) -> Settled:
        path, stat = errand.path, errand.stat
        try:
            unchanged = file_stat(path) == stat
        except OSError as gone:
            return self._not_seen(path, gone)
        if not unchanged or not self._complete(path):
            return Settled(path, Outcome.UNSETTLED)
        if errand.is_photo:
            # What this model can't outline stays what it is: a photo, perhaps with a decision.
            outcome = Outcome.KEPT if isinstance(error, BAD_LUCK) else Outcome.KNOWN
            return Settled(path, outcome, reason=str(error))
        if isinstance(error, BAD_LUCK):
            self._postpone(stat, str(error))
            return Settled(path, Outcome.POSTPONED)
        self._set_aside(stat, str(error))
        return Settled(path, Outcome.SET_ASIDE)

    def _postpone(self, stat: FileStat, reason: str) -> None:
        self._set_aside(stat, f"{reason} {AGAIN}", Cause.MACHINE)

    def _set_aside(self, stat: FileStat, reason: str, cause: Cause = Cause.FILE) -> None:
        # A name may hold half a character, which is no text that a database takes.
        self._store.set_aside(stat, printable(reason), cause)


def _was_forgotten(path: Path, tombstone: Tombstone) -> str:
    return (
        f"{path.name} was forgotten on {tombstone.made_at:%Y-%m-%d} as {tombstone.reviewer} asked, "
        "and is not taken in again. The file itself was left as it is."
    )
