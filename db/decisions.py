"""Decisions: stored in one transaction, and taken back by one more fact."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlmodel import Session, col

from db.claims import decided
from db.columns import now
from db.errors import StaleDecision
from db.masks import add_revision, is_drafted, newest_outline
from db.moments import moment_for, moment_to_take_back
from db.remarks import give_remark_back, remarks_of, take_remarks_in
from db.sessions import Sessions, get_row, standing_of
from db.tables import DecisionRow, InstanceRow, RetractionRow, RevisionRow, StandingRow
from db.values import Decision, DecisionKind, NewMask, Verdict


class Decisions(Sessions):
    """What reviewers said."""

    def decide(self, verdict: Verdict) -> None:
        """Store a decision and, where it has one, its mask as a new revision; all or nothing.

        It says what its reviewer remarked, so that no remark of his is left.

        Raises StaleDecision where the photo is not as the reviewer saw it.
        """
        with self._writing() as session:
            standing = standing_of(session, verdict.photo_id)
            _check_fresh(standing, verdict)
            mask, revision_id = verdict.mask, verdict.revision_id
            if mask is not None:
                revision_id = _corrected(session, verdict, mask)
            decision = DecisionRow(
                photo_id=verdict.photo_id,
                base_revision_id=verdict.revision_id,
                revision_id=revision_id,
                draft_id=mask.draft_id if mask else None,
                kind=verdict.kind,
                reviewer=verdict.reviewer,
                seconds=verdict.seconds,
                score=verdict.score,
                note=verdict.note,
                batch=verdict.batch,
                flag=verdict.flag,
                reason=verdict.reason,
                created_at=moment_for(session, verdict.photo_id),
            )
            session.add(decision)
            session.flush()
            standing.decision_id, standing.revision_id = decision.id, revision_id
            take_remarks_in(session, [verdict.photo_id], verdict.reviewer)
            decided(session, [verdict.photo_id], verdict.reviewer)

    def take_back(self, reviewer: str) -> tuple[Decision, ...]:
        """Take back what a reviewer's last key decided: each photo stands as before it.

        That is one decision, or all of a batch that still stand; empty where none stands. What
        they said beside stays said.
        """
        with self._writing() as session:
            last = _last_of(session, reviewer)
            if last:
                _take_back(session, last)
            return tuple(map(decision_of, last))

    def overruling(self, reviewer: str) -> Decision | None:
        """What stands on the photo that a reviewer decided last, if another has said it since.

        None where what he said stands, or he said nothing.
        """
        with self._reading() as session:
            last = session.scalars(_said_by(reviewer).limit(1)).first()
            standing = None if last is None else standing_of(session, last.photo_id)
            if last is None or standing is None or standing.decision_id in {None, last.id}:
                return None
            return decision_of(get_row(session, DecisionRow, standing.decision_id))


def _last_of(session: Session, reviewer: str) -> Sequence[DecisionRow]:
    """What a reviewer's last key decided, as far as that stands; the last first."""
    standing = (
        select(DecisionRow)
        # By the photo too, which is what a standing is found by.
        .join(StandingRow, col(StandingRow.photo_id) == col(DecisionRow.photo_id))
        .where(
            col(StandingRow.decision_id) == col(DecisionRow.id),
            col(DecisionRow.reviewer) == reviewer,
        )
        .order_by(col(DecisionRow.id).desc())
    )
    last = session.scalars(standing.limit(1)).all()
    if not last or last[0].batch is None:
        return last
    return session.scalars(standing.where(col(DecisionRow.batch) == last[0].batch)).all()


def _take_back(session: Session, decisions: Sequence[DecisionRow]) -> None:
    """Take back what stands of one reviewer; what is asked is asked of all photos together."""
    ids, reviewer = [each.photo_id for each in decisions], decisions[0].reviewer
    at = moment_to_take_back(session, decisions)
    before, remarks = _before(session, decisions), remarks_of(session, ids, reviewer)
    standing = session.scalars(select(StandingRow).where(col(StandingRow.photo_id).in_(ids)))
    stands = {row.photo_id: row for row in standing}
    for last in decisions:
        session.add(RetractionRow(decision_id=last.id, reviewer=reviewer, created_at=at))
        held = before.get(last.photo_id)
        row = stands[last.photo_id]
        row.decision_id = None if held is None else held.id
        row.revision_id = _stood_on(session, last)
        give_remark_back(session, last, held, remarks.get(last.photo_id))


def _said_by(reviewer: str) -> Select[DecisionRow]:
    """What a reviewer said and has not taken back, the last first."""
    return (
        select(DecisionRow)
        .outerjoin(RetractionRow, col(RetractionRow.decision_id) == col(DecisionRow.id))
        .where(col(DecisionRow.reviewer) == reviewer, col(RetractionRow.decision_id).is_(None))
        .order_by(col(DecisionRow.id).desc())
    )


def _check_fresh(standing: StandingRow, verdict: Verdict) -> None:
    seen = (verdict.revision_id, verdict.seen_decision_id)
    if (standing.revision_id, standing.decision_id) != seen:
        raise StaleDecision(
            "This photo was decided or outlined anew since you opened it, perhaps by another "
            "reviewer. Look at it again, then decide; your edits are kept."
        )


def _corrected(session: Session, verdict: Verdict, mask: NewMask) -> int:
    seen = verdict.revision_id
    base = None if seen is None else get_row(session, RevisionRow, seen)
    revision = RevisionRow(
        photo_id=verdict.photo_id,
        parent_id=seen,
        prediction_id=None if base is None else base.prediction_id,
        author=verdict.reviewer,
        origin=mask.origin,
        threshold=mask.threshold,
        created_at=now(),
    )
    add_revision(session, revision, mask.rle, mask.measurements)
    session.add_all(
        InstanceRow(revision_id=revision.id, number=number, counts=lesion.counts)
        for number, lesion in enumerate(mask.instances, 1)
    )
    return revision.id


def _before(session: Session, decisions: Sequence[DecisionRow]) -> dict[int, DecisionRow]:
    """The decisions that stood before these, by their photos."""
    last = {each.photo_id: each.id for each in decisions}
    rows = session.scalars(
        select(DecisionRow)
        .outerjoin(RetractionRow, col(RetractionRow.decision_id) == col(DecisionRow.id))
        .where(
            col(DecisionRow.photo_id).in_(last),
            col(RetractionRow.decision_id).is_(None),
        )
        .order_by(col(DecisionRow.id))
    )
    return {row.photo_id: row for row in rows if row.id < last[row.photo_id]}


def _stood_on(session: Session, last: DecisionRow) -> int | None:
    """What a decision was made on; the model's outline where that came since, and nobody draws."""
    if last.base_revision_id is not None or is_drafted(session, last.photo_id, None):
        return last.base_revision_id
    return newest_outline(session, last.photo_id)


def decision_of(row: DecisionRow) -> Decision:
    """A stored decision. Raises ValueError where it is of no kind."""
    return Decision(
        id=row.id,
        photo_id=row.photo_id,
        revision_id=row.revision_id,
        kind=DecisionKind(row.kind),
        reviewer=row.reviewer,
        seconds=row.seconds,
        score=row.score,
        note=row.note,
        batch=row.batch,
        flag=row.flag,
        reason=row.reason,
        created_at=row.created_at,
    )
