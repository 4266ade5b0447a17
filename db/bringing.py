"""Masks from elsewhere become revisions; what reviewers did here stays as it is."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from db.brought import Brought, BroughtDecision, Placed, Took
from db.columns import now
from db.masks import add_revision, instances_of, is_drafted, rle_of
from db.moments import moments_for
from db.sessions import Sessions, below, follow, live_below, size_of, standing_of
from db.tables import DecisionRow, FileRow, InstanceRow, MaskRow, PhotoRow, RevisionRow, StandingRow
from db.values import DecisionKind, Origin
from imaging.mask import rle
from imaging.values import Rle


class Bringing(Sessions):
    """What an import stores."""

    def placed(self, folder: str) -> list[Placed]:
        """Every file of a photo that lies below a folder."""
        rows = (
            select(FileRow, PhotoRow)
            .join(PhotoRow, col(PhotoRow.id) == col(FileRow.photo_id))
            .where(live_below(folder))
            .order_by(col(FileRow.path))
        )
        with self._reading() as session:
            return [
                Placed(photo.id, file.path, photo.content_hash, size_of(photo))
                for file, photo in session.execute(rows)
                if below(file.path, folder)
            ]

    def bring(self, brought: Sequence[Brought], *, store: bool = True) -> list[Took]:
        """Store masks in one transaction, and what became of each.

        No decision and no edit of a reviewer's is touched. Without `store` nothing is stored, and
        it is only said what would be. Raises Unknown.
        """
        photos = {each.photo_id for each in brought}
        opened = self._writing() if store else self._reading()
        with opened as session, _at_hand(session, photos):
            moments = moments_for(session, photos)
            return [_bring(session, each, moments[each.photo_id], store=store) for each in brought]


@contextmanager
def _at_hand(session: Session, photos: Collection[int]) -> Iterator[None]:
    """In the block the session has all that photos stand on: read in four statements."""
    standings = session.scalars(
        select(StandingRow).where(col(StandingRow.photo_id).in_(photos))
    ).all()
    decisions = {each.decision_id for each in standings} - {None}
    revisions = {each.revision_id for each in standings} - {None}
    # A session forgets a row that nobody holds.
    held: list[SQLModel] = [
        *standings,
        *session.scalars(select(DecisionRow).where(col(DecisionRow.id).in_(decisions))),
        *session.scalars(select(RevisionRow).where(col(RevisionRow.id).in_(revisions))),
        *session.scalars(select(MaskRow).where(col(MaskRow.revision_id).in_(revisions))),
    ]
    yield
    held.clear()


def _bring(session: Session, brought: Brought, moment: datetime, *, store: bool) -> Took:
    """`moment` is for what is said of the photo now."""
    standing = standing_of(session, brought.photo_id)
    if _is_as_brought(session, standing, brought):
        return Took.KNOWN
    if standing.decision_id is not None:
        return Took.DECIDED
    if is_drafted(session, standing.photo_id, standing.revision_id):
        return Took.EDITED
    if store:
        _store(session, standing, brought, moment)
    return Took.STORED


def _is_as_brought(session: Session, standing: StandingRow, brought: Brought) -> bool:
    """Whether the photo stands on the same pixels, and on the same decision if there is one."""
    said = brought.decision
    if standing.decision_id is not None:
        held = follow(session, DecisionRow, standing.decision_id)
        if said is not None and held.kind != said.kind:
            return False
        if held.kind == DecisionKind.NO_LESION:
            return not rle.area(brought.rle)
    elif said is not None:
        return False
    return _is_same_mask(session, standing, brought)


def _is_same_mask(session: Session, standing: StandingRow, brought: Brought) -> bool:
    if standing.revision_id is None:
        return False
    mask = follow(session, MaskRow, standing.revision_id)
    instances = instances_of(session, [mask])[mask.revision_id]
    return _digests(rle_of(mask), *instances) == _digests(brought.rle, *brought.instances)


def _digests(*masks: Rle) -> list[str]:
    return [rle.digest(mask) for mask in masks]


def _store(session: Session, standing: StandingRow, brought: Brought, moment: datetime) -> None:
    said, before = brought.decision, standing.revision_id
    revision_id = before
    has_mask = said is None or said.kind is not DecisionKind.NO_LESION
    if has_mask and not _is_same_mask(session, standing, brought):
        revision_id = _add_revision(session, standing, brought)
    standing.revision_id = revision_id
    if said is not None:
        decision = _decision(standing, said, before, moment)
        session.add(decision)
        session.flush()
        standing.decision_id = decision.id


def _add_revision(session: Session, standing: StandingRow, brought: Brought) -> int:
    base = standing.revision_id
    under = None if base is None else follow(session, RevisionRow, base)
    revision = RevisionRow(
        photo_id=standing.photo_id,
        parent_id=base,
        # So that the model's map can be seen beside it, as beside a correction.
        prediction_id=None if under is None else under.prediction_id,
        author=brought.author,
        origin=Origin.IMPORTED,
        threshold=None,
        created_at=now(),
    )
    add_revision(session, revision, brought.rle, brought.measurements)
    session.add_all(
        InstanceRow(revision_id=revision.id, number=number, counts=lesion.counts)
        for number, lesion in enumerate(brought.instances, 1)
    )
    return revision.id


def _decision(
    standing: StandingRow, said: BroughtDecision, before: int | None, moment: datetime
) -> DecisionRow:
    """The decision, on the mask that was brought; a correction is one of what stood before."""
    corrects = said.kind in {DecisionKind.CORRECTED, DecisionKind.NO_LESION}
    return DecisionRow(
        photo_id=standing.photo_id,
        base_revision_id=before if corrects else standing.revision_id,
        revision_id=standing.revision_id,
        draft_id=None,
        kind=said.kind,
        reviewer=said.reviewer,
        seconds=said.seconds,
        score=said.score,
        note=said.note,
        batch=None,
        flag=said.flag,
        reason=said.reason,
        created_at=moment,
    )
