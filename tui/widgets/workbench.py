"""The photo on the table: the canvas, and every edit of its mask in the order it was made."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from time import monotonic

from textual import work
from textual.app import ComposeResult
from textual.message import Message

from db.values import Tool
from imaging.mask.shape import Point
from imaging.view.overlay import Pens
from pipeline.errors import NothingToRepair
from pipeline.review.brush import resize_brush
from pipeline.review.desk import DeskPhoto
from pipeline.review.draft import Change
from pipeline.review.measured import Measured
from pipeline.review.refining import Mark
from pipeline.review.repair import repair_settings
from pipeline.review.shape import SHAPES
from pipeline.review.versions import Version
from tui.failures import EXPECTED
from tui.sentences import NONE_TO_REDO, NONE_TO_UNDO
from tui.widgets.canvas import Canvas
from tui.widgets.painter import BrushMode
from tui.widgets.photo_table import PhotoTable
from tui.widgets.scene import Subject
from tui.widgets.status import State

MAKING = {
    Tool.THRESHOLD: "drawing anew",
    Tool.FILL: "filling holes",
    Tool.GROW: "growing",
    Tool.SHRINK: "shrinking",
    Tool.SMOOTH: "smoothing",
}
"""What takes longer than a moment on a large photo; what refines says so beside its tool."""
SAVE_EVERY = 0.1
"""Seconds between two savings of a stroke that is being drawn."""


class Workbench(PhotoTable):
    """Shows an open photo, asks its draft for edits, and draws what they changed."""

    @dataclass
    class Edited(Message):
        """The mask has changed, and is measured as it is now."""

        opened: DeskPhoto
        measured: Measured

    @dataclass
    class ShapeKept(Message):
        """What was in hand is put away, and the shape that it had begun on a photo is kept."""

        opened: DeskPhoto

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(Canvas(self, pens, id="canvas"), id=id)

    def compose(self) -> ComposeResult:
        """Nothing but the canvas."""
        yield self.canvas

    def on_mount(self) -> None:
        """Save strokes as they are made from now on."""
        self.set_interval(SAVE_EVERY, self._save_stroke)

    def _save_stroke(self) -> None:
        if self.draft is not None:
            self.draft.save_stroke()
            self._keep_shape()

    def _keep_shape(self) -> None:
        """Save the points of the shape in hand as they are."""
        if self.opened is not None and self.shapes:
            self.opened.keep_shape(self.canvas.tool, self.canvas.shape_points)

    def show(self, opened: DeskPhoto) -> None:
        """Put a photo on the table."""
        self.stop_editing()
        self.see_after()
        self.opened = opened
        measured = opened.draft.measured
        self.seen_since, self._lesions = None, () if measured is None else measured.lesions
        self.canvas.show(_subject(opened))
        self._number(self._lesions)
        self.call_after_refresh(self._note_seen, opened)

    async def draw_ahead(self, opened: DeskPhoto) -> None:
        """Draw a photo that is to come, beside all that goes on."""
        canvas, subject = self.canvas, _subject(opened)
        if canvas.size and opened is not self.opened and not opened.draft.changing:
            drawn = await asyncio.to_thread(canvas.easel.draw, subject)
            # What came onto the table meanwhile may be edited already.
            if opened is not self.opened:
                canvas.keep(drawn)

    def _note_seen(self, opened: DeskPhoto) -> None:
        # Not now: a key may be here already that was pressed at what the terminal showed by then.
        drawn = self.canvas.drawn_at
        self.seen_since = (drawn or monotonic()) if self.opened is opened else None

    def take_away(self) -> None:
        """Nothing can be edited or decided from now on; the picture stays until the next."""
        self.stop_editing()
        self.see_after()
        self.opened = None

    def say(self, *paragraphs: str) -> None:
        """Show sentences where the photo would be."""
        self.take_away()
        self.canvas.clear(*paragraphs)

    def state(self, unsaved: int) -> State:
        """What the status line tells."""
        canvas, draft = self.canvas, self.draft
        return State(
            unsaved=unsaved,
            tool=canvas.tool if self.editing else None,
            cuts=canvas.brush is BrushMode.ERASE,
            radius=canvas.radius,
            threshold=None if draft is None else draft.threshold,
            overlay=canvas.overlay,
            opacity=canvas.strength,
            zoom=canvas.zoom,
            contrast=canvas.contrast,
            heat=canvas.heat,
            drawn=canvas.drawn_by,
            not_drawn=canvas.not_drawn_by,
            instead=self._instead,
            lesions=len(self._lesions),
            refining=canvas.tool is Tool.REFINE and draft is not None and draft.changing,
        )

    @property
    def making(self) -> str:
        """What is being done to the mask, where that takes long on a large photo."""
        tool = None if self.draft is None else self.draft.making
        return "" if tool is None else MAKING.get(tool, "")

    # What is said and taken of it

    def swap_instances(self) -> None:
        """Say that each part of the mask is a lesion, or all are one again."""
        self.canvas.lift()
        self.see_after()
        if self.draft is not None:
            self._follow(self.draft.swap_instances())
            self.measure()

    def take_version(self, version: Version) -> None:
        """Make the mask that of a revision."""
        self.see_after()
        if self.draft is not None:
            self._follow(self.draft.take_version(version))
            self.measure()

    @property
    def edited(self) -> bool:
        """Whether the mask is edited, or is about to be."""
        return self.draft is not None and self.draft.edited

    @property
    def bare(self) -> bool:
        """Whether a photo is on the table that has no outline, and none is drawn on it."""
        return self.opened is not None and not self.opened.has_outline

    @property
    def drawing(self) -> bool:
        """Whether a stroke or a shape has come further than what is on its way to the disk."""
        if self.opened is None:
            return False
        kept, points = self.opened.begun.get(self.canvas.tool, ()), self.canvas.shape_points
        return self.opened.draft.unsaved or (self.shapes and points != kept)

    @property
    def can_redo(self) -> bool:
        """Whether an undone edit can be brought back, or is about to be undone."""
        return self.draft is not None and self.draft.can_redo

    def measure(self) -> None:
        """Have the mask measured as it is now: `Edited` tells."""
        opened = self.opened
        if opened is not None:
            self._tell(opened, opened.draft.measure())

    # The brush

    @property
    def editing(self) -> bool:
        """Whether the brush is in hand."""
        return self.canvas.brush is not BrushMode.OFF

    @property
    def shapes(self) -> bool:
        """Whether what is in hand draws a shape."""
        return self.editing and self.canvas.tool in SHAPES

    def start_editing(self, tool: Tool = Tool.BRUSH) -> None:
        """Take the brush, or another tool; a shape that was begun with it goes on."""
        if self.opened is None:
            return
        self._keep_shape()
        self.canvas.tool = tool
        self.canvas.brush = BrushMode.DRAW
        self.canvas.pin(self.opened.draft.marks)
        if tool is Tool.REFINE:
            self.opened.prepare_to_refine()
        if tool in self.opened.begun:
            self.canvas.take_up(self.opened.begun[tool])
        # Now, not when its turn comes: the next key may be here already, and is the crosshair's.
        self.screen.set_focus(self.canvas)
        self.post_message(self.Set())

    def drop_shape(self) -> bool:
        """Forget the shape that is begun; False where none is."""
        shaping = self.canvas.shaping
        self.canvas.drop_shape()
        self._keep_shape()
        return shaping

    def draw_shape(self, tool: Tool, border: Sequence[Point], adds: bool) -> None:
        """The canvas' shape was closed."""
        self.see_after()
        if self.draft is not None:
            self._follow(self.draft.draw_shape(tool, border, adds))
            self._keep_shape()
            self.measure()

    def refine(self, mark: Mark) -> None:
        """A mark was set: it is seen at once, and goes again where it mends nothing."""
        self.see_after()
        if self.opened is not None:
            pins = self.opened.draft.marks
            self._follow(self.opened.refine(mark))
            self.canvas.pin(pins.with_one(mark.x, mark.y, mark.inside))
            self.post_message(self.Set())
            self.measure()

    def stop_editing(self) -> None:
        """Put the brush away: a stroke it was still drawing is an edit, a shape is kept."""
        self._keep_shape()
        if self.opened is not None and self.canvas.shaping:
            self.post_message(self.ShapeKept(self.opened))
        self.canvas.brush = BrushMode.OFF
        self.post_message(self.Set())

    def swap_brush(self) -> None:
        """Add or cut, with whatever is in hand."""
        draws = self.canvas.brush is BrushMode.DRAW
        self.canvas.brush = BrushMode.ERASE if draws else BrushMode.DRAW
        self.post_message(self.Set())

    def resize_brush(self, steps: int) -> None:
        """A larger or smaller brush."""
        canvas = self.canvas
        canvas.dots = resize_brush(canvas.dots, steps, canvas.step, canvas.longest)
        self.post_message(self.Set())

    def begin_stroke(self, radius: float, paints: bool) -> None:
        """The canvas' brush was put down."""
        self.see_after()
        if self.draft is not None:
            self._follow(self.draft.begin_stroke(radius, paints))

    def extend_stroke(self, x: float, y: float) -> None:
        """It was drawn on."""
        if self.draft is not None:
            self._follow(self.draft.extend_stroke(x, y))

    def end_stroke(self) -> None:
        """It was lifted."""
        if self.draft is not None:
            self._follow(self.draft.end_stroke())
            self.measure()

    def finish(self) -> None:
        """End a stroke that was being drawn when the screen went."""
        if self.draft is not None:
            self.draft.end_stroke()
        self.opened = None

    # Repairs, undo and threshold

    def repair(self, tool: Tool) -> None:
        """Repair the outline: its border by a pixel of the screen, its part at the crosshair."""
        self.canvas.lift()
        self.see_after()
        draft, canvas = self.draft, self.canvas
        if draft is None:
            return
        if tool is Tool.MODEL:
            self._follow(draft.back_to_model())
        else:
            settings = repair_settings(tool, canvas.dot, *canvas.crosshair)
            self._follow(draft.repair(tool, settings))
        self.measure()

    def undo(self) -> None:
        """Take the last edit back."""
        self.canvas.lift()
        self.see_after()
        if self.draft is not None:
            self._follow(self.draft.undo(), NONE_TO_UNDO)
            self.measure()

    def redo(self) -> None:
        """Bring the last undone edit back."""
        self.canvas.lift()
        self.see_after()
        if self.draft is not None:
            self._follow(self.draft.redo(), NONE_TO_REDO)
            self.measure()

    def shift_threshold(self, steps: int) -> bool:
        """Draw the mask anew at a higher or lower threshold; False where it is as far as it goes.

        The photo has a draft that can set a threshold.
        """
        draft = self.draft
        if draft is None or not draft.can_shift_threshold(steps):
            return False
        self.canvas.lift()
        self.see_after()
        change = draft.shift_threshold(steps)
        if change is not None:
            self._follow(change)
            self.measure()
        self.post_message(self.Set())
        return True

    def _follow(self, change: Change, unchanged: str = "") -> None:
        if self.opened is not None:
            self._show_change(self.opened, change, unchanged)

    @work(group="edit")
    async def _show_change(self, opened: DeskPhoto, change: Change, unchanged: str = "") -> None:
        part = None
        try:
            part = await asyncio.wrap_future(change)
            if part is None and unchanged:
                self.post_message(self.Unchanged(unchanged))
        except NothingToRepair as nothing:
            self.post_message(self.Unchanged(str(nothing)))
        except EXPECTED as problem:
            self.post_message(self.Failed(str(problem)))
        # Not reached where the app was left meanwhile: there is nothing to draw on any more.
        if not opened.draft.changing:
            self.post_message(self.Set())
            self._show_pins(opened)
        if part is not None and self.opened is opened:
            self.canvas.mask_changed(part)

    def _show_pins(self, opened: DeskPhoto) -> None:
        if self.opened is opened:
            self.canvas.pin(opened.draft.marks)

    @work(group="edit")
    async def _tell(self, opened: DeskPhoto, asked: Future[Measured]) -> None:
        measured = await asyncio.wrap_future(asked)
        if self.opened is opened:
            self._lesions = measured.lesions
            self._number(() if self._instead else measured.lesions)
        self.post_message(self.Edited(opened, measured))


def _subject(opened: DeskPhoto) -> Subject:
    return Subject(opened.picture, opened.size, opened.draft.mask, opened.prediction)
