"""Drafts whose edits do not follow from each other: every one is done again, from the base on."""

from collections.abc import Iterator

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from db.masks import rle_of
from db.sessions import size_of
from db.tables import DraftRow, EditRow, MaskRow, PhotoRow
from imaging.framing import Mask
from imaging.mask.edit import PatchError, apply_patch, revert_patch, unpacked
from imaging.mask.rle import decode
from imaging.values import Patch


def broken_drafts(session: Session) -> Iterator[str]:
    """A sentence for each draft whose edits are not each made on what the one before it left."""
    for draft in session.scalars(select(DraftRow).order_by(col(DraftRow.id))).all():
        edits = session.scalars(
            select(EditRow).where(col(EditRow.draft_id) == draft.id).order_by(col(EditRow.sequence))
        ).all()
        why = _why_broken(session, draft, list(edits)) if edits else None
        if why is not None:
            yield f"Draft {draft.id} of {draft.reviewer} on photo #{draft.photo_id}: {why}"
        session.expunge_all()


def _why_broken(session: Session, draft: DraftRow, edits: list[EditRow]) -> str | None:
    try:
        mask = _base(session, draft)
    except (ValueError, LookupError) as error:
        return f"what it was drawn on can't be read ({error})."
    line: list[Patch] = []
    for edit in edits:
        patch = _patch(edit)
        if not 0 <= edit.position <= len(line):
            return f"edit {edit.id} is at place {edit.position}, and {len(line)} are before it."
        try:
            while len(line) > edit.position:
                revert_patch(mask, line.pop())
            apply_patch(mask, patch)
            if edit.covered is not None:
                unpacked(edit.covered, patch)
        except PatchError as error:
            return f"edit {edit.id} can't be done again. {error}"
        line.append(patch)
    return None


def _base(session: Session, draft: DraftRow) -> Mask:
    """What a draft was begun on, bool (H, W). Raises ValueError and LookupError."""
    if draft.base_revision_id is None:
        photo = session.get(PhotoRow, draft.photo_id)
        if photo is None:
            raise LookupError(f"there is no photo #{draft.photo_id}")
        size = size_of(photo)
        return np.zeros((size.height, size.width), np.bool_)
    row = session.get(MaskRow, draft.base_revision_id)
    if row is None:
        raise LookupError(f"mask {draft.base_revision_id} has no pixels")
    return decode(rle_of(row))


def _patch(edit: EditRow) -> Patch:
    box = (edit.left, edit.top, edit.width, edit.height)
    return Patch(*box, edit.bits, edit.hash_before, edit.hash_after)
