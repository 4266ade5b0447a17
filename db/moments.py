"""When something was said or drawn: after all before it, also where the clock was put back."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import BindParameter, CompoundSelect, bindparam, func, select, union_all
from sqlmodel import Session, col

from db.columns import now
from db.tables import DecisionRow, DraftRow, EditRow, RetractionRow

_LEAST = timedelta(microseconds=1)


def moment_for(session: Session, photo_id: int) -> datetime:
    """A moment for what is said of a photo now, or drawn on it."""
    return moments_for(session, [photo_id])[photo_id]


def moments_for(session: Session, photo_ids: Collection[int]) -> dict[int, datetime]:
    """Such a moment for each of these photos."""
    before: dict[int, datetime] = {}
    for photo_id, at in session.execute(_last_of_each(), {"photos": list(photo_ids)}):
        before[photo_id] = max(at, before.get(photo_id, at))
    return {each: _after(before.get(each)) for each in photo_ids}


@cache
def _last_of_each() -> CompoundSelect[int, datetime]:
    photos: BindParameter[int] = bindparam("photos", expanding=True)
    said = (
        select(col(DecisionRow.photo_id), func.max(col(DecisionRow.created_at)))
        .where(col(DecisionRow.photo_id).in_(photos))
        .group_by(col(DecisionRow.photo_id))
    )
    drawn = (
        select(col(DraftRow.photo_id), func.max(col(EditRow.made_at)))
        .join(EditRow, col(DraftRow.id) == col(EditRow.draft_id))
        .where(col(DraftRow.photo_id).in_(photos))
        .group_by(col(DraftRow.photo_id))
    )
    return union_all(said, drawn)


def moment_to_take_back(session: Session, decisions: Sequence[DecisionRow]) -> datetime:
    """A moment for decisions that are taken back now, after all that were before it."""
    last = session.scalar(select(func.max(col(RetractionRow.created_at))))
    return _after(*(each.created_at for each in decisions), last)


def _after(*before: datetime | None) -> datetime:
    known = [moment for moment in before if moment is not None]
    return max(now(), *(moment + _LEAST for moment in known)) if known else now()
