"""Segment a folder once: a photo is outlined, known already, or set aside with a reason."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from db.store import Store
from db.values import Cause, NewOutline, NewPhoto
from imaging.decode.photo import PhotoError, PhotoUnavailable
from imaging.text import printable
from imaging.values import FileStat, Fingerprint
from models.package.package import ModelError
from pipeline.errors import FolderGone, JobFailed, LeaseTaken, PhotoTooSlow, WorkerDied
from pipeline.intake.lease import Lease
from pipeline.intake.scan import NOTHING_THERE, Scan, file_stat, scan, stored_path
from pipeline.work.worker import Worker

if TYPE_CHECKING:
    from models.package.package import PackageInfo

BAD_LUCK = (PhotoUnavailable, WorkerDied)
"""What the machine did, and not the file."""
AGAIN = "nevus tries it again by itself."
PATIENCE = 15.0
"""Seconds `segment_folder` waits for another process that segments into the same database."""
LOOK_EVERY = 0.1


class Outcome(Enum):
    """What became of a file."""

    SEGMENTED = "segmented"
    KNOWN = "known"
    DUPLICATE = "duplicate"
    SET_ASIDE = "set aside"
    POSTPONED = "postponed"
    """Set aside for now: the machine was in the way, so it is to be tried again."""
    STORED = "stored"
    """A photo without an outline, because there is no model."""
    GONE = "gone"
    """It was there a moment ago."""
    UNSETTLED = "unsettled"
    """It can't be read yet and is perhaps still being written."""


COUNTED = (
    Outcome.SEGMENTED,
    Outcome.KNOWN,
    Outcome.DUPLICATE,
    Outcome.SET_ASIDE,
    Outcome.POSTPONED,
)


@dataclass(frozen=True)
class Totals:
    """What `segment_folder` did; `photos` is the sum of the four numbers after it."""

    photos: int
    segmented: int
    known: int
    duplicates: int
    set_aside: int
    seconds: float
    model: str
    backend: str


class Segmenting:
    """Takes one file after the other through the model and into the store.

    With no `model` photos are stored without an outline.
    """

    def __init__(self, store: Store, worker: Worker, model: "PackageInfo | None") -> None:
        self._store = store
        self._worker = worker
        self._model = model

    def one(self, path: Path, complete: Callable[[], bool] = lambda: True) -> Outcome:
        """Identify a file, and segment it if it is a new photo.

        A file that can't be read is left UNSETTLED instead of set aside, unless it is `complete`
        by then. Raises ModelError when the model fails, StoreError when the store does.
        """
        try:
            stat = file_stat(path)
        except OSError as error:
            return self._not_seen(path, error)
        known = self._known(stat)
        if known is not None:
            return known
        try:
            return self._take_in(path, stat)
        except (*BAD_LUCK, PhotoError, PhotoTooSlow, JobFailed) as error:
            return self._put_aside(path, stat, error, complete)

    def _not_seen(self, path: Path, error: OSError) -> Outcome:
        if error.errno in NOTHING_THERE:
            return Outcome.GONE
        reason = error.strerror or str(error)
        sentence = f"{path.name} can't be looked at ({reason}). Check its disk."
        self._postpone(FileStat(stored_path(path), 0, 0, 0), sentence)
        return Outcome.POSTPONED

    def _known(self, stat: FileStat) -> Outcome | None:
        """The outcome of a file that has not changed since it was last looked at."""
        known = self._store.known_file(stat)
        if known is None:
            return None
        if known.photo_id is None:
            return Outcome.SET_ASIDE
        return Outcome.KNOWN if self._is_done(known.photo_id) else None

    def _is_done(self, photo_id: int) -> bool:
        return self._model is None or self._store.has_prediction(photo_id, self._model.hash)

    def _take_in(self, path: Path, stat: FileStat) -> Outcome:
        if stored_path(path) != str(path):
            raise PhotoError(f"{stat.path}: its name is not valid text. Rename the file.")
        if self._model is None:
            return self._keep(stat, self._worker.fingerprint(path))
        outlined = self._store.outlined_contents(stat, self._model.hash)
        try:
            found = self._worker.take_in(path, outlined)
        except ModelError:
            self._keep(stat, self._worker.fingerprint(path))
            raise
        if isinstance(found, Fingerprint):
            return self._keep(stat, found)
        outline = NewOutline(found.prediction, found.rle, found.measurements, found.threshold)
        return self._keep(stat, found.fingerprint, outline)

    def _keep(
        self, stat: FileStat, identity: Fingerprint, outline: NewOutline | None = None
    ) -> Outcome:
        """Store a file, with its photo's outline unless the photo has one already."""
        model_hash = None if self._model is None else self._model.hash
        taken = self._store.take_in(NewPhoto(stat, identity), outline, model_hash)
        if taken.path_before is None or not (self._model is None or taken.outlined_before):
            return Outcome.STORED if outline is None else Outcome.SEGMENTED
        # The same file, only touched, or the same picture under another path.
        return Outcome.KNOWN if taken.path_before == stat.path else Outcome.DUPLICATE

    def _put_aside(
        self, path: Path, stat: FileStat, error: Exception, complete: Callable[[], bool]
    ) -> Outcome:
        try:
            unchanged = file_stat(path) == stat
        except OSError as gone:
            return self._not_seen(path, gone)
        if not unchanged or not complete():
            return Outcome.UNSETTLED
        if isinstance(error, BAD_LUCK):
            self._postpone(stat, str(error))
            return Outcome.POSTPONED
        self._set_aside(stat, str(error))
        return Outcome.SET_ASIDE

    def _postpone(self, stat: FileStat, reason: str) -> None:
        self._set_aside(stat, f"{reason} {AGAIN}", Cause.MACHINE)

    def _set_aside(self, stat: FileStat, reason: str, cause: Cause = Cause.FILE) -> None:
        # A name may hold half a character, which is no text that a database takes.
        self._store.set_aside(stat, printable(reason), cause)


def vanished(store: Store, folder: Path, found: Scan) -> list[str]:
    """The stored files of `folder` that a scan did not find where it could look."""
    there = {stored_path(path) for path in found.photos}
    stored = store.files_under(str(folder))
    return [path for path in stored if path not in there and found.saw(Path(path))]


def segment_folder(
    store: Store,
    worker: Worker,
    folder: Path,
    progress: Callable[[int, int], None],
    remark: Callable[[str], None],
    patience: float = PATIENCE,
) -> Totals:
    """Segment every photo under `folder` once; `progress` hears how many of how many are done.

    `remark` hears a sentence on whatever the totals can't say: folders that could not be read,
    photos that vanished, that another process is waited for.

    What the machine was in the way of is tried once more when all else is done.

    Raises FolderGone, ModelError (no model, no work), LeaseTaken when another process still
    segments into the same database after `patience` seconds, and StoreError.
    """
    started = monotonic()
    folder = folder.resolve()
    found = scan(folder)
    for path in found.unreadable:
        remark(left_out(path))
    model = worker.model()
    lease = Lease(store.path)
    _wait_for(lease, patience, remark)
    try:
        for gone in vanished(store, folder, found):
            store.mark_gone(gone)
        counts = _segment_all(Segmenting(store, worker, model), folder, found, progress)
    finally:
        lease.release()
    if counts[Outcome.GONE]:
        remark(f"{counts[Outcome.GONE]} of the photos vanished while the others were segmented.")
    return _totals(counts, monotonic() - started, model, worker.backend())


def left_out(folder: Path) -> str:
    """The sentence on a sub-folder that can't be read."""
    return f"{folder} can't be read, so its photos are left out. Change its permissions."


def _wait_for(lease: Lease, patience: float, remark: Callable[[str], None]) -> None:
    if lease.take():
        return
    remark(
        "Another nevus is segmenting into this database, perhaps one with its app open. "
        f"Waiting up to {patience:g} s for it to end."
    )
    until = monotonic() + patience
    while not lease.take():
        if monotonic() > until:
            raise LeaseTaken(
                "Another nevus is still segmenting into this database. What it does is seen from "
                "here too; close it, then run this again."
            )
        threading.Event().wait(LOOK_EVERY)


def _segment_all(
    segmenting: Segmenting, folder: Path, found: Scan, progress: Callable[[int, int], None]
) -> Counter[Outcome]:
    counts: Counter[Outcome] = Counter()
    total = len(found.photos)
    postponed: list[Path] = []
    progress(0, total)
    for path in found.photos:
        outcome = _settled(segmenting, path)
        if outcome is Outcome.GONE and not folder.is_dir():
            raise FolderGone(
                f"{folder} vanished when {counts.total()} of {total} photos were "
                "done; they are kept. Bring it back and run this again."
            )
        if outcome is Outcome.POSTPONED:
            postponed.append(path)
            continue
        counts[outcome] += 1
        progress(counts.total(), total)
    for path in postponed:
        counts[_settled(segmenting, path)] += 1
        progress(counts.total(), total)
    return counts


def _settled(segmenting: Segmenting, path: Path) -> Outcome:
    # A file that changed under our hands gets a second chance; then the next run has it.
    outcome = segmenting.one(path)
    return segmenting.one(path) if outcome is Outcome.UNSETTLED else outcome


def _totals(counts: Counter[Outcome], seconds: float, model: "PackageInfo", backend: str) -> Totals:
    return Totals(
        photos=sum(counts[outcome] for outcome in COUNTED),
        segmented=counts[Outcome.SEGMENTED],
        known=counts[Outcome.KNOWN],
        duplicates=counts[Outcome.DUPLICATE],
        set_aside=counts[Outcome.SET_ASIDE] + counts[Outcome.POSTPONED],
        seconds=round(seconds, 3),
        model=model.name,
        backend=backend,
    )
