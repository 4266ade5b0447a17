"""Remarks: what a reviewer says of a photo before, or after, he decides it."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, delete, select
from sqlmodel import Session, col

from db.columns import now
from db.sessions import Sessions
from db.tables import DecisionRow, RemarkRow, StandingRow
from db.values import NO_REMARKS, Remarks


class Remarking(Sessions):
    """One of each reviewer on a photo. His decision takes it in, and taken back gives it back."""

    def remark(self, photo_id: int, reviewer: str, said: Remarks) -> None:
        """Keep what a reviewer says of a photo now, in place of what he said before."""
        with self._writing() as session:
            put_remark(session, photo_id, reviewer, said)


def put_remark(session: Session, photo_id: int, reviewer: str, said: Remarks) -> None:
    """Keep what a reviewer says of a photo now, in place of what he said before.

    Said again, it was said when it was said first; what the decision that stands says is no remark.
    """
    known = session.get(RemarkRow, (photo_id, reviewer))
    if said == _decided(session, photo_id):
        if known is not None:
            session.delete(known)
    elif known is None or remark_of(known) != said:
        session.merge(
            RemarkRow(
                photo_id=photo_id,
                reviewer=reviewer,
                score=said.score,
                note=said.note,
                flag=said.flag,
                said_at=now(),
            )
        )


def _decided(session: Session, photo_id: int) -> Remarks:
    """What the decision that stands says of a photo."""
    stands = (
        select(DecisionRow)
        .join(StandingRow, col(StandingRow.decision_id) == col(DecisionRow.id))
        .where(col(StandingRow.photo_id) == photo_id)
    )
    decision = session.scalars(stands).one_or_none()
    return NO_REMARKS if decision is None else remark_of(decision)


def take_remarks_in(session: Session, photo_ids: Collection[int], reviewer: str) -> None:
    """A reviewer's decisions say it from now on."""
    session.execute(
        delete(RemarkRow).where(
            col(RemarkRow.photo_id).in_(photo_ids), col(RemarkRow.reviewer) == reviewer
        )
    )


def remarks_of(session: Session, photo_ids: Collection[int], reviewer: str) -> dict[int, RemarkRow]:
    """What a reviewer says of each of these photos, beside what decisions hold."""
    rows = session.scalars(
        select(RemarkRow).where(
            col(RemarkRow.photo_id).in_(photo_ids), col(RemarkRow.reviewer) == reviewer
        )
    )
    return {row.photo_id: row for row in rows}


def give_remark_back(
    session: Session, decision: DecisionRow, before: DecisionRow | None, known: RemarkRow | None
) -> None:
    """What a decision taken back said stays said, unless its reviewer has said more since: `known`.

    `before` is the decision that stands now.
    """
    said = remark_of(decision)
    if known is None and said != (NO_REMARKS if before is None else remark_of(before)):
        put_remark(session, decision.photo_id, decision.reviewer, said)


def remark_of(row: DecisionRow | RemarkRow) -> Remarks:
    """What a row says of a photo."""
    return Remarks(row.score, row.note, row.flag)


def remarks_on(session: Session, photo_id: int) -> Sequence[RemarkRow]:
    """What reviewers say of a photo, beside what decisions hold."""
    return session.scalars(_on_photo(), {"photo_id": photo_id}).all()


@cache
def _on_photo() -> Select[RemarkRow]:
    of_photo = col(RemarkRow.photo_id) == bindparam("photo_id", type_=Integer)
    return select(RemarkRow).where(of_photo)


def remarked(reviewer: str | None) -> ColumnElement[bool]:
    """Joins a standing with what this reviewer says of its photo; None: nobody's."""
    # No remark is without a reviewer, so that NULL joins none.
    return (col(RemarkRow.photo_id) == col(StandingRow.photo_id)) & col(
        RemarkRow.reviewer
    ).is_not_distinct_from(reviewer)


def said_now(remark: Any, decision: Any) -> ColumnElement[Any]:
    """A column of a remark where there is one, else that of the decision."""
    return case((col(RemarkRow.photo_id).is_not(None), col(remark)), else_=col(decision))
