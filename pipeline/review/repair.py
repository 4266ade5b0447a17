"""Repairs as a reviewer asks for them: each is one edit, or a sentence why there is none."""

from collections.abc import Callable, Mapping

import numpy as np

from db.values import (
    KEPT,
    REVISION,
    SEVERAL,
    THRESHOLD,
    DraftEdit,
    KeptEdits,
    Origin,
    Revision,
    Tool,
)
from imaging.framing import Mask
from imaging.mask.edit import difference, no_difference, packed, patch_of
from imaging.mask.form import count_parts
from imaging.mask.measure import bounding_box
from imaging.mask.repair import fill_holes, grow, part_at, shrink, smooth
from pipeline.errors import NothingToRepair
from pipeline.review.brush import RADIUS

LEAST = 1.0
"""Photo pixels by which a border is moved at least."""
SMOOTHER = (1, 2, 3, 4, 6)
"""By how many pixels of the screen an outline is smoothed: a model's seldom has finer roughness."""
LESIONS = 2
"""Parts of a mask of several at least."""
ONE_PART = "The outline has no second part, so there are no two lesions. Draw the other one first."
X, Y, REACH = "x", "y", "reach"
"""What an edit says of the part that was meant: a point, and how near to it, in photo pixels."""
Settings = Mapping[str, float]
BY_RADIUS: dict[Tool, Callable[[Mask, float], Mask]] = {
    Tool.GROW: grow,
    Tool.SHRINK: shrink,
    Tool.SMOOTH: smooth,
}
UNCHANGED = {
    Tool.FILL: "There is no hole to fill.",
    Tool.GROW: "The outline goes round all of the photo already.",
    Tool.SHRINK: "The outline goes round all of the photo: there is no border to move.",
    Tool.SMOOTH: "The outline is smooth already. Seen from farther away, S smooths more.",
}
TOO_SMALL = {
    Tool.SHRINK: "The outline is too small to be shrunk: it would be gone. C clears it.",
    Tool.SMOOTH: "The outline is too small to be smoothed from here. Seen nearer, S smooths less.",
}


def repair_settings(tool: Tool, dot: float, x: float, y: float) -> dict[str, float]:
    """How a repair is set on a screen whose pixels are `dot` photo pixels wide.

    A border is moved by one of them, and smoothed by one or by as many more as it takes to see it;
    the point is the crosshair's, in photo pixels.
    """
    if tool in BY_RADIUS:
        return {RADIUS: max(dot, LEAST)}
    return {X: x, Y: y, REACH: dot / 2} if tool in (Tool.KEEP, Tool.DROP) else {}


def make_repair(mask: Mask, tool: Tool, settings: Settings, smooth_by: float = 0.0) -> DraftEdit:
    """The edit of a mask (H, W) that is not made yet. Raises NothingToRepair.

    `smooth_by` is the radius by which the mask is smoothed as it is; none where it is 0.
    """
    if not mask.any():
        raise NothingToRepair("The outline is empty, so there is nothing to repair.")
    if tool in (Tool.KEEP, Tool.DROP):
        return _without_parts(mask, tool, settings)
    if tool is Tool.SMOOTH:
        return _smoothed(mask, settings[RADIUS], smooth_by)
    patch = difference(mask, reshape(mask, tool, settings))
    if patch is None:
        raise NothingToRepair(UNCHANGED[tool])
    return DraftEdit(patch, tool, settings)


def reshape(mask: Mask, tool: Tool, settings: Settings) -> Mask:
    """A mask (H, W) filled, moved, smoothed or cleared, whatever it is.

    Raises NothingToRepair where nothing would be left that was not to be cleared.
    """
    if tool is Tool.CLEAR:
        return np.zeros_like(mask)
    if tool is Tool.FILL:
        return fill_holes(mask)
    after = BY_RADIUS[tool](mask, settings[RADIUS])
    if mask.any() and not after.any():
        raise NothingToRepair(TOO_SMALL[tool])
    return after


def back_to(
    mask: Mask, outline: Mask, revision: Revision, several: bool | None = None
) -> DraftEdit:
    """The edit that makes a mask that of a revision again. Raises NothingToRepair.

    `several` is what is said of its lesions, None where that stays.
    """
    is_model = revision.origin is Origin.MODEL
    patch = difference(mask, outline)
    if patch is None and several is None:
        raise NothingToRepair(
            f"This is {'the model' if is_model else 'that revision'}'s outline already."
        )
    settings: dict[str, float] = {} if is_model else {REVISION: revision.id}
    if revision.threshold is not None:
        settings[THRESHOLD] = revision.threshold
    if several is not None:
        settings[SEVERAL] = int(several)
    tool = Tool.MODEL if is_model else Tool.REVISION
    return DraftEdit(patch or no_difference(mask), tool, settings)


def back_to_kept(
    mask: Mask, outline: Mask, kept: KeptEdits, threshold: float | None, several: bool | None
) -> DraftEdit:
    """The edit that makes a mask what kept edits made of theirs. Raises NothingToRepair.

    `threshold` is the one it was last drawn at, `several` as for `back_to`.
    """
    patch = difference(mask, outline)
    if patch is None and several is None:
        raise NothingToRepair("This is what you drew already.")
    settings: dict[str, float] = {KEPT: kept.last_id}
    if threshold is not None:
        settings[THRESHOLD] = threshold
    if several is not None:
        settings[SEVERAL] = int(several)
    return DraftEdit(patch or no_difference(mask), Tool.REVISION, settings)


def say_instances(mask: Mask, several: bool) -> DraftEdit:
    """The edit that says whether each part of a mask is a lesion. Raises NothingToRepair."""
    if several and count_parts(mask) < LESIONS:
        raise NothingToRepair(ONE_PART)
    return DraftEdit(no_difference(mask), Tool.INSTANCES, {SEVERAL: int(several)})


def _smoothed(mask: Mask, dot: float, smooth_by: float) -> DraftEdit:
    """Smoothed by the least of `SMOOTHER` pixels of the screen that does what is seen there.

    Not by so many that a part would be gone which one of them leaves.
    """
    # What is smooth a smaller disc leaves as it is: it need not be tried on all of a large photo.
    parts = count_parts(mask) if smooth_by >= dot else None
    for radius in (dot * times for times in SMOOTHER if dot * times > smooth_by):
        settings = {RADIUS: radius}
        after = smooth(mask, radius) if parts else reshape(mask, Tool.SMOOTH, settings)
        left = count_parts(after)
        if parts is not None and left < parts:
            break
        parts = left
        patch = difference(mask, after)
        if patch is not None and np.count_nonzero(mask != after) >= dot * dot:
            return DraftEdit(patch, Tool.SMOOTH, settings)
    raise NothingToRepair(UNCHANGED[Tool.SMOOTH])


def _without_parts(mask: Mask, tool: Tool, settings: Settings) -> DraftEdit:
    part = part_at(mask, settings[X], settings[Y], settings[REACH])
    if part is None:
        raise NothingToRepair("There is no part of the outline under the crosshair.")
    dropped = part if tool is Tool.DROP else mask ^ part
    if not dropped.any():
        raise NothingToRepair("This part is all there is: there is no other one to drop.")
    # In the box of all of it: what is kept is to be known too, where a threshold draws anew.
    box = bounding_box(mask)
    assert box is not None
    rows, columns = box
    patch = patch_of(dropped[box], mask[box], columns.start, rows.start)
    return DraftEdit(patch, tool, settings, packed(mask[box]))
