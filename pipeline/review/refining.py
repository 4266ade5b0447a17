"""An outline mended at a reviewer's marks: each mark is one edit."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Protocol

import numpy as np

from db.values import DraftEdit, Tool
from imaging.framing import Mask, Probabilities
from imaging.mask.edit import patch_of
from imaging.mask.marks import LESION, Marks, balanced, stays
from imaging.mask.measure import bounding_box
from imaging.mask.window import Window, window_around
from imaging.values import Patch, Prediction
from pipeline.errors import NothingToRepair
from pipeline.review.repair import X, Y

INSIDE = "inside"
"""What an edit says of its mark: 1 on the lesion, 0 beside it; and where, in photo pixels."""
SURE = 0.98
"""How sure an outline is where a hand, or a mark, has drawn it otherwise than the model."""


OBEYED = {
    True: "The outline goes around this point already. Mark what it leaves out.",
    False: "The outline leaves this point out already. Mark what is wrong inside.",
}
UNHEARD = (
    "The outline stays as it is at this mark. Set it deeper in what is wrong, or draw it with the "
    "brush or the lasso."
)


@dataclass(frozen=True)
class Mark:
    """A point of the photo, in photo pixels, and whether it is on the lesion."""

    x: float
    y: float
    inside: bool


class PhotoRefiner(Protocol):
    """What mends outlines of one photo; both block, and raise ModelError, PhotoError and
    PipelineError.
    """

    def side(self) -> int:
        """How many pixels it sees a side of its window."""
        ...

    def refine(self, window: Window, outline: Probabilities, marks: Marks) -> Probabilities:
        """A better outline, float32 (side, side), of an outline and marks in the window."""
        ...


def marks_of(edits: Sequence[DraftEdit]) -> Marks:
    """The marks that were set last, one after the other, in photo pixels."""
    marks = Marks()
    last = list(takewhile(lambda edit: edit.tool is Tool.REFINE, reversed(edits)))
    for edit in reversed(last):
        said = edit.settings
        marks = marks.with_one(said[X], said[Y], bool(said[INSIDE]))
    return marks


@dataclass(frozen=True, eq=False)
class Known:
    """A model's probabilities, and the threshold that its outline is drawn at."""

    prediction: Prediction
    threshold: float


def make_refinement(
    mask: Mask, known: Known | None, set_before: Marks, mark: Mark, refiner: PhotoRefiner
) -> DraftEdit:
    """The edit that mends a mask (H, W) at one more mark; not made yet.

    Raises NothingToRepair where the mask obeys the mark already, or does not by this one.
    """
    x, y, inside = mark.x, mark.y, mark.inside
    if mask[int(y), int(x)] == inside:
        raise NothingToRepair(OBEYED[inside])
    marks = set_before.with_one(x, y, inside)
    window, side = window_around(mask, marks), refiner.side()
    outline = outline_in(window, side, mask, known)
    there = window.marks(marks, side)
    answer = refiner.refine(window, outline, there)
    kept = stays(outline >= LESION, answer >= LESION, there)
    part, drawn = window.redraw(mask, answer, kept)
    rows, columns = part
    changed = drawn ^ mask[part]
    if not changed[int(y) - rows.start, int(x) - columns.start]:
        raise NothingToRepair(UNHEARD)
    patch = _tight(changed, mask[part], columns.start, rows.start)
    return DraftEdit(patch, Tool.REFINE, {X: x, Y: y, INSIDE: int(inside)}, patch.bits)


def outline_in(window: Window, side: int, mask: Mask, known: Known | None) -> Probabilities:
    """A mask (H, W) in a window as a refiner takes it, float32 (side, side).

    As sure as the model was where that says the same. Measured beside the answer that was given to
    the mark before, which a draft doesn't hold: as good.
    """
    covered = window.cut_mask(mask, side)
    if known is None:
        return covered
    found = known.prediction
    seen = found.framing.map_to_square(found.grid, window.left, window.top, window.side, side)
    model, lesion = balanced(seen, known.threshold), covered >= LESION
    by_hand = np.where(lesion, SURE, 1 - SURE)
    return np.where((model >= LESION) == lesion, model, by_hand).astype(np.float32)


def _tight(changed: Mask, before: Mask, left: int, top: int) -> Patch:
    """The patch of a box at (left, top), in the box of what it changes."""
    box = bounding_box(changed)
    assert box is not None
    rows, columns = box
    return patch_of(changed[box], before[box], left + columns.start, top + rows.start)
