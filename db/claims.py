"""Claims: which photo is open in which session, so that nobody is handed what another one has.

A claim holds for a while and is renewed; what a killed session leaves runs out by itself, where
nobody sees before that it was killed. It says nothing of a decision: that on a photo which another
one has open is as good as any.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select
from sqlmodel import Session, col

from db.sessions import Sessions, standing_of
from db.tables import ClaimRow, StandingRow

SPAN = timedelta(seconds=24)
"""How long a claim holds that nobody renews."""
SLACK = timedelta(seconds=5)
"""How far a clock may be put back without a claim that was just made being taken for nonsense."""


@dataclass(frozen=True)
class Holder:
    """A reviewer's session, told apart from that reviewer's others by when it began.

    `process` is where it runs, empty where that is not known.
    """

    reviewer: str
    began: datetime
    process: str = ""


@dataclass(frozen=True)
class Claim:
    """A photo that a session has open, and until when that holds where it is not renewed."""

    photo_id: int
    holder: Holder
    until: datetime


@dataclass(frozen=True)
class Claimed:
    """Whose a photo is once it was asked for, and which decision stood on it then."""

    holder: Holder
    decision_id: int | None


class Claims(Sessions):
    """What is open where. `at` is what the clock of whoever asks says."""

    def claim(
        self, photo_id: int, holder: Holder, at: datetime, keep: Collection[int] = ()
    ) -> Claimed:
        """Claim a photo, or renew that, unless another session has it open; says who has it then.

        What else the session held is let go, but for `keep`. Raises Unknown.
        """
        with self._writing() as session:
            standing_of(session, photo_id)
            return _claimed(session, [photo_id], holder, at, keep)[photo_id]

    def claim_all(
        self, photo_ids: Collection[int], holder: Holder, at: datetime, keep: Collection[int] = ()
    ) -> Mapping[int, Claimed]:
        """Claim many photos as `claim` does one; those that are not there are left out."""
        with self._writing() as session:
            return _claimed(session, photo_ids, holder, at, keep)

    def let_go(self, holder: Holder, keep: Collection[int] = ()) -> None:
        """A session has none of its photos open any more, but for `keep`."""
        with self._writing() as session:
            session.execute(delete(ClaimRow).where(_held_by(holder), _not_in(keep)))

    def claims(self) -> list[Claim]:
        """What was claimed and not let go of; whether one still holds, it says itself."""
        with self._reading() as session:
            rows = session.scalars(select(ClaimRow).order_by(col(ClaimRow.photo_id)))
            return [Claim(row.photo_id, _holder_of(row), row.until) for row in rows]


def holds(claim: Claim, at: datetime) -> bool:
    """Whether a claim holds.

    One that would hold for longer than any is made for is of a clock that was put back since, or of
    one that was wrong: it counts as little as one that has run out.
    """
    return at < claim.until <= at + SPAN + SLACK


def _claimed(
    session: Session,
    photo_ids: Collection[int],
    holder: Holder,
    at: datetime,
    keep: Collection[int],
) -> dict[int, Claimed]:
    session.execute(delete(ClaimRow).where(_lapsed(at)))
    session.execute(delete(ClaimRow).where(_held_by(holder), _not_in({*photo_ids, *keep})))
    theirs = holders(session, photo_ids, at)
    standing = session.scalars(select(StandingRow).where(col(StandingRow.photo_id).in_(photo_ids)))
    found = {
        row.photo_id: Claimed(theirs.get(row.photo_id, holder), row.decision_id) for row in standing
    }
    for photo_id, claimed in found.items():
        if claimed.holder == holder:
            session.merge(_row(photo_id, holder, at))
    return found


def holders(session: Session, photo_ids: Collection[int], at: datetime) -> dict[int, Holder]:
    """Who has which of these photos open at a moment."""
    rows = session.scalars(
        select(ClaimRow).where(col(ClaimRow.photo_id).in_(photo_ids), ~_lapsed(at))
    )
    return {row.photo_id: _holder_of(row) for row in rows}


def decided(session: Session, photo_ids: Collection[int], reviewer: str) -> None:
    """A reviewer's decisions end that reviewer's claims, in the same transaction."""
    session.execute(
        delete(ClaimRow).where(
            col(ClaimRow.photo_id).in_(photo_ids), col(ClaimRow.reviewer) == reviewer
        )
    )


def _lapsed(at: datetime) -> ColumnElement[bool]:
    until = col(ClaimRow.until)
    return or_(until <= at, until > at + SPAN + SLACK)


def _held_by(holder: Holder) -> ColumnElement[bool]:
    return (col(ClaimRow.reviewer) == holder.reviewer) & (col(ClaimRow.made_at) == holder.began)


def _not_in(photo_ids: Collection[int]) -> ColumnElement[bool]:
    return col(ClaimRow.photo_id).not_in(photo_ids)


def _row(photo_id: int, holder: Holder, at: datetime) -> ClaimRow:
    return ClaimRow(
        photo_id=photo_id,
        reviewer=holder.reviewer,
        made_at=holder.began,
        process=holder.process,
        until=at + SPAN,
    )


def _holder_of(row: ClaimRow) -> Holder:
    return Holder(row.reviewer, row.made_at, row.process)
