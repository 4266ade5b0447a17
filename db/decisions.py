"""Decisions: stored in one transaction, taken back by one more fact, and what an export needs."""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session, col

from db.edited import edited_since
from db.errors import StaleDecision
from db.masks import add_revision, prediction_of, receipt_of, revision_of, rle_of
from db.sessions import Sessions, below, files_of, follow, get_row, size_of, standing_of
from db.tables import Decision, Mask, Photo, Retraction, Revision, Standing, now
from db.values import Decision as DecisionValue
from db.values import DecisionKind, NewMask, Origin, ReviewedFile, ReviewedPhoto, Verdict
from imaging.framing import Size
from imaging.values import Rle


class Decisions(Sessions):
    """What reviewers said."""

    def decide(self, verdict: Verdict) -> None:
        """Store a decision and, where it has one, its mask as a new revision; all or nothing.

        Raises StaleDecision where the photo is not as the reviewer saw it.
        """
        with self._writing() as session:
            standing = standing_of(session, verdict.photo_id)
            _check_fresh(standing, verdict)
            mask, revision_id = verdict.mask, verdict.revision_id
            if mask is not None:
                revision_id = _corrected(session, verdict, mask)
            decision = Decision(
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
                created_at=now(),
            )
            session.add(decision)
            session.flush()
            standing.decision_id, standing.revision_id = decision.id, revision_id

    def take_back(self, reviewer: str) -> DecisionValue | None:
        """Take a reviewer's last standing decision back: the photo stands as before it."""
        with self._writing() as session:
            last = session.scalars(
                select(Decision)
                .join(Standing, col(Standing.decision_id) == col(Decision.id))
                .where(col(Decision.reviewer) == reviewer)
                .order_by(col(Decision.id).desc())
            ).first()
            if last is None:
                return None
            session.add(Retraction(decision_id=last.id, reviewer=reviewer, created_at=now()))
            standing, before = standing_of(session, last.photo_id), _before(session, last)
            standing.decision_id = None if before is None else before.id
            standing.revision_id = last.base_revision_id or _newest(session, last.photo_id)
            return _value(last)

    def reviewed(
        self, kinds: Collection[DecisionKind], folder: str | None = None
    ) -> list[ReviewedPhoto]:
        """The photos whose standing decision is of one of `kinds`, with a file below `folder`."""
        standing = select(Standing).where(col(Standing.decision_id).is_not(None))
        with self._reading() as session:
            edited = _edited(session)
            found = [
                _reviewed(session, row, decision, folder, row.photo_id in edited)
                for row in session.scalars(standing.order_by(col(Standing.photo_id))).all()
                # Asked one by one: a kind that is none would only seem not to be wanted.
                if (decision := _value(follow(session, Decision, row.decision_id))).kind in kinds
            ]
        return [photo for photo in found if photo.files]


def _check_fresh(standing: Standing, verdict: Verdict) -> None:
    seen = (verdict.revision_id, verdict.seen_decision_id)
    if (standing.revision_id, standing.decision_id) != seen:
        raise StaleDecision(
            "This photo was decided or outlined anew since you opened it, perhaps by another "
            "reviewer. Look at it again, then decide; your edits are kept."
        )


def _corrected(session: Session, verdict: Verdict, mask: NewMask) -> int:
    seen = verdict.revision_id
    base = None if seen is None else get_row(session, Revision, seen)
    revision = Revision(
        photo_id=verdict.photo_id,
        parent_id=seen,
        prediction_id=None if base is None else base.prediction_id,
        author=verdict.reviewer,
        origin=mask.origin,
        threshold=mask.threshold,
        created_at=now(),
    )
    add_revision(session, revision, mask.rle, mask.measurements)
    return revision.id


def _before(session: Session, last: Decision) -> Decision | None:
    """The decision that stood before this one."""
    return session.scalars(
        select(Decision)
        .outerjoin(Retraction, col(Retraction.decision_id) == col(Decision.id))
        .where(
            col(Decision.photo_id) == last.photo_id,
            col(Decision.id) < last.id,
            col(Retraction.decision_id).is_(None),
        )
        .order_by(col(Decision.id).desc())
    ).first()


def _newest(session: Session, photo_id: int) -> int | None:
    """The last outline of a model, where there was none yet when the decision was made."""
    return session.scalar(
        select(col(Revision.id))
        .where(col(Revision.photo_id) == photo_id, col(Revision.origin) == Origin.MODEL)
        .order_by(col(Revision.id).desc())
    )


def _value(row: Decision) -> DecisionValue:
    return DecisionValue(
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


def _reviewed(
    session: Session, standing: Standing, decision: DecisionValue, folder: str | None, edited: bool
) -> ReviewedPhoto:
    photo = follow(session, Photo, standing.photo_id)
    files = [file for file in files_of(session, photo.id) if file.gone_at is None]
    revision = revision_of(session, decision.revision_id)
    prediction = None if revision is None else prediction_of(session, revision.id)
    return ReviewedPhoto(
        photo_id=photo.id,
        content_hash=photo.content_hash,
        size=size_of(photo),
        files=tuple(
            ReviewedFile(file.path, file.sha256)
            for file in files
            if folder is None or below(file.path, folder)
        ),
        decision=decision,
        revision=revision,
        rle=None if revision is None else _whole(session, revision.id, size_of(photo)),
        receipt=None if prediction is None else receipt_of(prediction),
        edited_since=edited,
    )


def _whole(session: Session, revision_id: int, size: Size) -> Rle:
    rle = rle_of(follow(session, Mask, revision_id))
    if rle.size != size:
        raise ValueError(f"a mask of {rle.size} on a photo of {size}")
    return rle


def _edited(session: Session) -> set[int]:
    """The photos whose standing decision has live edits on top that it does not hold."""
    edited = (
        select(col(Standing.photo_id))
        .join(Decision, col(Decision.id) == col(Standing.decision_id))
        .where(edited_since())
    )
    return set(session.scalars(edited))
