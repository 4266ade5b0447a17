"""Which model's outlines stand, and how far decided masks are from what it draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.columns import now
from db.known_models import last_use
from db.masks import rle_of
from db.sessions import Sessions
from db.tables import (
    DecisionRow,
    DisagreementRow,
    DraftRow,
    MaskRow,
    ModelRow,
    ModelUseRow,
    PredictionRow,
    RevisionRow,
    StandingRow,
)
from db.values import DecisionKind, Origin
from imaging.values import Rle

_AT_ONCE = 500
MASKED = (DecisionKind.ACCEPTED, DecisionKind.CORRECTED)
EMPTY = DecisionKind.NO_LESION


@dataclass(frozen=True)
class Apart:
    """A decision and the outline that a model made of its photo, to be compared.

    `decided` is None where the decision is that there is no lesion.
    """

    photo_id: int
    decision_id: int
    outline_id: int
    decided: Rle | None
    outline: Rle


@dataclass(frozen=True)
class Disagreement:
    """How far a decision is from a model's outline, from 0 to 1."""

    apart: Apart
    value: float


class Disagreements(Sessions):
    """What changes where another model is used."""

    def begin_use(self, model_hash: str) -> int:
        """Photos that nobody works on stand on this model's outline, where it has made one before.

        Gives back how many come to stand on another outline.
        """
        with self._reading() as session:
            many = _is_one_of_many(session)
            there = session.scalars(_to_move(model_hash)).all() if many else []
            if not there and session.scalar(last_use()) == model_hash:
                return 0
        # Some at a time: a decision waits for the write lock meanwhile.
        parts = [there[start : start + _AT_ONCE] for start in range(0, len(there), _AT_ONCE)]
        moved = sum(self._move(model_hash, part) for part in parts)
        with self._writing() as session:
            session.add(ModelUseRow(model_hash=model_hash, photos=moved, begun_at=now()))
        return moved

    def _move(self, model_hash: str, photo_ids: Sequence[int]) -> int:
        """Have those of some photos that nobody works on by now stand on a model's outline."""
        with self._writing() as session:
            rows = _to_move(model_hash).where(col(StandingRow.photo_id).in_(photo_ids))
            found = [
                {"photo_id": photo_id, "revision_id": outline_id}
                for photo_id, outline_id in session.execute(rows)
            ]
            if found:
                session.execute(update(StandingRow), found)
            return len(found)

    def apart(self, model_hash: str, most: int) -> list[Apart]:
        """Decisions on other outlines than this model's that were not compared with it, some of
        them: masks and decisions that there is no lesion.
        """
        with self._reading() as session:
            found = session.execute(_uncompared(model_hash).limit(most)).all()
            ids = {key for _, _, kind, revision, outline in found for key in (revision, outline)}
            rows = session.scalars(select(MaskRow).where(col(MaskRow.revision_id).in_(ids)))
            masks = {row.revision_id: rle_of(row) for row in rows}
            return [
                Apart(
                    photo_id,
                    decision_id,
                    outline_id,
                    None if kind == EMPTY else masks[revision_id],
                    masks[outline_id],
                )
                for photo_id, decision_id, kind, revision_id, outline_id in found
            ]

    def note_disagreements(self, model_hash: str, found: Sequence[Disagreement]) -> None:
        """Store how far decisions are from a model's outlines; those that are gone are left out."""
        with self._writing() as session:
            ids = [each.apart.decision_id for each in found]
            there = set(
                session.scalars(select(col(DecisionRow.id)).where(col(DecisionRow.id).in_(ids)))
            )
            known = set(
                session.scalars(
                    select(col(DisagreementRow.decision_id)).where(
                        col(DisagreementRow.decision_id).in_(ids),
                        col(DisagreementRow.model_hash) == model_hash,
                    )
                )
            )
            session.add_all(
                DisagreementRow(
                    photo_id=each.apart.photo_id,
                    decision_id=each.apart.decision_id,
                    model_hash=model_hash,
                    outline_id=each.apart.outline_id,
                    value=each.value,
                )
                for each in found
                if each.apart.decision_id in there - known
            )


def _is_one_of_many(session: Session) -> bool:
    """Whether more than one model has outlined photos here; else there is nothing to look for."""
    return (session.scalar(select(func.count()).select_from(ModelRow)) or 0) > 1


_Made = aliased(PredictionRow)
_Outline = aliased(RevisionRow)


_Rows = Select[*tuple[Any, ...]]


def _to_move(model_hash: str) -> _Rows:
    """Photos on another model's outline that nobody works on, and this model's outlines."""
    drafted = exists().where(
        col(DraftRow.photo_id) == col(StandingRow.photo_id),
        col(DraftRow.base_revision_id) == col(StandingRow.revision_id),
        col(DraftRow.cursor) > 0,
    )
    return (
        _with_outline(select(col(StandingRow.photo_id), func.max(col(_Outline.id))), model_hash)
        .where(
            col(StandingRow.decision_id).is_(None),
            col(RevisionRow.origin) == Origin.MODEL,
            ~drafted,
        )
        .group_by(col(StandingRow.photo_id))
    )


def _uncompared(model_hash: str) -> _Rows:
    compared = exists().where(
        col(DisagreementRow.decision_id) == col(DecisionRow.id),
        col(DisagreementRow.model_hash) == model_hash,
    )
    masked = and_(col(DecisionRow.kind).in_(MASKED), col(StandingRow.revision_id).is_not(None))
    return (
        _with_outline(
            select(
                col(StandingRow.photo_id),
                col(DecisionRow.id),
                col(DecisionRow.kind),
                col(StandingRow.revision_id),
                func.max(col(_Outline.id)),
            ),
            model_hash,
        )
        .join(DecisionRow, col(DecisionRow.id) == col(StandingRow.decision_id))
        .where(or_(col(DecisionRow.kind) == EMPTY, masked), ~compared)
        .group_by(col(StandingRow.photo_id), col(DecisionRow.id), col(DecisionRow.kind))
    )


def _with_outline(rows: _Rows, model_hash: str) -> _Rows:
    """Photos that stand on nothing of this model's, though it has outlined them."""
    of_model = and_(
        col(_Made.photo_id) == col(StandingRow.photo_id), col(_Made.model_hash) == model_hash
    )
    drawn = and_(col(_Outline.prediction_id) == col(_Made.id), col(_Outline.origin) == Origin.MODEL)
    return (
        rows.select_from(StandingRow)
        .join(_Made, of_model)
        .join(_Outline, drawn)
        .outerjoin(RevisionRow, col(RevisionRow.id) == col(StandingRow.revision_id))
        .outerjoin(PredictionRow, col(PredictionRow.id) == col(RevisionRow.prediction_id))
        .where(col(PredictionRow.model_hash).is_distinct_from(model_hash))
    )
