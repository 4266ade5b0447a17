"""Live edits on top of where a photo stands, and whether its decision knew of them."""

from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, or_, select
from sqlmodel import col

from db.tables import DecisionRow, DraftRow, EditRow, StandingRow
from db.values import DecisionKind

HOLDING = (str(DecisionKind.ACCEPTED), str(DecisionKind.CORRECTED))
"""Decisions that store the live edits of their time as a revision, or say that there are none."""


def last_live_edit(reviewer: str | None = None) -> ScalarSelect[datetime]:
    """When the last of a standing's live edits was made, NULL where there is none.

    Of one reviewer, if named.
    """
    edits = (
        select(func.max(col(EditRow.made_at)))
        .join(DraftRow, col(DraftRow.id) == col(EditRow.draft_id))
        .where(
            col(DraftRow.photo_id) == col(StandingRow.photo_id),
            col(DraftRow.base_revision_id).is_not_distinct_from(col(StandingRow.revision_id)),
            col(EditRow.position) < col(DraftRow.cursor),
            col(EditRow.abandoned_by_id).is_(None),
        )
    )
    if reviewer is not None:
        edits = edits.where(col(DraftRow.reviewer) == reviewer)
    return edits.correlate(StandingRow).scalar_subquery()


def edited_since(reviewer: str | None = None) -> ColumnElement[bool]:
    """Whether a standing, joined with its decision, has live edits that the decision doesn't hold.

    A rejection takes no mask along: edits from before it are left in the draft and are none since.
    What is skipped waits anyway.
    """
    edited_at = last_live_edit(reviewer)
    # What these hold is the revision as it is, so that every live edit is new.
    new = or_(col(DecisionRow.kind).in_(HOLDING), edited_at > col(DecisionRow.created_at))
    decided = col(DecisionRow.kind) != str(DecisionKind.SKIPPED)
    # A case, so that a standing without edits is not asked for them twice.
    return case((edited_at.is_(None), False), else_=and_(decided, new))
