"""When something was said or drawn: after all before it, also where the clock was put back."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.columns import now
from db.tables import DecisionRow, DraftRow, EditRow, RetractionRow

_LEAST = timedelta(microseconds=1)


def moment_for(session: Session, photo_id: int) -> datetime:
    """A moment for what is said of a photo now, or drawn on it."""
    said = select(func.max(col(DecisionRow.created_at))).where(
        col(DecisionRow.photo_id) == photo_id
    )
    drawn = (
        select(func.max(col(EditRow.made_at)))
        .join(DraftRow, col(DraftRow.id) == col(EditRow.draft_id))
        .where(col(DraftRow.photo_id) == photo_id)
    )
    return _after(*session.execute(select(said.scalar_subquery(), drawn.scalar_subquery())).one())


def moment_to_take_back(session: Session, decision: DecisionRow) -> datetime:
    """A moment for a decision that is taken back now, after all that were before it."""
    last = session.scalar(select(func.max(col(RetractionRow.created_at))))
    return _after(decision.created_at, last)


def _after(*before: datetime | None) -> datetime:
    known = [moment for moment in before if moment is not None]
    return max(now(), *(moment + _LEAST for moment in known)) if known else now()
