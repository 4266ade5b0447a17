"""What a photo's mask was, and what kept edits made of it, beside the mask that is being edited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from db.store import Store
from db.values import REDRAWN, DraftEdit, DrawnRevision, KeptEdits, PhotoDetails, Revision, Tool
from imaging.framing import Mask, Part, Size
from imaging.mask import rle
from imaging.mask.agreement import agreement
from imaging.mask.edit import PatchError, apply_patch
from imaging.mask.parts import parts_of
from imaging.values import Rle
from pipeline.errors import ReviewError
from pipeline.review.by_hand import drawn_by_hand
from pipeline.review.editor import Editor
from pipeline.review.stored_draft import strokes_behind


@dataclass(frozen=True)
class Version:
    """A revision, the model it rests on (empty where on none), and how far it is the present mask.

    Or what the reviewer's kept edits made of the revision they are on. `threshold` is the one at
    which it was last drawn, None: at none. `dice` is from 0 to 1; `lesions` are how many it has if
    it has several, else 0.
    """

    made: Revision | KeptEdits
    model: str
    outline: Rle
    threshold: float | None
    dice: float
    lesions: int
    tools: tuple[Tool, ...] = ()
    """What it was drawn by hand with on the way to it, each once, the first first."""

    def mask(self) -> Mask:
        """Its pixels, bool (H, W)."""
        return rle.decode(self.outline)

    def take(self, editor: Editor) -> Part:
        """Make an editor's mask this one, as one edit. Raises NothingToRepair."""
        if isinstance(self.made, Revision):
            return editor.take_revision(self.made, self.mask(), bool(self.lesions))
        return editor.take_kept(self.made, self.mask(), self.threshold, bool(self.lesions))


def compare_versions(
    store: Store, details: PhotoDetails, kept: Sequence[KeptEdits], present: Mask
) -> tuple[Version, ...]:
    """What kept edits made and then all revisions, the last first, beside a mask (H, W).

    Raises ReviewError where kept edits don't fit the outline they are on.
    """
    drawn = store.revisions(details.photo_id)
    on = {each.revision.id: each for each in drawn}
    return (
        *(_kept_version(store, details, each, on, present) for each in kept),
        *(_revision_version(store, each, present) for each in reversed(drawn)),
    )


def _revision_version(store: Store, drawn: DrawnRevision, present: Mask) -> Version:
    revision = drawn.revision
    outline = store.mask(revision.id)
    dice = agreement(rle.decode(outline), present).dice
    lesions = len(store.instances(revision.id))
    tools = tools_of(store, revision.id)
    return Version(revision, drawn.model, outline, revision.threshold, dice, lesions, tools)


def tools_of(store: Store, revision_id: int) -> tuple[Tool, ...]:
    """What of a revision that still holds was drawn by hand with, each tool once, in order."""
    drawn = drawn_by_hand(store.strokes(revision_id), partial(strokes_behind, store))
    return tuple(dict.fromkeys(edit.tool for edit in drawn))


def _kept_version(
    store: Store,
    details: PhotoDetails,
    kept: KeptEdits,
    drawn: Mapping[int, DrawnRevision],
    present: Mask,
) -> Version:
    base = None if kept.base_revision_id is None else drawn[kept.base_revision_id]
    mask = drawn_on(store, details, kept.base_revision_id)
    try:
        for edit in kept.edits:
            apply_patch(mask, edit.patch)
    except PatchError as error:
        raise ReviewError(dont_fit(error)) from error
    threshold = None if base is None else base.revision.threshold
    parts = len(parts_of(mask)) if _several(store, kept) else 0
    return Version(
        kept,
        "" if base is None else base.model,
        rle.encode(mask),
        _last_threshold(kept.edits, threshold),
        agreement(mask, present).dice,
        parts if parts > 1 else 0,
    )


def drawn_on(store: Store, details: PhotoDetails, revision_id: int | None) -> Mask:
    """What a photo's edits are made on, bool (H, W): an outline, or nothing."""
    if revision_id is not None:
        return rle.decode(store.mask(revision_id))
    return nothing_on(details.size)


def nothing_on(size: Size) -> Mask:
    """The mask of a photo on which nothing is drawn, bool (H, W)."""
    return np.zeros((size.height, size.width), np.bool_, order="F")


def dont_fit(error: PatchError) -> str:
    """Said where edits are not on the mask that they were made on."""
    return f"The unfinished edits don't fit the mask: {error}."


def _several(store: Store, kept: KeptEdits) -> bool:
    """Whether each part of what kept edits made is a lesion."""
    said = [edit.several for edit in kept.edits if edit.several is not None]
    base = kept.base_revision_id
    return said[-1] if said else base is not None and bool(store.instances(base))


def _last_threshold(edits: tuple[DraftEdit, ...], before: float | None) -> float | None:
    redrawn = [edit.threshold for edit in edits if edit.tool in REDRAWN]
    return redrawn[-1] if redrawn else before
