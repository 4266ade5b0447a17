"""The photo on the table: the canvas, and every edit of its mask in the order it was made."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from threading import Lock

from textual import work
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message

from imaging.framing import Part
from imaging.values import Measurements
from pipeline.review.editor import Editor, OpenPhoto
from pipeline.review.threads import Jobs
from tui.failures import EXPECTED
from tui.widgets.canvas import BrushMode, Canvas
from tui.widgets.status import State

WIDTH_STEP = 1.25
"""A brush grows and shrinks by this factor."""
WIDEST = 0.5
"""Of the photo's longer side."""
SAVE_EVERY = 0.1
"""Seconds between two savings of a stroke that is being drawn."""
THRESHOLD_STEP = 0.05
LOWEST_THRESHOLD, HIGHEST_THRESHOLD = 0.05, 0.95
OPACITY_STEP = 0.1


class ThresholdSteps:
    """Threshold steps asked for that the editing thread has not taken yet: keys come faster than a
    large mask is drawn, and it is drawn once for all of them.
    """

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._taken = False
        self._lock = Lock()

    def add(self, steps: int) -> bool:
        """Ask for more; False when they were taken already."""
        with self._lock:
            self._steps += 0 if self._taken else steps
            return not self._taken

    def take(self) -> int:
        """All that was asked for."""
        with self._lock:
            self._taken = True
            return self._steps


def stepped(threshold: float, steps: int) -> float:
    """A threshold so many steps higher, as far as it goes."""
    wanted = round(threshold + steps * THRESHOLD_STEP, 2)
    return min(max(wanted, LOWEST_THRESHOLD), HIGHEST_THRESHOLD)


class Workbench(Container):
    """Shows an open photo and edits its mask; the mask is only touched by the editing thread."""

    @dataclass
    class Edited(Message):
        """The mask has changed; `measurements` are those of the mask as it is now."""

        opened: OpenPhoto
        measurements: Measurements

    @dataclass
    class Set(Message):
        """Brush, outline or threshold are set differently."""

    @dataclass
    class Failed(Message):
        """An edit could not be made."""

        sentence: str

    def __init__(self, jobs: Jobs, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._jobs = jobs
        self._steps: ThresholdSteps | None = None
        self._shown_threshold: float | None = None
        self._changes = 0
        self._saving: asyncio.Future[None] | None = None
        self.opened: OpenPhoto | None = None
        self.seen = False
        """Whether the photo on the table has been drawn: before, nobody can have judged it."""

    def compose(self) -> ComposeResult:
        """Nothing but the canvas."""
        yield Canvas(self, id="canvas")

    def on_mount(self) -> None:
        """Save strokes as they are made from now on."""
        self.set_interval(SAVE_EVERY, self._save_stroke)

    def _save_stroke(self) -> None:
        editor = self.editor
        if editor is not None and editor.unsaved and (self._saving is None or self._saving.done()):
            self._saving = self._jobs.edit(editor.save_stroke)

    @property
    def canvas(self) -> Canvas:
        """Where the photo is drawn."""
        return self.query_one(Canvas)

    @property
    def editor(self) -> Editor | None:
        """The editor of the photo on the table, if it has a mask."""
        return None if self.opened is None else self.opened.editor

    def show(self, opened: OpenPhoto) -> None:
        """Put a photo on the table."""
        self.stop_editing()
        self.opened = opened
        self.seen = False
        self._forget_steps()
        self.canvas.show(opened.picture, opened.editor)
        self.call_after_refresh(self._note_seen, opened)

    def _note_seen(self, opened: OpenPhoto) -> None:
        self.seen = self.opened is opened

    def take_away(self) -> None:
        """Nothing can be edited or decided from now on; the picture stays until the next."""
        self.stop_editing()
        self.opened = None

    def say(self, message: str) -> None:
        """Show a sentence where the photo would be."""
        self.take_away()
        self.canvas.clear(message)

    def state(self, unsaved: int, score: int | None) -> State:
        """What the status line tells."""
        canvas, editor = self.canvas, self.editor
        names = {BrushMode.OFF: "", BrushMode.DRAW: "draw", BrushMode.ERASE: "erase"}
        threshold = None if editor is None else self._shown_threshold or editor.threshold
        return State(
            unsaved=unsaved,
            brush=names[canvas.brush],
            radius=canvas.radius,
            threshold=threshold,
            overlay=canvas.overlay,
            opacity=canvas.strength,
            score=score,
        )

    def toggle_overlay(self) -> None:
        """Outline on or off."""
        self.canvas.overlay = not self.canvas.overlay
        self.post_message(self.Set())

    def shift_opacity(self, steps: int) -> None:
        """A fainter or stronger outline."""
        wanted = round(self.canvas.strength + steps * OPACITY_STEP, 2)
        self.canvas.strength = min(max(wanted, OPACITY_STEP), 1.0)
        self.post_message(self.Set())

    @property
    def edited(self) -> bool:
        """Whether the mask is edited, or is about to be."""
        editor = self.editor
        return editor is not None and (editor.edits > 0 or self._changes > 0)

    @property
    def drawing(self) -> bool:
        """Whether a stroke has come further than what is on its way to the disk."""
        return self.editor is not None and self.editor.unsaved

    @property
    def can_redo(self) -> bool:
        """Whether an undone edit can be brought back, or is about to be undone."""
        editor = self.editor
        return editor is not None and (editor.can_redo or self._changes > 0)

    def measure(self) -> None:
        """Have the mask measured as it is now: `Edited` tells."""
        if self.opened is not None and self.opened.editor is not None:
            self._tell(self.opened, self._jobs.edit(self.opened.editor.measurements))

    # The brush

    @property
    def editing(self) -> bool:
        """Whether the brush is in hand."""
        return self.canvas.brush is not BrushMode.OFF

    def start_editing(self) -> None:
        """Take the brush."""
        if self.opened is None or self.editor is None:
            return
        self.canvas.brush = BrushMode.DRAW
        # Now, not when its turn comes: the next key may be here already, and is the crosshair's.
        self.screen.set_focus(self.canvas)
        self.post_message(self.Set())

    def stop_editing(self) -> None:
        """Put the brush away; a stroke it was still drawing is an edit."""
        self.canvas.brush = BrushMode.OFF
        self.post_message(self.Set())

    def swap_brush(self) -> None:
        """Brush or eraser."""
        draws = self.canvas.brush is BrushMode.DRAW
        self.canvas.brush = BrushMode.ERASE if draws else BrushMode.DRAW
        self.post_message(self.Set())

    def resize_brush(self, steps: int) -> None:
        """A larger or smaller brush."""
        canvas = self.canvas
        wanted = max(canvas.dots, canvas.step) * WIDTH_STEP**steps
        canvas.dots = min(max(wanted, canvas.step), max(canvas.longest * WIDEST, canvas.step))
        self.post_message(self.Set())

    def begin_stroke(self, radius: float, paints: bool) -> None:
        """The canvas' brush was put down."""
        self._forget_steps()
        self._edit(lambda editor: editor.begin_stroke(radius, paints))

    def extend_stroke(self, x: float, y: float) -> None:
        """It was drawn on."""
        self._edit(lambda editor: editor.extend_stroke(x, y))

    def end_stroke(self) -> None:
        """It was lifted."""
        self._edit(lambda editor: editor.end_stroke())
        self.measure()

    def finish(self) -> None:
        """End a stroke that was being drawn when the screen went; the editing thread has ended."""
        if self.editor is not None:
            self.editor.end_stroke()

    # Undo and threshold

    def undo(self) -> None:
        """Take the last edit back."""
        self.canvas.lift()
        self._forget_steps()
        self._edit(lambda editor: editor.undo())
        self.measure()

    def redo(self) -> None:
        """Bring the last undone edit back."""
        self.canvas.lift()
        self._forget_steps()
        self._edit(lambda editor: editor.redo())
        self.measure()

    def shift_threshold(self, steps: int) -> bool:
        """Draw the mask anew at a higher or lower threshold; False where it is as far as it goes.

        The photo has an editor that can set a threshold.
        """
        editor = self.editor
        if editor is None or not editor.can_set_threshold:
            return False
        self.canvas.lift()
        before = self._shown_threshold or editor.threshold
        self._shown_threshold = stepped(before, steps)
        if self._steps is None or not self._steps.add(steps):
            asked = self._steps = ThresholdSteps(steps)
            self._edit(lambda editor: _draw_at(editor, asked))
            self.measure()
        self.post_message(self.Set())
        return self._shown_threshold != before

    def _forget_steps(self) -> None:
        # What was asked for is drawn all the same; later steps are edits of their own.
        self._steps = self._shown_threshold = None

    def _edit(self, change: Callable[[Editor], Part | None]) -> None:
        opened = self.opened
        if opened is not None and opened.editor is not None:
            editor = opened.editor
            self._changes += 1
            self._show_change(opened, self._jobs.edit(lambda: change(editor)))

    @work(group="edit")
    async def _show_change(self, opened: OpenPhoto, change: Awaitable[Part | None]) -> None:
        try:
            part = await change
        except EXPECTED as problem:
            self.post_message(self.Failed(str(problem)))
            return
        finally:
            self._changes -= 1
            if not self._changes:
                self._shown_threshold = None
                self.post_message(self.Set())
        if part is not None and self.opened is opened:
            self.canvas.mask_changed(part)

    @work(group="edit")
    async def _tell(self, opened: OpenPhoto, measured: Awaitable[Measurements]) -> None:
        self.post_message(self.Edited(opened, await measured))


def _draw_at(editor: Editor, asked: ThresholdSteps) -> Part | None:
    wanted = stepped(editor.threshold, asked.take())
    return None if wanted == editor.threshold else editor.set_threshold(wanted)
