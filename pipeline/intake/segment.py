"""Segment a folder once: a photo is outlined, known already, or set aside with a reason."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from db.store import Store
from pipeline.errors import FolderGone
from pipeline.intake.agenda import Agenda
from pipeline.intake.driver import Driver
from pipeline.intake.following import Following, follow
from pipeline.intake.lease import Lease
from pipeline.intake.model_use import ModelUse
from pipeline.intake.notice import ONCE, Board
from pipeline.intake.outcome import Outcome, Settled
from pipeline.intake.passed_by import passed_by
from pipeline.intake.scan import Scan, is_photo_of, scan, stored_path
from pipeline.intake.segmenting import Segmenting
from pipeline.intake.signature import signature_of
from pipeline.work.scorer import Scorer

if TYPE_CHECKING:
    from models.package.package import PackageInfo

SECOND_CHANCE = (Outcome.POSTPONED, Outcome.KEPT, Outcome.UNSETTLED)
"""What may be another outcome a little later: bad luck, and a file that changed under our hands."""
KNOWN_BEFORE = (Outcome.KNOWN, Outcome.KEPT)
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
    now, that another process is followed. `looked_into` hears before `progress` of each photo that
    was not as it was before, and took its time.
    """

    progress: Callable[[int, int], None]
    remark: Callable[[str], None]
    looked_into: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Totals:
    """What became of a folder meanwhile, in files: `files` is the sum of the four numbers after it.

    `known` are those of before, also those that could not be looked at or outlined now.
    """

    files: int
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
    return [path for path in missing if not _lies_there(folder, Path(path))]


def _lies_there(folder: Path, path: Path) -> bool:
    return is_photo_of(folder, path) and signature_of(path) is not None


def segment_folder(store: Store, scorer: Scorer, folder: Path, told: Told) -> Totals:
    """Segment every photo under `folder` once.

    What the machine was in the way of is tried once more when all else is done. While another
    process segments into the same database, what that one does is followed; when it ends, this one
    does the rest.

    Raises FolderGone, ModelError (no model, no work), StoreError, and SegmentedElsewhere where that
    process neither ends by itself nor does these photos.
    """
    started = monotonic()
    folder = folder.resolve()
    found = scan(folder)
    for path in found.unreadable:
        told.remark(left_out(path))
    if (passed := passed_by(found.left_out)) is not None:
        told.remark(passed)
    stored = set(store.files_under(str(folder)))
    scorer.expect(sum(stored_path(path) not in stored for path in found.photos))
    model = scorer.model()
    count = _Count(folder, len(found.photos), told)
    lease = Lease(store.path)
    try:
        photos: Sequence[Path] = found.photos
        if not lease.take():
            following = Following(store, model.hash, folder, photos)
            photos = follow(following, lease, count.add, told.remark)
        if lease.held:
            for gone in vanished(store, folder, found):
                store.mark_gone(gone)
            _segment_rest(store, scorer, model, photos, count)
    finally:
        lease.release()
    _remark(count, told.remark)
    return _totals(count.outcomes, monotonic() - started, model, scorer.backend())


def _segment_rest(
    store: Store,
    scorer: Scorer,
    model: "PackageInfo",
    photos: Sequence[Path],
    count: "_Count",
) -> None:
    agenda, board = Agenda(), Board(store.path, ONCE, count.folder)
    use = ModelUse(store, model.hash)
    driver = Driver(agenda, Segmenting(store, scorer, model), scorer.room)
    board.use(model.hash)
    board.begin()
    count.board = board
    try:
        use.begin()
        _segment_all(driver, agenda, photos, count)
        while use.has_more:
            use.compare_some()
    finally:
        board.end()


def _remark(count: "_Count", remark: Callable[[str], None]) -> None:
    gone, unsettled = (count.outcomes[each] for each in (Outcome.GONE, Outcome.UNSETTLED))
    for reason in count.reasons:
        remark(f"left as it was before: {reason}")
    if gone:
        remark(f"{gone} of the photos vanished while the others were segmented.")
    if unsettled:
        remark(f"{unsettled} of the photos still change. Run this again later.")


def left_out(folder: Path) -> str:
    """The sentence on a sub-folder that can't be read."""
    return f"{folder} can't be read, so its photos are left out. Change its permissions."


def _settle(driver: Driver, agenda: Agenda, paths: Sequence[Path]) -> Iterator[Settled]:
    """What becomes of each of these files, in any order. Raises the model's failure."""
    agenda.add(*paths)
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

    def __init__(self, folder: Path, total: int, told: Told) -> None:
        self.folder = folder
        self.outcomes: Counter[Outcome] = Counter()
        self.reasons: list[str] = []
        """Why photos that were known before have got no outline now."""
        self.board: Board | None = None
        """Where others read how far it is, while it is this process that segments."""
        self._total = total
        self._told = told
        told.progress(0, total)

    def add(self, settled: Settled) -> None:
        """One more. Raises FolderGone where it is gone with its folder."""
        done, outcome = self.outcomes.total(), settled.outcome
        if outcome is Outcome.GONE and not self.folder.is_dir():
            raise FolderGone(
                f"{self.folder} vanished when {done} of {self._total} photos were "
                "done; they are kept. Bring it back and run this again."
            )
        self.outcomes[outcome] += 1
        if settled.reason and outcome in KNOWN_BEFORE:
            self.reasons.append(settled.reason)
        if not settled.as_before:
            self._told.looked_into()
        self._told.progress(done + 1, self._total)
        if self.board is not None:
            self._post(self.board, settled, done + 1)

    def _post(self, board: Board, settled: Settled, done: int) -> None:
        if settled.outcome is not Outcome.KNOWN:
            board.count()
        if settled.reason:
            board.complain(settled.reason, settled.path)
        board.tell(self._total, done)


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
        files=sum(counts[outcome] for outcome in COUNTED),
        segmented=counts[Outcome.SEGMENTED],
        known=sum(counts[outcome] for outcome in KNOWN_BEFORE),
        duplicates=counts[Outcome.DUPLICATE],
        set_aside=counts[Outcome.SET_ASIDE] + counts[Outcome.POSTPONED],
        seconds=round(seconds, 3),
        model=model.title,
        backend=backend,
    )
