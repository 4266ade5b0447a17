"""Reviewers' unfinished corrections: edits in order, a cursor, and abandoned branches that stay."""

import json
from math import isfinite
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.columns import now
from db.masks import is_worked_on, newest_outline, revision_of
from db.moments import moment_for
from db.sessions import Sessions, follow, get_row, standing_of
from db.tables import DecisionRow, DraftRow, EditRow, RevisionRow
from db.values import DraftEdit, DraftState, Origin, Revision, StoredEdit, Tool
from imaging.values import Patch


class Drafts(Sessions):
    """A draft belongs to one reviewer, one photo and one revision, or none where there is none."""

    def draft(self, reviewer: str, photo_id: int, revision_id: int | None) -> DraftState | None:
        """A reviewer's draft of a revision, or of a photo without one, if there is one."""
        with self._reading() as session:
            row = _draft(session, reviewer, photo_id, revision_id)
            if row is None:
                return None
            line = session.scalars(
                select(EditRow)
                .where(col(EditRow.draft_id) == row.id, col(EditRow.abandoned_by_id).is_(None))
                .order_by(col(EditRow.position))
            ).all()
            edits = tuple(_edit(edit) for edit in line)
            return DraftState(row.id, photo_id, revision_id, row.cursor, edits)

    def strokes(self, revision_id: int) -> tuple[DraftEdit, ...]:
        """What was drawn by hand on the way to a revision, by whomever, the first first.

        Among it is where somebody went back to the model's outline.
        """
        found: list[DraftEdit] = []
        at: int | None = revision_id
        with self._reading() as session:
            while at is not None:
                found = [*_strokes(session, at), *found]
                at = _parent(session, at)
        return tuple(found)

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


def _stand_on_nothing(session: Session, photo_id: int) -> None:
    standing = standing_of(session, photo_id)
    if not is_worked_on(session, standing):
        standing.revision_id = None


def _parent(session: Session, revision_id: int) -> int | None:
    parent: int | None = follow(session, RevisionRow, revision_id).parent_id
    if parent is not None and parent >= revision_id:
        raise ValueError(f"revision {revision_id} was drawn on a later one, {parent}")
    return parent


def _strokes(session: Session, revision_id: int) -> list[DraftEdit]:
    """The strokes of the draft that a decision turned into this revision."""
    rows = session.scalars(
        select(EditRow)
        .join(DraftRow, col(DraftRow.id) == col(EditRow.draft_id))
        .join(DecisionRow, col(DecisionRow.draft_id) == col(DraftRow.id))
        .where(
            col(DecisionRow.revision_id) == revision_id,
            col(EditRow.tool) != str(Tool.THRESHOLD),
            col(EditRow.abandoned_by_id).is_(None),
            col(EditRow.position) < col(DraftRow.cursor),
        )
        .order_by(col(EditRow.position))
    )
    return [_edit(row) for row in rows]


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
