"""Where a photo stands, with the rows that its standing points at."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Integer, Select, bindparam, select
from sqlmodel import Session, col

from db.known_models import disagreed
from db.sessions import known, known_standing, present
from db.tables import (
    DisagreementRow,
    MaskRow,
    PhotoRow,
    PredictionRow,
    RevisionRow,
    StandingRow,
)


@dataclass(frozen=True, eq=False)
class Stands:
    """A photo's rows as it stands; None where it has no outline, or none that a model drew.

    `disagreement` is how far its decision is from the outline of the model in use, where known.
    """

    photo: PhotoRow
    standing: StandingRow
    revision: RevisionRow | None
    mask: MaskRow | None
    prediction: PredictionRow | None
    disagreement: float | None


def stands_of(session: Session, photo_id: int) -> Stands:
    """Where a photo stands, in one statement.

    Raises Unknown, and LookupError where something is not there that another row points at.
    """
    found = session.execute(_stands(), {"photo_id": photo_id}).one_or_none()
    photo, standing, revision, mask, prediction, apart = found or (None,) * 6
    photo, standing = known(photo, PhotoRow, photo_id), known_standing(standing)
    if standing.revision_id is not None:
        revision = present(revision, RevisionRow, standing.revision_id)
    if revision is not None and revision.prediction_id is not None:
        present(prediction, PredictionRow, revision.prediction_id)
    return Stands(
        photo, standing, revision, mask, prediction, None if apart is None else apart.value
    )


_Rows = Select[
    PhotoRow,
    StandingRow | None,
    RevisionRow | None,
    MaskRow | None,
    PredictionRow | None,
    DisagreementRow | None,
]


@cache
def _stands() -> _Rows:
    """Made once: to make a statement takes longer than to have it answered."""
    found: _Rows = (
        select(PhotoRow, StandingRow, RevisionRow, MaskRow, PredictionRow, DisagreementRow)
        .outerjoin(StandingRow, col(StandingRow.photo_id) == col(PhotoRow.id))
        .outerjoin(RevisionRow, col(RevisionRow.id) == col(StandingRow.revision_id))
        .outerjoin(MaskRow, col(MaskRow.revision_id) == col(RevisionRow.id))
        .outerjoin(PredictionRow, col(PredictionRow.id) == col(RevisionRow.prediction_id))
        .outerjoin(DisagreementRow, disagreed())
        .where(col(PhotoRow.id) == bindparam("photo_id", type_=Integer))
    )
    return found
