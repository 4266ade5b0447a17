"""Segment a folder once: a photo is outlined, known already, or set aside with a reason."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from db.store import Store
from pipeline.errors import FolderGone, LeaseTaken
from pipeline.intake.agenda import Agenda
from pipeline.intake.driver import Driver
from pipeline.intake.lease import Lease
from pipeline.intake.outcome import Outcome, Settled
from pipeline.intake.passed_by import passed_by
from pipeline.intake.scan import Scan, is_file, is_photo_of, scan, stored_path
from pipeline.intake.segmenting import Segmenting
from pipeline.work.scorer import Scorer

if TYPE_CHECKING:
    from models.package.package import PackageInfo

SECOND_CHANCE = (Outcome.POSTPONED, Outcome.KEPT, Outcome.UNSETTLED)
"""What may be another outcome a little later: bad luck, and a file that changed under our hands."""
KNOWN_BEFORE = (Outcome.KNOWN, Outcome.KEPT)
PATIENCE = 15.0
"""Seconds `segment_folder` waits for another process that segments into the same database."""
LOOK_EVERY = 0.1


COUNTED = (
    Outcome.SEGMENTED,
    Outcome.KNOWN,
    Outcome.DUPLICATE,
    Outcome.SET_ASIDE,
    Outcome.POSTPONED,
    Outcome.KEPT,
)


@dataclass(frozen=True)
class Told:
    """Whom `segment_folder` tells how far it is.

    `progress` hears how many of how many photos are done, `remark` a sentence on whatever the
    totals can't say: folders that could not be read, photos that vanished or could not be outlined
    now, that another process is waited for.
    """

    progress: Callable[[int, int], None]
    remark: Callable[[str], None]


@dataclass(frozen=True)
class Totals:
    """What `segment_folder` did; `photos` is the sum of the four numbers after it.

    `known` are photos of before, also those that it could not look at or outline now.
    """

    photos: int
    segmented: int
    known: int
    duplicates: int
    set_aside: int
    seconds: float
    model: str
    backend: str


def vanished(store: Store, folder: Path, found: Scan) -> list[str]:
    """The stored files of `folder` that a scan did not find where it could look, nor are there now.

    Another process may have stored one since.
    """
    there = {stored_path(path) for path in found.photos}
    stored = store.files_under(str(folder))
    missing = [path for path in stored if path not in there and found.saw(Path(path))]
    return [
        path for path in missing if not (is_photo_of(folder, Path(path)) and is_file(Path(path)))
    ]


def segment_folder(
    store: Store,
    scorer: Scorer,
    folder: Path,
    told: Told,
    patience: float = PATIENCE,
) -> Totals:
    """Segment every photo under `folder` once.

    What the machine was in the way of is tried once more when all else is done.

    Raises FolderGone, ModelError (no model, no work), LeaseTaken when another process still
    segments into the same database after `patience` seconds, and StoreError.
    """
    started = monotonic()
    folder = folder.resolve()
    found = scan(folder)
    for path in found.unreadable:
        told.remark(left_out(path))
    if (passed := passed_by(found.left_out)) is not None:
        told.remark(passed)
    model = scorer.model()
    lease = Lease(store.path)
    _wait_for(lease, patience, told.remark)
    try:
        for gone in vanished(store, folder, found):
            store.mark_gone(gone)
        agenda, count = Agenda(), _Count(folder, len(found.photos), told.progress)
        driver = Driver(agenda, Segmenting(store, scorer, model), scorer.room)
        _segment_all(driver, agenda, found.photos, count)
    finally:
        lease.release()
    counts = count.outcomes
    for reason in count.reasons:
        told.remark(f"left as it was before: {reason}")
    if counts[Outcome.GONE]:
        told.remark(
            f"{counts[Outcome.GONE]} of the photos vanished while the others were segmented."
        )
    if counts[Outcome.UNSETTLED]:
        told.remark(
            f"{counts[Outcome.UNSETTLED]} of the photos still change. Run this again later."
        )
    return _totals(counts, monotonic() - started, model, scorer.backend())


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


def _settle(driver: Driver, agenda: Agenda, paths: Sequence[Path]) -> Iterator[Settled]:
    """What becomes of each of these files, in any order. Raises the model's failure."""
    for path in paths:
        agenda.add(path)
    left = len(paths)
    while left:
        settled = driver.step()
        if settled is None:
            continue
        if settled.problem is not None:
            raise settled.problem
        left -= 1
        yield settled


class _Count:
    """How many photos of a folder are done, and with which outcome."""

    def __init__(self, folder: Path, total: int, progress: Callable[[int, int], None]) -> None:
        self.outcomes: Counter[Outcome] = Counter()
        self.reasons: list[str] = []
        """Why photos that were known before have got no outline now."""
        self._folder = folder
        self._total = total
        self._progress = progress
        progress(0, total)

    def add(self, settled: Settled) -> None:
        """One more. Raises FolderGone where it is gone with its folder."""
        done, outcome = self.outcomes.total(), settled.outcome
        if outcome is Outcome.GONE and not self._folder.is_dir():
            raise FolderGone(
                f"{self._folder} vanished when {done} of {self._total} photos were "
                "done; they are kept. Bring it back and run this again."
            )
        self.outcomes[outcome] += 1
        if settled.reason and outcome in KNOWN_BEFORE:
            self.reasons.append(settled.reason)
        self._progress(done + 1, self._total)


def _segment_all(driver: Driver, agenda: Agenda, photos: Sequence[Path], count: _Count) -> None:
    later = []
    for settled in _settle(driver, agenda, photos):
        if settled.outcome in SECOND_CHANCE:
            later.append(settled.path)
        else:
            count.add(settled)
    for settled in _settle(driver, agenda, later):
        count.add(settled)


def _totals(counts: Counter[Outcome], seconds: float, model: "PackageInfo", backend: str) -> Totals:
    return Totals(
        photos=sum(counts[outcome] for outcome in COUNTED),
        segmented=counts[Outcome.SEGMENTED],
        known=sum(counts[outcome] for outcome in KNOWN_BEFORE),
        duplicates=counts[Outcome.DUPLICATE],
        set_aside=counts[Outcome.SET_ASIDE] + counts[Outcome.POSTPONED],
        seconds=round(seconds, 3),
        model=model.title,
        backend=backend,
    )
