"""What was done by hand, done again on a mask that a threshold drew anew."""

from collections.abc import Callable, Iterable
from contextlib import suppress

import numpy as np

from db.values import REDRAWN, DraftEdit, Tool
from imaging.framing import Mask
from imaging.mask.edit import part_of, unpacked
from imaging.mask.repair import drop_parts, keep_parts
from pipeline.errors import NothingToRepair
from pipeline.review.brush import PAINTS
from pipeline.review.repair import reshape

WHOLE = (Tool.FILL, Tool.GROW, Tool.SHRINK, Tool.SMOOTH, Tool.CLEAR)
"""Repairs of whatever outline there is.

Kept as pixels, a rim that was grown would be left behind, a ring beside an outline that a higher
threshold has drawn smaller.
"""


def drawn_by_hand(
    edits: Iterable[DraftEdit], strokes: Callable[[DraftEdit], Iterable[DraftEdit]]
) -> list[DraftEdit]:
    """What of a line of edits was drawn by hand and still holds.

    It goes where somebody went back to the model's outline; where they went back to a revision, or
    to kept edits, it is what was drawn on the way to those: `strokes` finds it by the edit.
    """
    hand: list[DraftEdit] = []
    for edit in edits:
        if edit.tool is Tool.INSTANCES:
            continue
        if edit.tool not in REDRAWN:
            hand.append(edit)
        elif edit.tool is not Tool.THRESHOLD:
            # What was gone back to is older than the edit that did, so this comes to an end.
            hand = drawn_by_hand(strokes(edit), strokes)
    return hand


def draw_by_hand(drawn: Mask, edits: Iterable[DraftEdit], before: Mask) -> Mask:
    """The mask (H, W) with all edits made by hand on it, in their order.

    What a stroke passed has the stroke's value, whatever was there. `before` is the mask as the
    edits have left it until now; `drawn` may be changed.
    """
    for edit in edits:
        drawn = _again(drawn, edit, before)
    return drawn


def _again(drawn: Mask, edit: DraftEdit, before: Mask) -> Mask:
    if edit.tool in WHOLE:
        with suppress(NothingToRepair):
            return reshape(drawn, edit.tool, edit.settings)
        return drawn
    if edit.tool in (Tool.KEEP, Tool.DROP):
        return _without_parts(drawn, edit)
    _stroke(drawn, edit, before)
    return drawn


def _stroke(drawn: Mask, edit: DraftEdit, before: Mask) -> None:
    part = part_of(edit.patch)
    covered = unpacked(edit.patch.bits if edit.covered is None else edit.covered, edit.patch)
    # Strokes from before tools had settings don't say what they did; what they left does.
    value = edit.settings.get(PAINTS)
    np.copyto(drawn[part], before[part] if value is None else bool(value), where=covered)


def _without_parts(drawn: Mask, edit: DraftEdit) -> Mask:
    """Without the parts that were dropped, however much larger or smaller they are drawn now."""
    dropped, kept = np.zeros_like(drawn), np.zeros_like(drawn)
    part = part_of(edit.patch)
    dropped[part] = unpacked(edit.patch.bits, edit.patch)
    if edit.covered is not None:
        kept[part] = unpacked(edit.covered, edit.patch) & ~dropped[part]
    if edit.tool is Tool.KEEP:
        return keep_parts(drawn & ~dropped, kept)
    return drop_parts(drawn, dropped, kept)
