"""A photo opened for review, and the editor of its mask: strokes, repairs, thresholds, undo."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from db.values import REDRAWN, DraftEdit, KeptEdits, Origin, Revision, Tool
from imaging.framing import Mask, Part
from imaging.mask.edit import apply_patch, difference, no_difference, part_of, revert_patch
from imaging.mask.marks import Marks
from imaging.mask.measure import measure
from imaging.mask.outline import draw_mask
from imaging.mask.parts import MaskPart, parts_of
from imaging.mask.shape import Point
from imaging.mask.stroke import Stroke, Stroked
from imaging.values import Measurements, Prediction
from pipeline.errors import NothingToRepair
from pipeline.review.brush import RADIUS, brush_settings, explain_vain
from pipeline.review.by_hand import draw_by_hand, drawn_by_hand
from pipeline.review.refining import Known, Mark, PhotoRefiner, make_refinement, marks_of
from pipeline.review.repair import Settings, back_to, back_to_kept, make_repair, say_instances
from pipeline.review.shape import make_shape

FOREIGN = (
    "No threshold drew this outline, and one would take its place with the model's. M goes back to "
    "that, then t and T draw it."
)
CLEARED = "The outline was cleared, so no threshold draws it. Go back to the model's, or undo."


@dataclass(frozen=True)
class Past:
    """What was drawn by hand on the way to a mask, and how to find the model's that it began with.

    None is found where it began with nothing. `strokes` finds what was drawn by hand on the way to
    what an edit went back to. `several` is whether each part of it is a lesion.
    """

    by_hand: tuple[DraftEdit, ...] = ()
    find_model: Callable[[], tuple[Revision, Mask] | None] = lambda: None
    strokes: Callable[[DraftEdit], tuple[DraftEdit, ...]] = lambda _edit: ()
    several: bool = False


@dataclass(frozen=True, eq=False)
class Before:
    """A mask as it was before: the model's outline, or else as it was before the draft's edits."""

    mask: Mask
    is_model: bool
    measurements: Measurements


class DraftKeeper(Protocol):
    """Who saves a draft's edits; its methods return at once."""

    def add(self, cursor: int, edit: DraftEdit) -> None:
        """Save an edit made when `cursor` edits were live."""

    def draw(self, cursor: int, edit: Callable[[], DraftEdit]) -> None:
        """Save a stroke, begun when `cursor` edits were live, as it is now.

        The first time it is one more edit, from then on the same one; `edit` is called later.
        """

    def move(self, cursor: int) -> None:
        """Save that `cursor` edits are live now."""


class Editor:
    """The live mask of a draft. A change is on the mask at once and queued to be saved.

    `mask` is bool (height, width) on the upright photo at full resolution, `past` how it came to
    be: what was drawn by hand then stays at any threshold, like the edits to come. `threshold` is
    None where no probabilities were drawn. Points are continuous photo pixels; a returned Part is
    what changed, None where nothing did. One thread at a time.
    """

    def __init__(
        self,
        mask: Mask,
        threshold: float | None,
        prediction: Prediction | None,
        keeper: DraftKeeper,
        past: Past | None = None,
    ) -> None:
        self.mask = mask
        self._base_threshold = threshold
        self._past = past or Past()
        self._prediction = prediction
        self._keeper = keeper
        self._line: list[DraftEdit] = []
        self._cursor = 0
        self._stroke: Stroke | None = None
        self._unsaved = False

    def replay(self, line: tuple[DraftEdit, ...], cursor: int) -> None:
        """Take up a stored line of edits, the first `cursor` of them live. Raises PatchError."""
        for edit in line[:cursor]:
            apply_patch(self.mask, edit.patch)
        self._line, self._cursor = list(line), cursor

    @property
    def edits(self) -> int:
        """How many edits are live."""
        return self._cursor

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to undo."""
        return self._cursor > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone edit to bring back."""
        return self._cursor < len(self._line)

    @property
    def can_set_threshold(self) -> bool:
        """Whether the model's probabilities are at hand."""
        return self._prediction is not None

    @property
    def threshold(self) -> float | None:
        """The threshold at which the mask was last drawn from the probabilities; None: at none."""
        for edit in reversed(self._line[: self._cursor]):
            if edit.tool in REDRAWN:
                return edit.threshold
        return self._base_threshold

    @property
    def origin(self) -> Origin:
        """How the mask came to be: by brush as soon as any of it was drawn by hand."""
        if self._by_hand():
            return Origin.BRUSH
        return Origin.THRESHOLD if self._cursor else Origin.MODEL

    def _by_hand(self) -> list[DraftEdit]:
        """What was drawn by hand, on the way to the base and since."""
        edits = [*self._past.by_hand, *self._line[: self._cursor]]
        return drawn_by_hand(edits, self._past.strokes)

    def measurements(self) -> Measurements:
        """Measure the mask as it is now."""
        return measure(self.mask)

    @property
    def several(self) -> bool:
        """Whether each part of the mask is a lesion; else all of it is one."""
        for edit in reversed(self._line[: self._cursor]):
            if edit.several is not None:
                return edit.several
        return self._past.several

    @property
    def said_otherwise(self) -> bool:
        """Whether something else is said of the mask's lesions than before these edits."""
        return self.several != self._past.several

    def lesions(self) -> tuple[MaskPart, ...]:
        """The lesions of a mask of several, the largest first; none where it is one, or none."""
        parts = parts_of(self.mask) if self.several else ()
        return parts if len(parts) > 1 else ()

    def look_back(self) -> Before | None:
        """The mask as the model gave it, or else as before these edits; None if it still is."""
        self.end_stroke()
        found = self._past.find_model()
        before = self._base() if found is None else found[1]
        same = np.array_equal(before, self.mask)
        return None if same else Before(before, found is not None, measure(before))

    def _base(self) -> Mask:
        base = self.mask.copy(order="K")
        for edit in reversed(self._line[: self._cursor]):
            revert_patch(base, edit.patch)
        return base

    # The brush

    def begin_stroke(self, radius: float, value: bool) -> None:
        """Put down a round brush that paints (True) or erases (False); `radius` in photo pixels."""
        self.end_stroke()
        self._stroke = Stroke(self.mask, radius, value)

    def extend_stroke(self, x: float, y: float) -> Part | None:
        """Draw on to a point; only a box around the way there is touched."""
        if self._stroke is None:
            return None
        changed = self._stroke.extend(x, y)
        if changed is None:
            return None
        self._unsaved = True
        return changed

    @property
    def drawing(self) -> bool:
        """Whether the brush is down."""
        return self._stroke is not None

    @property
    def unsaved(self) -> bool:
        """Whether the stroke under way has come further than what was handed on to be saved."""
        return self._unsaved

    def save_stroke(self) -> None:
        """Hand the stroke under way on to be saved as it is now."""
        made = self._stroked() if self._unsaved else None
        if made is not None:
            self._keeper.draw(self._cursor, made)
        self._unsaved = False

    def end_stroke(self) -> None:
        """Lift the brush: the stroke becomes one edit."""
        made = self._stroked()
        if made is not None:
            edit = made()
            self._keeper.draw(self._cursor, lambda: edit)
            self._append(edit)
        self._stroke, self._unsaved = None, False

    def lift_brush(self) -> None:
        """The same as whoever draws does it: raises NothingToRepair where it changed nothing."""
        stroke = self._stroke
        vain = stroke is not None and stroke.so_far() is None
        self.end_stroke()
        if stroke is not None and vain:
            raise NothingToRepair(explain_vain(stroke.passed, stroke.value))

    def _stroked(self) -> Callable[[], DraftEdit] | None:
        """The stroke under way as an edit, to be made on any thread; None where it did nothing."""
        made = None if self._stroke is None else self._stroke.so_far()
        if self._stroke is None or made is None:
            return None
        # Not the stroke itself: what waits for the disk would keep its whole memory.
        settings = brush_settings(self._stroke.radius, self._stroke.value)
        return lambda: _edit(made(), settings)

    # Shapes and repairs

    def draw_shape(self, tool: Tool, border: Sequence[Point], adds: bool) -> Part:
        """Add the inside of a border to the mask, or cut it out, as one edit.

        The last point is joined to the first. Raises NothingToRepair.
        """
        self.end_stroke()
        return self._make(make_shape(self.mask, tool, border, adds))

    def repair(self, tool: Tool, settings: Settings) -> Part:
        """Repair the mask as a whole, as one edit. Raises NothingToRepair."""
        self.end_stroke()
        return self._make(make_repair(self.mask, tool, settings, self._smooth_by))

    @property
    def _smooth_by(self) -> float:
        """By which radius the mask was smoothed by the last live edit; 0 where it was not."""
        last = self._line[self._cursor - 1] if self._cursor else None
        return last.settings[RADIUS] if last is not None and last.tool is Tool.SMOOTH else 0.0

    def back_to_model(self) -> Part:
        """Make the mask the model's own again, as one edit. Raises NothingToRepair."""
        self.end_stroke()
        found = self._past.find_model()
        if found is None:
            raise NothingToRepair("There is no model's outline of this photo to go back to.")
        revision, outline = found
        return self._make(back_to(self.mask, outline, revision))

    def take_revision(self, revision: Revision, outline: Mask, several: bool) -> Part:
        """Make mask and lesions those of a revision, as one edit. Raises NothingToRepair."""
        self.end_stroke()
        return self._make(back_to(self.mask, outline, revision, self._unless_said(several)))

    def take_kept(
        self, kept: KeptEdits, outline: Mask, threshold: float | None, several: bool
    ) -> Part:
        """Make mask and lesions what kept edits made of theirs, as one edit.

        Raises NothingToRepair.
        """
        self.end_stroke()
        said = self._unless_said(several)
        return self._make(back_to_kept(self.mask, outline, kept, threshold, said))

    def _unless_said(self, several: bool) -> bool | None:
        return None if several == self.several else several

    def swap_instances(self) -> Part:
        """Say that each part of the mask is a lesion, or all are one again, as one edit.

        Raises NothingToRepair where there is one part alone.
        """
        self.end_stroke()
        return self._make(say_instances(self.mask, not self.several))

    @property
    def marks(self) -> Marks:
        """The marks that the mask was mended at last, in photo pixels."""
        return marks_of(self._line[: self._cursor])

    def refine(self, mark: Mark, refiner: PhotoRefiner) -> Part:
        """Mend the mask at a mark, as one edit; blocks until the refiner answers.

        Raises NothingToRepair, and what the refiner raises.
        """
        self.end_stroke()
        return self._make(make_refinement(self.mask, self._known, self.marks, mark, refiner))

    @property
    def _known(self) -> Known | None:
        if self._prediction is None or self.threshold is None:
            return None
        return Known(self._prediction, self.threshold)

    # The threshold

    def set_threshold(self, value: float) -> Part | None:
        """Draw the mask anew from the model's probabilities, as one edit; `value` from 0 to 1.

        What was drawn by hand stays, and what was repaired is repaired. A new threshold is an edit
        also where no pixel is another one. Raises NothingToRepair where the outline was cleared, or
        came from elsewhere, so that no threshold draws it.
        """
        self.end_stroke()
        if self._prediction is None:
            return None
        if self.threshold is None:
            raise NothingToRepair(FOREIGN)
        drawn = draw_mask(self._prediction.grid, self._prediction.framing, value)
        hand = self._by_hand()
        patch = difference(self.mask, draw_by_hand(drawn, hand, self.mask))
        if patch is None and any(edit.tool is Tool.CLEAR for edit in hand):
            raise NothingToRepair(CLEARED)
        if patch is not None:
            return self._make(DraftEdit.at_threshold(patch, value))
        if value != self.threshold:
            # Else a step that changes nothing would be taken again and again, and none beyond it.
            self._make(DraftEdit.at_threshold(no_difference(self.mask), value))
        return None

    def _make(self, edit: DraftEdit) -> Part:
        """Do an edit that was made on the mask as it is."""
        apply_patch(self.mask, edit.patch)
        self._keeper.add(self._cursor, edit)
        self._append(edit)
        return part_of(edit.patch)

    # Back and forth

    def undo(self) -> Part | None:
        """Take the last live edit back."""
        self.end_stroke()
        if not self.can_undo:
            return None
        patch = self._line[self._cursor - 1].patch
        revert_patch(self.mask, patch)
        self._move(self._cursor - 1)
        return part_of(patch)

    def redo(self) -> Part | None:
        """Bring the last undone edit back."""
        self.end_stroke()
        if not self.can_redo:
            return None
        patch = self._line[self._cursor].patch
        apply_patch(self.mask, patch)
        self._move(self._cursor + 1)
        return part_of(patch)

    def rewind(self) -> None:
        """Take every edit back of a mask that is as it was before them."""
        if self.can_undo:
            self._move(0)

    def _append(self, edit: DraftEdit) -> None:
        self._line[self._cursor :] = [edit]
        self._cursor += 1

    def _move(self, cursor: int) -> None:
        self._keeper.move(cursor)
        self._cursor = cursor


def _edit(stroked: Stroked, settings: dict[str, float]) -> DraftEdit:
    return DraftEdit(stroked.patch, Tool.BRUSH, settings, stroked.covered)
