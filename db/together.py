"""Decisions that one key made on many photos: one transaction, and one batch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from db.claims import Holder, decided, holders
from db.columns import NextId
from db.moments import moments_for
from db.remarks import take_remarks_in
from db.sessions import Sessions
from db.tables import DecisionRow, StandingRow
from db.values import Verdict

PART = 500
"""Photos that are asked for in one statement."""


@dataclass(frozen=True)
class LeftOut:
    """The photos on which nothing was stored, though it was said."""

    changed: tuple[int, ...] = ()
    """Decided or outlined anew meanwhile, or forgotten: they are not as the reviewer saw them."""
    taken: tuple[int, ...] = ()
    """Open in another session."""

    def __contains__(self, photo_id: int) -> bool:
        return photo_id in self.changed or photo_id in self.taken


class Together(Sessions):
    """What reviewers say of many photos at once."""

    def decide_together(self, verdicts: Sequence[Verdict], holder: Holder, at: datetime) -> LeftOut:
        """Store decisions of one reviewer on outlines as they are, each as `decide` would.

        A photo that is not as the reviewer saw it is left out, and one that another session than
        `holder` has open `at` that moment; all others are stored in one transaction. A verdict
        with a mask of its own is `decide`'s.
        """
        left = LeftOut()
        with self._writing() as session:
            for start in range(0, len(verdicts), PART):
                part = verdicts[start : start + PART]
                now = _left_out(session, part, holder, at)
                _store(session, [each for each in part if each.photo_id not in now])
                left = LeftOut(left.changed + now.changed, left.taken + now.taken)
        return left


def _left_out(
    session: Session, verdicts: Sequence[Verdict], holder: Holder, at: datetime
) -> LeftOut:
    ids = [each.photo_id for each in verdicts]
    standing, holding = _standing(session, ids), holders(session, ids, at)
    changed = tuple(
        each.photo_id
        for each in verdicts
        if standing.get(each.photo_id) != (each.revision_id, each.seen_decision_id)
    )
    taken = (each for each in ids if each not in changed and each in holding)
    return LeftOut(changed, tuple(each for each in taken if holding[each] != holder))


def _standing(session: Session, ids: Collection[int]) -> dict[int, tuple[int | None, int | None]]:
    """On which revision and which decision each of the photos stands that are there."""
    rows = session.execute(
        select(
            col(StandingRow.photo_id), col(StandingRow.revision_id), col(StandingRow.decision_id)
        ).where(col(StandingRow.photo_id).in_(ids))
    )
    return {row.photo_id: (row.revision_id, row.decision_id) for row in rows}


def _store(session: Session, verdicts: Sequence[Verdict]) -> None:
    if not verdicts:
        return
    ids, reviewer = [each.photo_id for each in verdicts], verdicts[0].reviewer
    moments = moments_for(session, ids)
    # Each row would ask for the next id before any of the others is there.
    first = session.scalar(select(NextId("decision"))) or 1
    numbered = list(enumerate(verdicts, first))
    session.execute(
        insert(DecisionRow),
        [
            _columns(each) | {"id": number, "created_at": moments[each.photo_id]}
            for number, each in numbered
        ],
    )
    session.execute(
        update(StandingRow),
        [{"photo_id": each.photo_id, "decision_id": number} for number, each in numbered],
    )
    take_remarks_in(session, ids, reviewer)
    decided(session, ids, reviewer)


def _columns(verdict: Verdict) -> dict[str, Any]:
    return {
        "photo_id": verdict.photo_id,
        "base_revision_id": verdict.revision_id,
        "revision_id": verdict.revision_id,
        "kind": verdict.kind,
        "reviewer": verdict.reviewer,
        "seconds": verdict.seconds,
        "score": verdict.score,
        "note": verdict.note,
        "batch": verdict.batch,
        "flag": verdict.flag,
        "reason": verdict.reason,
    }
