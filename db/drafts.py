"""Reviewers' unfinished corrections: edits in order, a cursor, and abandoned branches that stay."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from math import isfinite
from typing import Any

from sqlalchemy import Integer, Select, String, bindparam, func, or_, select
from sqlmodel import Session, col

from db.columns import now
from db.masks import is_worked_on, newest_outline, revision_of
from db.moments import moment_for
from db.sessions import Sessions, follow, get_row, standing_of
from db.tables import DecisionRow, DraftRow, EditRow, RevisionRow
from db.values import DraftEdit, DraftState, KeptEdits, Origin, Revision, StoredEdit, Tool
from imaging.values import Patch


class Drafts(Sessions):
    """A draft belongs to one reviewer, one photo and one revision, or none where there is none."""

    def draft(self, reviewer: str, photo_id: int, revision_id: int | None) -> DraftState | None:
        """A reviewer's draft of a revision, or of a photo without one, if there is one."""
        with self._reading() as session:
            return draft_on(session, drafts_of(session, reviewer, photo_id), revision_id)

    def kept_edits(
        self, reviewer: str, photo_id: int, revision_id: int | None
    ) -> tuple[KeptEdits, ...]:
        """A reviewer's live edits on other outlines of a photo than this one, the last first.

        Not those that a decision holds, or that were gone back to.
        """
        with self._reading() as session:
            return kept_beside(session, drafts_of(session, reviewer, photo_id), revision_id)

    def strokes(self, revision_id: int) -> tuple[DraftEdit, ...]:
        """What was drawn by hand on the way to a revision, by whomever, the first first.

        Among it is where somebody went back to the model's outline.
        """
        with self._reading() as session:
            return strokes_on(session, follow(session, RevisionRow, revision_id))

    def strokes_until(self, edit_id: int) -> tuple[DraftEdit, ...]:
        """What was drawn by hand on the way to what an edit left, as it was when it was made."""
        with self._reading() as session:
            last = follow(session, EditRow, edit_id)
            base = follow(session, DraftRow, last.draft_id).base_revision_id
            rows = session.scalars(_by_hand(_line_until(last)))
            drawn = tuple(map(_edit, rows))
        return drawn if base is None else (*self.strokes(base), *drawn)

    def model_outline(self, photo_id: int, revision_id: int | None) -> Revision | None:
        """The model's outline that a revision was drawn on, if that is where it began.

        Else the last one that a model made of the photo, if there is one.
        """
        found, at = None, revision_id
        with self._reading() as session:
            while at is not None:
                found, at = revision_of(session, at), _parent(session, at)
            if found is not None and found.origin is Origin.MODEL:
                return found
            return revision_of(session, newest_outline(session, photo_id))

    def add_edit(
        self, reviewer: str, photo_id: int, revision_id: int | None, cursor: int, edit: DraftEdit
    ) -> StoredEdit:
        """Add an edit made when `cursor` edits were live; undone ones are abandoned, and stay.

        A photo without an outline stays so while it is drawn on: a model's that came in between is
        there to go to, and replaces nothing.
        """
        made = _columns(edit)
        with self._writing() as session:
            draft = _draft(session, reviewer, photo_id, revision_id)
            if draft is None:
                draft = DraftRow(
                    reviewer=reviewer,
                    photo_id=photo_id,
                    base_revision_id=revision_id,
                    cursor=0,
                    created_at=now(),
                )
            draft.cursor = cursor + 1
            session.add(draft)
            session.flush()
            row = _row(session, draft, cursor, made)
            _abandon(session, draft.id, cursor, row.id)
            if revision_id is None:
                _stand_on_nothing(session, photo_id)
            return StoredEdit(draft.id, row.id)

    def redraw_edit(self, edit_id: int, edit: DraftEdit) -> bool:
        """Keep a stroke that was drawn on since it was added; False where it is not live now."""
        made = _columns(edit)
        with self._writing() as session:
            row = session.get(EditRow, edit_id)
            if row is None or row.abandoned_by_id is not None:
                return False
            row.sqlmodel_update(made)
            return True

    def move_cursor(self, draft_id: int, cursor: int) -> None:
        """Remember that `cursor` edits are live. Raises Unknown."""
        with self._writing() as session:
            get_row(session, DraftRow, draft_id).cursor = cursor


def drafts_of(session: Session, reviewer: str, photo_id: int) -> Sequence[DraftRow]:
    """All drafts of a reviewer on a photo, whatever they were drawn on."""
    return session.scalars(_drafts(), {"reviewer": reviewer, "photo_id": photo_id}).all()


def draft_on(
    session: Session, drafts: Sequence[DraftRow], revision_id: int | None
) -> DraftState | None:
    """That of a reviewer's drafts of a photo which is on a revision, or on none, if there is one.

    Raises ValueError where there are several.
    """
    found = [row for row in drafts if row.base_revision_id == revision_id]
    if not found:
        return None
    [row] = found
    edits = tuple(map(_edit, _line(session, row)))
    return DraftState(row.id, row.photo_id, revision_id, row.cursor, edits)


def kept_beside(
    session: Session, drafts: Sequence[DraftRow], revision_id: int | None
) -> tuple[KeptEdits, ...]:
    """What a reviewer's drafts of a photo keep on others than this revision; see `kept_edits`."""
    rows = [row for row in drafts if row.cursor > 0]
    if all(row.base_revision_id == revision_id for row in rows):
        return ()
    live = [(row, edits) for row in rows if (edits := _live(session, row))]
    taken = {_edit(edit).kept_id for _, edits in live for edit in edits}
    found = [
        _kept(row, edits)
        for row, edits in live
        if row.base_revision_id != revision_id
        and edits[-1].id not in taken
        and not _is_decided(session, row, edits)
    ]
    return tuple(sorted(found, key=lambda each: each.made_at, reverse=True))


def strokes_on(session: Session, revision: RevisionRow) -> tuple[DraftEdit, ...]:
    """What was drawn by hand on the way to a revision, by whomever, the first first."""
    way = {"revisions": _way_to(session, revision)}
    return tuple(map(_edit, session.scalars(_turned(), way)))


def _way_to(session: Session, revision: RevisionRow) -> list[int]:
    """A revision, and those before it of which each was drawn on the next."""
    way = [revision.id]
    at = _earlier(revision.id, revision.parent_id)
    drawn_on = dict(_drawn_on(session, revision.photo_id)) if at is not None else {}
    while at is not None:
        way.append(at)
        at = _earlier(at, drawn_on[at])
    return way


def _drawn_on(session: Session, photo_id: int) -> Iterator[tuple[int, int | None]]:
    """A photo's revisions, and which other one each was drawn on."""
    rows = session.connection().execute(_parents(), {"photo_id": photo_id})
    return ((revision_id, parent) for revision_id, parent in rows)


@cache
def _parents() -> "Select[int, int | None]":
    of_photo = col(RevisionRow.photo_id) == bindparam("photo_id", type_=Integer)
    return select(col(RevisionRow.id), col(RevisionRow.parent_id)).where(of_photo)


@cache
def _drafts() -> Select[DraftRow]:
    return select(DraftRow).where(
        col(DraftRow.photo_id) == bindparam("photo_id", type_=Integer),
        col(DraftRow.reviewer) == bindparam("reviewer", type_=String),
    )


def _draft(
    session: Session, reviewer: str, photo_id: int, revision_id: int | None
) -> DraftRow | None:
    return session.scalars(
        select(DraftRow).where(
            col(DraftRow.photo_id) == photo_id,
            col(DraftRow.base_revision_id).is_not_distinct_from(revision_id),
            col(DraftRow.reviewer) == reviewer,
        )
    ).one_or_none()


def _line(session: Session, draft: DraftRow) -> Sequence[EditRow]:
    """A draft's edits that none branched off before, in order; those undone too."""
    return session.scalars(_lines(), {"draft_id": draft.id}).all()


@cache
def _lines() -> Select[EditRow]:
    of_draft = col(EditRow.draft_id) == bindparam("draft_id", type_=Integer)
    kept = col(EditRow.abandoned_by_id).is_(None)
    return select(EditRow).where(of_draft, kept).order_by(col(EditRow.position))


def _live(session: Session, draft: DraftRow) -> Sequence[EditRow]:
    return _line(session, draft)[: draft.cursor]


def _kept(draft: DraftRow, live: Sequence[EditRow]) -> KeptEdits:
    made_at = max(edit.made_at for edit in live)
    return KeptEdits(draft.base_revision_id, live[-1].id, tuple(map(_edit, live)), made_at)


def _is_decided(session: Session, draft: DraftRow, live: Sequence[EditRow]) -> bool:
    """Whether a decision made a revision of these edits, of all of them."""
    held = select(col(DecisionRow.id)).where(
        col(DecisionRow.photo_id) == draft.photo_id,
        col(DecisionRow.draft_id) == draft.id,
        col(DecisionRow.created_at) > max(edit.made_at for edit in live),
    )
    return session.scalar(held.limit(1)) is not None


def _line_until(last: EditRow) -> Select[EditRow]:
    """The edits that were live when this one was made, itself the last of them."""
    return select(EditRow).where(
        col(EditRow.draft_id) == last.draft_id,
        col(EditRow.id) <= last.id,
        col(EditRow.position) <= last.position,
        or_(col(EditRow.abandoned_by_id).is_(None), col(EditRow.abandoned_by_id) > last.id),
    )


def _stand_on_nothing(session: Session, photo_id: int) -> None:
    standing = standing_of(session, photo_id)
    if not is_worked_on(session, standing):
        standing.revision_id = None


def _parent(session: Session, revision_id: int) -> int | None:
    return _earlier(revision_id, follow(session, RevisionRow, revision_id).parent_id)


def _earlier(revision_id: int, parent: int | None) -> int | None:
    """The revision that this one was drawn on. Raises ValueError where that came later."""
    if parent is not None and parent >= revision_id:
        raise ValueError(f"revision {revision_id} was drawn on a later one, {parent}")
    return parent


@cache
def _turned() -> Select[EditRow]:
    """The strokes of the drafts that decisions turned into revisions, the first revision's first.

    What came first was drawn on by what came later.
    """
    return _by_hand(
        select(EditRow)
        .join(DraftRow, col(DraftRow.id) == col(EditRow.draft_id))
        .join(DecisionRow, col(DecisionRow.draft_id) == col(DraftRow.id))
        # By the photo too, which is what a decision is found by.
        .join(RevisionRow, col(RevisionRow.photo_id) == col(DecisionRow.photo_id))
        .where(
            col(RevisionRow.id).in_(bindparam("revisions", expanding=True)),
            col(DecisionRow.revision_id) == col(RevisionRow.id),
            col(EditRow.abandoned_by_id).is_(None),
            col(EditRow.position) < col(DraftRow.cursor),
        )
        .order_by(col(RevisionRow.id))
    )


def _by_hand(edits: Select[EditRow]) -> Select[EditRow]:
    """Those of a line of edits that a threshold leaves, in order."""
    return edits.where(col(EditRow.tool) != str(Tool.THRESHOLD)).order_by(col(EditRow.position))


def _row(session: Session, draft: DraftRow, position: int, made: dict[str, Any]) -> EditRow:
    before = session.scalar(
        select(func.count()).select_from(EditRow).where(col(EditRow.draft_id) == draft.id)
    )
    row = EditRow(
        draft_id=draft.id,
        sequence=before or 0,
        position=position,
        made_at=moment_for(session, draft.photo_id),
        **made,
    )
    session.add(row)
    session.flush()
    return row


def _columns(edit: DraftEdit) -> dict[str, Any]:
    """What a row says of an edit. Raises ValueError where a setting is no number."""
    settings = json.dumps(dict(edit.settings), allow_nan=False)
    return {**vars(edit.patch), "tool": edit.tool, "settings": settings, "covered": edit.covered}


def _abandon(session: Session, draft_id: int, position: int, by: int) -> None:
    undone = select(EditRow).where(
        col(EditRow.draft_id) == draft_id,
        col(EditRow.position) >= position,
        col(EditRow.abandoned_by_id).is_(None),
        col(EditRow.id) != by,
    )
    for edit in session.scalars(undone):
        edit.abandoned_by_id = by


def _edit(row: EditRow) -> DraftEdit:
    box = (row.left, row.top, row.width, row.height)
    patch = Patch(*box, row.bits, row.hash_before, row.hash_after)
    return DraftEdit(patch, Tool(row.tool), _settings(row.settings), row.covered)


def _settings(text: str) -> dict[str, float]:
    """A tool's settings by name. Raises ValueError where a text is none."""
    found = json.loads(text)
    if not isinstance(found, dict) or not all(isfinite(value) for value in found.values()):
        raise ValueError(f"a tool set to {text!r}")
    return found
