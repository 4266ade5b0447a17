"""Predictions and mask revisions."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session, col

from db.arrivals import NewOutline
from db.columns import Values, now
from db.errors import StoreError
from db.known_models import know_model, last_use
from db.measured import each_measured, measured_values, measurements_of
from db.sessions import Sessions, follow, get_row, size_of
from db.sqlite.map_check import MapKey
from db.sqlite.maps import KeptMap
from db.standing import Stands, stands_of
from db.tables import (
    DraftRow,
    FileRow,
    InstanceRow,
    MaskRow,
    MeasurementRow,
    PhotoRow,
    PredictionRow,
    RevisionRow,
    StandingRow,
)
from db.values import DrawnRevision, Origin, Revision
from imaging.framing import FRAMINGS, Size
from imaging.mask.rle import area
from imaging.values import Measurements, Prediction, Receipt, Rle


@dataclass(frozen=True)
class MadeOf:
    """Which map a model made of a photo; `word` is what it says of its mask, as in `Prediction`."""

    content_hash: str
    size: Size
    framing: str
    receipt: Receipt
    word: tuple[float | None, float | None]


class Masks(Sessions):
    """What was drawn on photos. A revision is never changed; what is current is a pointer."""

    def keep_map(self, photo_id: int, content_hash: str, prediction: Prediction) -> bool:
        """Keep a map that was computed again, since the cache had lost it; whether it is its photo.

        `content_hash` is of the picture that the model was shown: a file may hold another by now.
        Raises Unknown.
        """
        same = self._content_hash(photo_id) == content_hash
        if same:
            self._keep_all({content_hash: prediction})
            self._prune_maps()
        return same

    def _content_hash(self, photo_id: int) -> str:
        with self._reading() as session:
            content_hash: str = get_row(session, PhotoRow, photo_id).content_hash
            return content_hash

    def _keep_all(self, made: Mapping[str, Prediction]) -> None:
        """Keep the maps of photos, by their content."""
        self._maps.put_all(
            [
                KeptMap(content, one.receipt.model_hash, one.framing.name, one.grid)
                for content, one in made.items()
            ]
        )

    def _prune_maps(self) -> None:
        """Make room for maps, where they take more than they may; no failure stops the work."""
        with suppress(StoreError):
            self._maps.prune(self._waiting)

    def _waiting(self, maps: Sequence[MapKey]) -> set[MapKey]:
        """Those of the maps on which a photo rests that nobody has decided on."""
        rows = (
            select(
                col(PhotoRow.content_hash),
                col(PredictionRow.model_hash),
                col(PredictionRow.framing),
            )
            .join(StandingRow, col(StandingRow.photo_id) == col(PhotoRow.id))
            .join(RevisionRow, col(RevisionRow.id) == col(StandingRow.revision_id))
            .join(PredictionRow, col(PredictionRow.id) == col(RevisionRow.prediction_id))
            .where(
                col(PhotoRow.content_hash).in_([content for content, _, _ in maps]),
                col(StandingRow.decision_id).is_(None),
            )
        )
        with self._reading() as session:
            return {(content, model, framing) for content, model, framing in session.execute(rows)}

    def prediction(self, photo_id: int) -> Prediction | None:
        """The map on which the current mask rests, or None where there is none or it was lost."""
        with self._reading() as session:
            made = made_of(stands_of(session, photo_id))
        return None if made is None else self.kept_map(made)

    def kept_map(self, made: MadeOf) -> Prediction | None:
        """The map that was made of a photo, or None where it was lost."""
        grid = self._maps.get(made.content_hash, made.receipt.model_hash, made.framing)
        if grid is None:
            return None
        framing = FRAMINGS[made.framing](made.size, Size.of(grid))
        return Prediction(grid, framing, made.receipt, *made.word)

    def mask(self, revision_id: int) -> Rle:
        """A revision's pixels. Raises Unknown."""
        with self._reading() as session:
            return rle_of(get_row(session, MaskRow, revision_id))

    def instances(self, revision_id: int) -> tuple[Rle, ...]:
        """The lesions of a mask of several, the first first; none where it is one, or none."""
        with self._reading() as session:
            mask = get_row(session, MaskRow, revision_id)
            return instances_of(session, [mask])[revision_id]

    def revisions(self, photo_id: int) -> tuple[DrawnRevision, ...]:
        """All revisions of a photo, the first first."""
        rows = (
            select(RevisionRow, PredictionRow)
            .outerjoin(PredictionRow, col(PredictionRow.id) == col(RevisionRow.prediction_id))
            .where(col(RevisionRow.photo_id) == photo_id)
            .order_by(col(RevisionRow.id))
        )
        with self._reading() as session:
            found = session.execute(rows).all()
            measured = each_measured(session, [row.id for row, _ in found])
            return tuple(
                DrawnRevision(
                    described(row, measured[row.id]), "" if made is None else made.model_name
                )
                for row, made in found
            )


def is_outlined(session: Session, photo_id: int, model_hash: str) -> bool:
    """Whether this model has outlined the photo."""
    found = select(col(PredictionRow.id)).where(
        col(PredictionRow.photo_id) == photo_id, col(PredictionRow.model_hash) == model_hash
    )
    return session.scalar(found) is not None


def add_outline(session: Session, file: FileRow, made: NewOutline, standing: StandingRow) -> None:
    """Store what a model that has not outlined it yet made of a file's photo: a new revision.

    It becomes the current one unless a reviewer has worked on the one that is, or draws where there
    is none, or that one is no model's; `standing` is where the photo stands, and need not be stored
    yet.
    """
    receipt = _add_prediction(session, file, made.prediction)
    revision = RevisionRow(**revision_values(made, file.photo_id, receipt.id))
    add_revision(session, revision, made.rle, made.measurements)
    # On a photo that is new in this transaction nobody can have worked: it is not asked for.
    if standing not in session or not (is_worked_on(session, standing)):
        standing.revision_id = revision.id


def add_revision(
    session: Session, revision: RevisionRow, rle: Rle, measurements: Measurements
) -> None:
    """Store a revision with its pixels and what was measured on them."""
    session.add(revision)
    session.flush()
    session.add(MaskRow(**mask_values(rle, revision.id)))
    session.add_all(MeasurementRow(**row) for row in measured_values(measurements, revision.id))


def revision_of(session: Session, revision_id: int | None) -> Revision | None:
    """A revision without its pixels."""
    if revision_id is None:
        return None
    row = follow(session, RevisionRow, revision_id)
    return described(row, measurements_of(session, revision_id))


def described(row: RevisionRow, measurements: Measurements) -> Revision:
    """A revision with what was measured on it. Raises ValueError where it is of no origin."""
    return Revision(
        id=row.id,
        photo_id=row.photo_id,
        parent_id=row.parent_id,
        author=row.author,
        origin=Origin(row.origin),
        threshold=row.threshold,
        created_at=row.created_at,
        measurements=measurements,
    )


def rle_of(mask: MaskRow) -> Rle:
    """A stored mask's run-length encoding. Raises ValueError where it fills no mask."""
    rle = Rle(Size(mask.width, mask.height), mask.counts)
    area(rle)
    return rle


def instances_of(session: Session, masks: Sequence[MaskRow]) -> dict[int, tuple[Rle, ...]]:
    """The lesions of each of these masks that has several, by its revision, in one statement."""
    sizes = {mask.revision_id: Size(mask.width, mask.height) for mask in masks}
    found: dict[int, tuple[Rle, ...]] = dict.fromkeys(sizes, ())
    for row in session.scalars(_instances(), {"revisions": list(sizes)}):
        rle = Rle(sizes[row.revision_id], row.counts)
        area(rle)
        found[row.revision_id] = (*found[row.revision_id], rle)
    return found


@cache
def _instances() -> Select[InstanceRow]:
    row = InstanceRow
    of_each = col(row.revision_id).in_(bindparam("revisions", expanding=True))
    return select(row).where(of_each).order_by(col(row.number))


def made_of(stands: Stands) -> MadeOf | None:
    """What a model made of a photo as it stands, if one did. Raises LookupError, ValueError."""
    photo, row = stands.photo, stands.prediction
    if row is None:
        return None
    if row.framing not in FRAMINGS:
        raise LookupError(f"there is no framing {row.framing}")
    word = (row.predicted_jaccard, row.lesion_probability)
    return MadeOf(photo.content_hash, size_of(photo), row.framing, receipt_of(row), word)


def receipt_of(row: PredictionRow) -> Receipt:
    """A prediction's receipt."""
    return Receipt(row.model_name, row.model_hash, row.backend, row.device, row.milliseconds)


def _add_prediction(session: Session, file: FileRow, made: Prediction) -> PredictionRow:
    know_model(session, made.receipt)
    row = PredictionRow(**prediction_values(made, file.photo_id, file.id))
    session.add(row)
    session.flush()
    return row


def prediction_values(made: Prediction, photo_id: int, file_id: int) -> Values:
    """The row that is the receipt of what a model made of a file's photo, but for its id."""
    receipt, framing = made.receipt, made.framing
    return {
        "photo_id": photo_id,
        "file_id": file_id,
        "model_name": receipt.model_name,
        "model_hash": receipt.model_hash,
        "backend": receipt.backend,
        "device": receipt.device,
        "milliseconds": receipt.milliseconds,
        "framing": framing.name,
        "unseen_fraction": framing.unseen_fraction,
        "predicted_jaccard": made.predicted_jaccard,
        "lesion_probability": made.lesion_probability,
        "made_at": now(),
    }


def revision_values(made: NewOutline, photo_id: int, prediction_id: int) -> Values:
    """The row of the revision that is a model's outline, but for its id."""
    return {
        "photo_id": photo_id,
        "prediction_id": prediction_id,
        "author": made.prediction.receipt.model_name,
        "origin": Origin.MODEL,
        "threshold": made.threshold,
        "created_at": now(),
    }


def mask_values(rle: Rle, revision_id: int) -> Values:
    """The row of a revision's pixels."""
    size = rle.size
    return {
        "revision_id": revision_id,
        "width": size.width,
        "height": size.height,
        "counts": rle.counts,
    }


def is_worked_on(session: Session, standing: StandingRow) -> bool:
    """Whether somebody has said anything of what a photo stands on, edits it, or brought it."""
    if standing.decision_id is not None or _is_brought(session, standing):
        return True
    return is_drafted(session, standing.photo_id, standing.revision_id)


def _is_brought(session: Session, standing: StandingRow) -> bool:
    """Whether a photo stands on an outline that no model drew, but somebody brought."""
    if standing.revision_id is None:
        return False
    return bool(follow(session, RevisionRow, standing.revision_id).origin != Origin.MODEL)


def is_drafted(session: Session, photo_id: int, revision_id: int | None) -> bool:
    """Whether there are live edits of a revision, or of a photo without one."""
    drafts = select(col(DraftRow.id)).where(
        col(DraftRow.photo_id) == photo_id,
        col(DraftRow.base_revision_id).is_not_distinct_from(revision_id),
        col(DraftRow.cursor) > 0,
    )
    return session.scalars(drafts.limit(1)).first() is not None


def newest_outline(session: Session, photo_id: int) -> int | None:
    """The last outline that a model made of a photo: the one in use, where it has made any."""
    in_use = last_use().scalar_subquery()
    return session.scalar(
        select(col(RevisionRow.id))
        .outerjoin(PredictionRow, col(PredictionRow.id) == col(RevisionRow.prediction_id))
        .where(col(RevisionRow.photo_id) == photo_id, col(RevisionRow.origin) == Origin.MODEL)
        .order_by(
            func.coalesce(col(PredictionRow.model_hash) == in_use, False).desc(),
            col(RevisionRow.id).desc(),
        )
        .limit(1)
    )
