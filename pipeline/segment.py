"""Segment a folder once: a photo is outlined, known already, or set aside with a reason."""

import os
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from db.store import Store
from db.values import NewPhoto
from imaging.photo import PhotoError
from imaging.text import printable
from imaging.values import FileStat
from models.package import ModelError
from pipeline.errors import FolderGone, JobFailed, LeaseTaken, WorkerDied
from pipeline.lease import SECONDS, Lease
from pipeline.scan import Scan, file_stat, scan, stored_path
from pipeline.worker import Worker

if TYPE_CHECKING:
    from models.package import PackageInfo

PROOF_SIDE = 64
"""Pixels a side of the picture that only proves that a photo can be decoded."""


class Outcome(Enum):
    """What became of a file."""

    SEGMENTED = "segmented"
    KNOWN = "known"
    DUPLICATE = "duplicate"
    SET_ASIDE = "set aside"
    STORED = "stored"
    """A photo without an outline, because there is no model."""
    GONE = "gone"
    """It was there a moment ago."""
    UNSETTLED = "unsettled"
    """It can't be read yet and is perhaps still being written."""


COUNTED = (Outcome.SEGMENTED, Outcome.KNOWN, Outcome.DUPLICATE, Outcome.SET_ASIDE)


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

    def one(self, path: Path, *, complete: bool = True) -> Outcome:
        """Identify a file, and segment it if it is a new photo.

        Unless `complete`, a file that can't be read is left UNSETTLED instead of set aside.
        Raises ModelError when the model fails, StoreError when the store does.
        """
        try:
            stat = file_stat(path)
        except OSError:
            return Outcome.GONE
        known = self._known(stat)
        if known is not None:
            return known
        try:
            return self._take_in(path, stat)
        except (PhotoError, WorkerDied, JobFailed) as error:
            return self._put_aside(path, stat, str(error), complete)

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
        fingerprint = self._worker.fingerprint(path)
        photo_id = self._store.find_photo(fingerprint.content_hash)
        if photo_id is not None and self._is_done(photo_id):
            # The same file, only touched, or the same picture under another path.
            same = self._store.photo(photo_id).path == stat.path
            self._store.add_file(NewPhoto(stat, fingerprint))
            return Outcome.KNOWN if same else Outcome.DUPLICATE
        return self._segment(path, NewPhoto(stat, fingerprint))

    def _segment(self, path: Path, new: NewPhoto) -> Outcome:
        """Store a photo once it was decoded completely, and its outline if there is a model."""
        try:
            result = self._worker.segment(path) if self._model is not None else None
        except ModelError:
            self._store_whole(path, new)
            raise
        if result is None:
            self._store_whole(path, new)
            return Outcome.STORED
        self._store.save_prediction(
            self._store.add_file(new).photo_id,
            new.fingerprint.file_hash,
            result.prediction,
            result.rle,
            result.measurements,
            result.threshold,
        )
        return Outcome.SEGMENTED

    def _store_whole(self, path: Path, new: NewPhoto) -> None:
        self._worker.view(path, PROOF_SIDE)
        self._store.add_file(new)

    def _put_aside(self, path: Path, stat: FileStat, reason: str, complete: bool) -> Outcome:
        try:
            unchanged = file_stat(path) == stat
        except OSError:
            return Outcome.GONE
        if not complete or not unchanged:
            return Outcome.UNSETTLED
        if not os.access(path, os.R_OK):
            # A permission given back does not show in these numbers: never the same, always tried.
            stat = replace(stat, modified_ns=0)
        self._store.set_aside(stat, reason)
        return Outcome.SET_ASIDE


def forget_vanished(store: Store, folder: Path, found: Scan) -> None:
    """Mark the files of `folder` as gone that a scan did not find where it could look."""
    there = {stored_path(path) for path in found.photos}
    for path in store.files_under(str(folder)):
        if path not in there and found.saw(Path(path)):
            store.mark_gone(path)


def segment_folder(
    store: Store,
    worker: Worker,
    folder: Path,
    progress: Callable[[int, int], None],
    remark: Callable[[str], None],
    lease_seconds: float = SECONDS,
) -> Totals:
    """Segment every photo under `folder` once; `progress` hears how many of how many are done.

    `remark` hears a sentence on whatever the totals can't say: folders that could not be read,
    photos that vanished, that another process is waited for.

    Raises FolderGone, ModelError (no model, no work), LeaseTaken while another process segments
    into the same database, and StoreError.
    """
    started = monotonic()
    folder = folder.resolve()
    found = scan(folder)
    for path in found.unreadable:
        remark(left_out(path))
    model = worker.model()
    lease = Lease(store, lease_seconds)
    _wait_for(lease, lease_seconds, remark)
    try:
        forget_vanished(store, folder, found)
        counts = _segment_all(Segmenting(store, worker, model), folder, found, lease, progress)
    finally:
        lease.release()
    if counts[Outcome.GONE]:
        remark(f"{counts[Outcome.GONE]} of the photos vanished while the others were segmented.")
    return _totals(counts, monotonic() - started, model, worker.backend())


def left_out(folder: Path) -> str:
    """The sentence on a sub-folder that can't be read."""
    return (
        f"{printable(str(folder))} can't be read, so its photos are left out. "
        "Change its permissions."
    )


def _wait_for(lease: Lease, seconds: float, remark: Callable[[str], None]) -> None:
    if lease.take():
        return
    # As long as a lease lasts, plus a little: its holder may have been killed just now.
    remark(
        "Another nevus is segmenting into this database, perhaps one with its app open. "
        f"Waiting up to {seconds + 1:.0f} s for it to end."
    )
    until = monotonic() + seconds + 1.0
    while not lease.take():
        if monotonic() > until:
            raise _lease_taken()
        threading.Event().wait(seconds / 20)


def _segment_all(
    segmenting: Segmenting,
    folder: Path,
    found: Scan,
    lease: Lease,
    progress: Callable[[int, int], None],
) -> Counter[Outcome]:
    counts: Counter[Outcome] = Counter()
    total = len(found.photos)
    progress(0, total)
    for done, path in enumerate(found.photos, 1):
        if not lease.held:
            raise _lease_taken()
        outcome = _settled(segmenting, path)
        if outcome is Outcome.GONE and not folder.is_dir():
            raise FolderGone(
                f"{printable(str(folder))} vanished when {done - 1} of {total} photos were done; "
                "they are kept. Bring it back and run this again."
            )
        counts[outcome] += 1
        progress(done, total)
    return counts


def _settled(segmenting: Segmenting, path: Path) -> Outcome:
    # A file that changed under our hands gets a second chance; then the next run has it.
    outcome = segmenting.one(path)
    return segmenting.one(path) if outcome is Outcome.UNSETTLED else outcome


def _lease_taken() -> LeaseTaken:
    return LeaseTaken(
        "Another nevus is still segmenting into this database. What it does is seen from here too; "
        "close it, then run this again."
    )


def _totals(counts: Counter[Outcome], seconds: float, model: "PackageInfo", backend: str) -> Totals:
    return Totals(
        photos=sum(counts[outcome] for outcome in COUNTED),
        segmented=counts[Outcome.SEGMENTED],
        known=counts[Outcome.KNOWN],
        duplicates=counts[Outcome.DUPLICATE],
        set_aside=counts[Outcome.SET_ASIDE],
        seconds=round(seconds, 3),
        model=model.name,
        backend=backend,
    )
