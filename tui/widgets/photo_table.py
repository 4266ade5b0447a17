"""A table on which an open photo lies: how it is looked at, and which of its masks is seen."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from textual import on, work
from textual.containers import Container
from textual.message import Message

from imaging.framing import Framing, Mask
from imaging.mask.parts import MaskPart
from pipeline.review.desk import DeskPhoto
from pipeline.review.draft import Draft
from pipeline.review.editor import Before
from tui.failures import EXPECTED
from tui.widgets.canvas import Canvas
from tui.widgets.drawn_ahead import Near

OPACITY_STEP = 0.1
NEARER = 1.5
"""How much nearer a key brings the photo."""
PAN_STEP = 0.25
"""Of the canvas' width and height."""
BEFORE, OPENED = "before: the model's", "before: as opened"
SAME = "Nothing was changed: before and after are the same."


class PhotoTable(Container):
    """Holds an open photo and the canvas that shows it; nothing of the photo is changed here."""

    @dataclass
    class Set(Message):
        """Brush, outline or threshold are set differently."""

    @dataclass
    class Failed(Message):
        """An edit could not be made, or the photo not be seen nearer."""

        sentence: str

    @dataclass
    class Unchanged(Message):
        """An edit would have left the outline as it is; the sentence says why."""

        sentence: str

    def __init__(self, canvas: Canvas, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        # Not looked for each time: what comes while the app is left finds it, too.
        self.canvas = canvas
        """Where the photo is drawn."""
        self.opened: DeskPhoto | None = None
        self.seen_since: float | None = None
        """When the photo on the table was there to be judged, by `monotonic`; None before."""
        self._instead = ""
        self.before: Before | None = None
        """What is seen instead of the mask as it is, where that is the mask as it was before."""
        self._lesions: tuple[MaskPart, ...] = ()

    @property
    def draft(self) -> Draft | None:
        """The draft of the photo on the table."""
        return None if self.opened is None else self.opened.draft

    # Nearer and farther

    def zoom(self, steps: int) -> None:
        """See the photo nearer, or farther."""
        self.canvas.zoom_by(NEARER**steps)

    def pan(self, across: int, down: int) -> None:
        """See what lies beside."""
        self.canvas.pan(across * PAN_STEP, down * PAN_STEP)

    def see_whole(self) -> None:
        """See all of each photo from now on."""
        self.canvas.look(Near.WHOLE)

    def swap_near(self) -> bool:
        """See the lesion of each photo from now on, or all of it; False where there is none."""
        return self.canvas.look(Near.WHOLE if self.canvas.sees_lesion else Near.LESION)

    @on(Canvas.Reframed)
    def _reframe(self, message: Canvas.Reframed) -> None:
        self.post_message(self.Set())
        if self.opened is not None and message.preview:
            self._look(self.opened, message.framing)

    @work(group="look", exclusive=True)
    async def _look(self, opened: DeskPhoto, framing: Framing) -> None:
        try:
            pixels = await asyncio.wrap_future(opened.look(framing))
        except EXPECTED as problem:
            self.post_message(self.Failed(str(problem)))
        else:
            if self.opened is opened:
                self.canvas.sharpen(framing, pixels)

    # The outline

    def change_overlay(self) -> None:
        """The outline alone, with a fill, the fill alone, nothing."""
        self.canvas.overlay = self.canvas.overlay.following()
        self.post_message(self.Set())

    def swap_contrast(self) -> None:
        """More contrast, or the photo's own."""
        self.canvas.contrast = not self.canvas.contrast
        self.post_message(self.Set())

    def swap_heat(self) -> bool:
        """The model's probabilities on the photo, or not; False where none are at hand."""
        if self.opened is None or (self.opened.prediction is None and not self.canvas.heat):
            return False
        self.canvas.heat = not self.canvas.heat
        self.post_message(self.Set())
        return True

    def shift_opacity(self, steps: int) -> None:
        """A fainter or stronger outline."""
        wanted = round(self.canvas.strength + steps * OPACITY_STEP, 2)
        self.canvas.strength = min(max(wanted, OPACITY_STEP), 1.0)
        self.post_message(self.Set())

    # Before and after

    @property
    def sees_before(self) -> bool:
        """Whether the mask is seen as it was before, not as it is."""
        return bool(self._instead)

    def swap_before(self) -> None:
        """See the mask as the model gave it, or as it was before the edits; or as it is again."""
        if self.sees_before:
            self.see_after()
        elif self.opened is not None:
            self.canvas.lift()
            self._look_back(self.opened, self.opened.draft.look_back())

    def see_after(self) -> None:
        """See the mask as it is: before each edit, so that nothing unseen is edited."""
        self.workers.cancel_group(self, "before")
        if self.sees_before and self.opened is not None:
            self._instead, self.before = "", None
            self.canvas.show_mask(self.opened.draft.mask)
            self._number(self._lesions)
            self.post_message(self.Set())

    @work(group="before", exclusive=True)
    async def _look_back(self, opened: DeskPhoto, looked: Future[Before | None]) -> None:
        try:
            before = await asyncio.wrap_future(looked)
        except EXPECTED as problem:
            self.post_message(self.Failed(str(problem)))
            return
        if before is None:
            self.post_message(self.Unchanged(SAME))
        elif self.opened is opened:
            self.before = before
            self.see_instead(BEFORE if before.is_model else OPENED, before.mask)

    def see_instead(self, name: str, mask: Mask) -> None:
        """See another mask of this name instead of the present one, until `see_after`."""
        self._instead = name
        self.canvas.show_mask(mask)
        self._number(())
        self.post_message(self.Set())

    def _number(self, lesions: Sequence[MaskPart]) -> None:
        self.canvas.number([lesion.box for lesion in lesions])
