"""A photo's draft as a screen may use it: edits are asked for, in order, and made on one thread."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from db.values import Tool
from imaging.framing import Mask, Part
from imaging.mask.marks import Marks
from imaging.mask.shape import Point
from pipeline.errors import NothingToRepair
from pipeline.review.editor import Before, Editor
from pipeline.review.lane import Lane
from pipeline.review.measured import Measured
from pipeline.review.refining import Mark, PhotoRefiner
from pipeline.review.repair import Settings
from pipeline.review.threshold import ThresholdSteps, step_threshold
from pipeline.review.versions import Version

SAME = (
    "At this threshold the outline is the same, pixel for pixel: what is drawn by hand stays as it "
    "is. The next step may change it."
)
Change = Future[Part | None]
"""Done when an edit is on the mask: where it changed, None where nothing did."""


@dataclass(frozen=True, eq=False)
class Asked:
    """An edit that was asked for; `tool` makes it, None where it is undone or redone."""

    draft: "Draft"
    tool: Tool | None = None


class Draft:
    """Hands each edit to the editing lane and returns at once; that lane alone changes the editor.

    For one thread, the screen's. `mask`, `edits` and `unsaved` are what the lane has made so far;
    `edited`, `can_redo` and `threshold` look ahead to what was asked for. The mask is read while it
    changes: what was drawn half-way is drawn anew when the change is done.
    """

    def __init__(self, editor: Editor, lane: Lane, measured: Measured | None = None) -> None:
        """`measured` is the editor's mask as it is now, if it was measured."""
        self._editor = editor
        self._lane = lane
        # Asked for after every change, so that its result is of the mask with all of them.
        self._measuring: Future[Measured] | None = None
        if measured is not None:
            self._measuring = Future()
            self._measuring.set_result(measured)
        # The lane is first in, first out: once the last change is made, all are.
        self._last: Change | None = None
        self._saving: Future[None] | None = None
        self._steps: ThresholdSteps | None = None
        self._wanted: float | None = None
        self._stroke = Asked(self, Tool.BRUSH)

    @property
    def mask(self) -> Mask:
        """The live mask, bool (height, width), on the upright photo; only to be looked at."""
        return self._editor.mask

    @property
    def edits(self) -> int:
        """How many edits are live by now."""
        return self._editor.edits

    @property
    def changing(self) -> bool:
        """Whether an edit asked for is not made yet."""
        return self._last is not None and not self._last.done()

    @property
    def asked_last(self) -> Change | None:
        """The last edit that was asked for, made or not."""
        return self._last

    @property
    def making(self) -> Tool | None:
        """What makes the edit that is being made; None where none of this mask is."""
        made = self._lane.being_made
        return made.tool if isinstance(made, Asked) and made.draft is self else None

    @property
    def edited(self) -> bool:
        """Whether the mask is edited, or is about to be."""
        return self._editor.can_undo or self.changing

    @property
    def begun(self) -> bool:
        """Whether the mask is edited, or is about to be, or a stroke is under way."""
        return self.edited or self._editor.drawing

    @property
    def can_redo(self) -> bool:
        """Whether an undone edit can be brought back, or is about to be undone."""
        return self._editor.can_redo or self.changing

    @property
    def can_set_threshold(self) -> bool:
        """Whether the model's probabilities are at hand."""
        return self._editor.can_set_threshold

    @property
    def threshold(self) -> float | None:
        """The threshold of the mask, or the one it is about to be drawn at; None: at none."""
        if self._wanted is not None and self.changing:
            return self._wanted
        return self._editor.threshold

    @property
    def unsaved(self) -> bool:
        """Whether the stroke under way has come further than what is on its way to the disk."""
        return self._editor.unsaved

    @property
    def measured(self) -> Measured | None:
        """The mask as it was asked for; None until it is made so, and measured."""
        asked = self._measuring
        return None if asked is None or not asked.done() or asked.exception() else asked.result()

    def measure(self) -> Future[Measured]:
        """Measure the mask as the edits asked for so far make it."""
        self._measuring = self._lane.submit(lambda: Measured.of(self._editor))
        return self._measuring

    @property
    def several(self) -> bool:
        """Whether each part of the mask is a lesion, as far as the edits are made."""
        return self._editor.several

    def look_back(self) -> Future[Before | None]:
        """The mask as the model gave it, or as it was before the edits asked for so far.

        None where these change nothing of it.
        """
        return self._lane.submit(self._editor.look_back)

    # The brush

    def begin_stroke(self, radius: float, paints: bool) -> Change:
        """Put the brush down, `radius` in photo pixels, to paint or to erase."""
        self._forget_steps()
        self._stroke = Asked(self, Tool.BRUSH)
        return self._ask(lambda editor: editor.begin_stroke(radius, paints), self._stroke)

    def extend_stroke(self, x: float, y: float) -> Change:
        """Draw on to a point, in photo pixels."""
        return self._ask(lambda editor: editor.extend_stroke(x, y), self._stroke)

    def end_stroke(self) -> Change:
        """Lift the brush: what it drew is one edit. Raises NothingToRepair likewise."""
        return self._ask(lambda editor: editor.lift_brush(), self._stroke)

    def leave(self) -> None:
        """The photo is put away as the edits asked for so far make it; a stroke ends with that."""
        self._lane.submit(self._editor.lift_brush)

    def save_stroke(self) -> None:
        """Save the stroke under way as it is, unless that is being done."""
        if self.unsaved and (self._saving is None or self._saving.done()):
            self._saving = self._lane.submit(self._editor.save_stroke)

    # Shapes and repairs

    def draw_shape(self, tool: Tool, border: Sequence[Point], adds: bool) -> Change:
        """Add the inside of a border to the mask, or cut it out, as one edit.

        Raises NothingToRepair where it would change nothing.
        """
        self._forget_steps()
        return self._ask(lambda editor: editor.draw_shape(tool, border, adds), Asked(self, tool))

    def repair(self, tool: Tool, settings: Settings) -> Change:
        """Repair the mask as a whole, as one edit. Raises NothingToRepair where there is none."""
        self._forget_steps()
        return self._ask(lambda editor: editor.repair(tool, settings), Asked(self, tool))

    @property
    def marks(self) -> Marks:
        """The marks that the mask was mended at last, as far as the edits are made."""
        return self._editor.marks

    def prepare(self, refiner: PhotoRefiner) -> None:
        """Have a refiner opened before it is needed; what is wrong with it a mark is told."""
        self._lane.submit(refiner.side)

    def refine(self, mark: Mark, refiner: PhotoRefiner) -> Change:
        """Mend the mask at a mark, as one edit.

        Raises NothingToRepair likewise, and what the refiner raises; edits asked for later wait.
        """
        self._forget_steps()
        return self._ask(lambda editor: editor.refine(mark, refiner), Asked(self, Tool.REFINE))

    def back_to_model(self) -> Change:
        """Make the mask the model's own again, as one edit. Raises NothingToRepair likewise."""
        self._forget_threshold()
        return self._ask(lambda editor: editor.back_to_model(), Asked(self, Tool.MODEL))

    def take_version(self, version: Version) -> Change:
        """Make the mask that of a version, as one edit. Raises NothingToRepair likewise."""
        self._forget_threshold()
        return self._ask(version.take, Asked(self, Tool.REVISION))

    def swap_instances(self) -> Change:
        """Say that each part is a lesion, or all are one again. Raises NothingToRepair likewise."""
        self._forget_steps()
        return self._ask(lambda editor: editor.swap_instances(), Asked(self, Tool.INSTANCES))

    # Undo and threshold

    def undo(self) -> Change:
        """Take the last edit back."""
        self._forget_threshold()
        return self._ask(lambda editor: editor.undo(), Asked(self))

    def redo(self) -> Change:
        """Bring the last undone edit back."""
        self._forget_threshold()
        return self._ask(lambda editor: editor.redo(), Asked(self))

    def can_shift_threshold(self, steps: int) -> bool:
        """Whether the threshold goes so much higher or lower at all."""
        return step_threshold(self.threshold, steps) != self.threshold

    def shift_threshold(self, steps: int) -> Change | None:
        """Draw the mask anew at a higher or lower threshold; None: with the steps before these."""
        self._wanted = step_threshold(self.threshold, steps)
        if self._steps is not None and self._steps.add(steps):
            return None
        asked = self._steps = ThresholdSteps(steps)
        return self._ask(lambda editor: _draw_at(editor, asked), Asked(self, Tool.THRESHOLD))

    def _forget_steps(self) -> None:
        # What was asked for is drawn all the same; later steps are edits of their own.
        self._steps = None

    def _forget_threshold(self) -> None:
        """The mask is about to be one whose threshold is known only when it is made."""
        self._steps = self._wanted = None

    def _ask(self, change: Callable[[Editor], Part | None], asked: Asked) -> Change:
        self._measuring = None
        self._last = self._lane.change(lambda: change(self._editor), asked)
        return self._last


def _draw_at(editor: Editor, asked: ThresholdSteps) -> Part | None:
    wanted = step_threshold(editor.threshold, asked.take())
    if wanted == editor.threshold:
        return None
    part = editor.set_threshold(wanted)
    if part is None:
        raise NothingToRepair(SAME)
    return part
