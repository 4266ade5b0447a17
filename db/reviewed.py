"""What reviewers decided, as an export reads it: photo by photo, a page of them at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Select, select
from sqlmodel import Session, col

from db.decisions import decision_of
from db.edited import edited_since
from db.exported import ReviewedFile, ReviewedPhoto, ReviewedPlace
from db.masks import described, instances_of, receipt_of, rle_of
from db.measured import each_measured
from db.sessions import Sessions, below, present, size_of
from db.tables import (
    DecisionRow,
    FileRow,
    MaskRow,
    PhotoRow,
    PredictionRow,
    RevisionRow,
    StandingRow,
)
from db.values import DecisionKind
from imaging.framing import Size
from imaging.values import Rle

PAGE = 100
"""How many photos are held at once, with their masks."""


class Reviewed(Sessions):
    """The photos whose standing decision is of one of some kinds, with a file below a folder.

    They come in the order of their first paths there.
    """

    def reviewed_places(
        self, kinds: Collection[DecisionKind], folder: str | None = None
    ) -> list[ReviewedPlace]:
        """Where each of them lies."""
        with self._reading() as session:
            return [place for _, place in _chosen(session, kinds, folder)]

    def reviewed(
        self, kinds: Collection[DecisionKind], folder: str | None = None
    ) -> Iterator[ReviewedPhoto]:
        """All that an export needs of them, one by one, as they are when the first is read."""
        with self._reading() as session:
            ids = [photo_id for photo_id, _ in _chosen(session, kinds, folder)]
            for start in range(0, len(ids), PAGE):
                yield from _page(session, ids[start : start + PAGE], folder)


def _chosen(
    session: Session, kinds: Collection[DecisionKind], folder: str | None
) -> list[tuple[int, ReviewedPlace]]:
    # Whole rows, and of every decision: one that is damaged would only seem not to be wanted.
    rows = (
        select(StandingRow, DecisionRow, PhotoRow, FileRow)
        .outerjoin(DecisionRow, col(DecisionRow.id) == col(StandingRow.decision_id))
        .outerjoin(PhotoRow, col(PhotoRow.id) == col(StandingRow.photo_id))
        .outerjoin(FileRow, col(FileRow.photo_id) == col(StandingRow.photo_id))
        .where(col(StandingRow.decision_id).is_not(None))
        .execution_options(yield_per=PAGE)
    )
    first: dict[int, ReviewedPlace] = {}
    for standing, decision, photo, file in session.execute(rows):
        kind = decision_of(present(decision, DecisionRow, standing.decision_id)).kind
        content_hash = present(photo, PhotoRow, standing.photo_id).content_hash
        if kind in kinds and file is not None and _lies_below(file, folder):
            place = ReviewedPlace(file.path, content_hash)
            first[photo.id] = min(first.get(photo.id, place), place, key=lambda at: at.path)
    return sorted(first.items(), key=lambda item: item[1].path)


def _page(
    session: Session, photo_ids: Sequence[int], folder: str | None
) -> Iterator[ReviewedPhoto]:
    """These photos, in their order."""
    rows = {row[0].id: row for row in session.execute(_all_known(photo_ids)).all()}
    files = _files(session, photo_ids, folder)
    drawn = [revision.id for _, _, revision, *_ in rows.values() if revision is not None]
    measured = each_measured(session, drawn)
    masks = [mask for _, _, _, mask, *_ in rows.values() if mask is not None]
    instances = instances_of(session, masks)
    for photo_id in photo_ids:
        photo, decision, revision, mask, prediction, edited = rows[photo_id]
        if decision.revision_id is not None:
            present(revision, RevisionRow, decision.revision_id)
        if revision is not None and revision.prediction_id is not None:
            present(prediction, PredictionRow, revision.prediction_id)
        yield ReviewedPhoto(
            photo_id=photo_id,
            content_hash=photo.content_hash,
            size=size_of(photo),
            files=tuple(files[photo_id]),
            decision=decision_of(decision),
            revision=None if revision is None else described(revision, measured[revision.id]),
            rle=None
            if revision is None
            else _whole(present(mask, MaskRow, revision.id), size_of(photo)),
            receipt=None if prediction is None else receipt_of(prediction),
            edited_since=bool(edited),
            instances=() if revision is None else instances[revision.id],
        )


def _all_known(
    photo_ids: Sequence[int],
) -> Select[PhotoRow, DecisionRow, RevisionRow, MaskRow, PredictionRow, bool]:
    # All from the revision on are None where there is none.
    return (
        select(PhotoRow, DecisionRow, RevisionRow, MaskRow, PredictionRow, edited_since())
        .select_from(StandingRow)
        .join(PhotoRow, col(PhotoRow.id) == col(StandingRow.photo_id))
        .join(DecisionRow, col(DecisionRow.id) == col(StandingRow.decision_id))
        .outerjoin(RevisionRow, col(RevisionRow.id) == col(DecisionRow.revision_id))
        .outerjoin(MaskRow, col(MaskRow.revision_id) == col(RevisionRow.id))
        .outerjoin(PredictionRow, col(PredictionRow.id) == col(RevisionRow.prediction_id))
        .where(col(StandingRow.photo_id).in_(photo_ids))
    )


def _files(
    session: Session, photo_ids: Sequence[int], folder: str | None
) -> dict[int, list[ReviewedFile]]:
    """The files of each photo that lie below a folder, by path."""
    rows = select(FileRow).where(col(FileRow.photo_id).in_(photo_ids)).order_by(col(FileRow.path))
    found: dict[int, list[ReviewedFile]] = defaultdict(list)
    for file in session.scalars(rows):
        if _lies_below(file, folder):
            found[file.photo_id].append(_file(file))
    return found


def _file(row: FileRow) -> ReviewedFile:
    return ReviewedFile(row.path, row.sha256, row.bytes, row.modified_ns)


def _lies_below(file: FileRow, folder: str | None) -> bool:
    return file.gone_at is None and (folder is None or below(file.path, folder))


def _whole(mask: MaskRow, size: Size) -> Rle:
    rle = rle_of(mask)
    if rle.size != size:
        raise ValueError(f"a mask of {rle.size} on a photo of {size}")
    return rle
