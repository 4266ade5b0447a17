"""What the decisions that stand add up to: counted by the database, not line by line here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import index
from typing import Any

from sqlalchemy import Select, String, and_, cast, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from db.masks import rle_of
from db.sessions import Sessions
from db.tables import DecisionRow, MaskRow, ModelRow, PredictionRow, RevisionRow, StandingRow
from db.values import DecisionKind, Origin
from imaging.values import Rle

SPELL = timedelta(minutes=10)
"""Decisions of so long are counted together."""
TENTHS = 10
"""Of a second: finer than this nobody asks how long a photo took."""


@dataclass(frozen=True)
class Work:
    """What a reviewer decided; `model` is the hash of the one whose outline he saw, or empty."""

    reviewer: str
    model: str


@dataclass(frozen=True)
class Decided:
    """So many photos stand as they were decided in a spell, which begins then, in UTC."""

    work: Work
    kind: DecisionKind
    since: datetime
    photos: int


@dataclass(frozen=True)
class Timed:
    """So many photos took so many seconds."""

    work: Work
    seconds: float
    photos: int


@dataclass(frozen=True)
class Final:
    """A mask that a reviewer took; `masks` are the model's and it where they are not the same.

    None where it is the model's own. What was drawn where the model has none is left out.
    """

    work: Work
    masks: tuple[Rle, Rle] | None


class Statistics(Sessions):
    """The decisions that stand, of all photos: one each, the last that was not taken back."""

    def decided(self) -> list[Decided]:
        """How many photos were decided how, by whom, on what, and in which spell."""
        since = func.substr(cast(col(DecisionRow.created_at), String), 1, len("2026-11-26 01:2"))
        kind = col(DecisionRow.kind)
        rows = _standing(kind, since, func.count()).group_by(*_WORK, kind, since)
        with self._reading() as session:
            return [
                Decided(_work(*work), DecisionKind(kind), _moment(since), index(photos))
                for *work, kind, since, photos in session.execute(rows)
            ]

    def timed(self) -> list[Timed]:
        """How long photos took that were decided, skipped ones left out."""
        tenths = func.round(col(DecisionRow.seconds) * TENTHS)
        rows = _standing(tenths, func.count()).group_by(*_WORK, tenths)
        with self._reading() as session:
            found = session.execute(rows.where(col(DecisionRow.kind) != DecisionKind.SKIPPED))
            return [
                Timed(_work(*work), tenths / TENTHS, index(photos))
                for *work, tenths, photos in found
            ]

    def finals(self, most: int) -> Iterator[Final]:
        """The masks of the photos that were accepted or corrected last, at most so many."""
        with self._reading() as session:
            for *work, final, final_mask, model_mask in session.execute(_finals(most)):
                own = final.origin == Origin.MODEL
                if own or model_mask is not None:
                    masks = None if own else (rle_of(model_mask), rle_of(final_mask))
                    yield Final(_work(*work), masks)

    def model_names(self) -> Mapping[str, str]:
        """What each model is called, by its hash."""
        with self._reading() as session:
            rows = session.execute(select(col(ModelRow.hash), col(ModelRow.name)))
            return dict(rows.all())


_SEEN = aliased(RevisionRow)
"""The outline that was seen, or that was drawn where there was none."""
_FINAL = aliased(RevisionRow)
_MODELS = aliased(RevisionRow)
_FINAL_MASK, _MODELS_MASK = aliased(MaskRow), aliased(MaskRow)
_WORK = (col(DecisionRow.reviewer), col(PredictionRow.model_hash))


def _standing(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Whose work each decision that stands is, and these columns of it."""
    seen = func.coalesce(col(DecisionRow.base_revision_id), col(DecisionRow.revision_id))
    return (
        select(*_WORK, *columns)
        .select_from(DecisionRow)
        .join(
            StandingRow,
            and_(
                col(StandingRow.photo_id) == col(DecisionRow.photo_id),
                col(StandingRow.decision_id) == col(DecisionRow.id),
            ),
        )
        .outerjoin(_SEEN, col(_SEEN.id) == seen)
        .outerjoin(PredictionRow, col(PredictionRow.id) == col(_SEEN.prediction_id))
    )


def _finals(most: int) -> Select[*tuple[Any, ...]]:
    drawn = col(_FINAL.origin) != Origin.MODEL
    models = and_(drawn, col(_MODELS.prediction_id) == col(_FINAL.prediction_id))
    return (
        _standing(_FINAL, _FINAL_MASK, _MODELS_MASK)
        .join(_FINAL, col(_FINAL.id) == col(DecisionRow.revision_id))
        .outerjoin(_MODELS, and_(models, col(_MODELS.origin) == Origin.MODEL))
        .outerjoin(_FINAL_MASK, and_(drawn, col(_FINAL_MASK.revision_id) == col(_FINAL.id)))
        .outerjoin(_MODELS_MASK, col(_MODELS_MASK.revision_id) == col(_MODELS.id))
        .where(col(DecisionRow.kind).in_([DecisionKind.ACCEPTED, DecisionKind.CORRECTED]))
        .order_by(col(DecisionRow.id).desc())
        .limit(most)
        .execution_options(yield_per=100)
    )


def _work(reviewer: str, model: str | None) -> Work:
    return Work("" + reviewer, "" if model is None else "" + model)


def _moment(since: str) -> datetime:
    return datetime.fromisoformat(f"{since}0").replace(tzinfo=UTC)
