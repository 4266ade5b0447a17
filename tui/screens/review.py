"""The screen where photos are reviewed: queue, photo, details, and what each key does."""

import asyncio
from functools import partial
from pathlib import Path

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from db.values import QueueItem, SetAside
from pipeline.review.deck import AHEAD
from pipeline.review.desk import Desk, DeskPhoto
from pipeline.review.held import count_held, is_edited_since
from pipeline.review.measured import Measured
from pipeline.review.waiting import Unfinished
from pipeline.review.wanted import ALL
from tui.colour_app import call_when_sent
from tui.failures import EXPECTED
from tui.names import below
from tui.preferences import Preferences
from tui.rows import Row
from tui.screens.returning import ReturningScreen
from tui.sentences import nothing_fits, nothing_here, shape_kept
from tui.surface.room import LEAST_HEIGHT, LEAST_WIDTH, WIDE
from tui.widgets.canvas import Canvas
from tui.widgets.locator import Locator
from tui.widgets.queue import Queue
from tui.widgets.workbench import Workbench

LEAST_QUEUE = 32
NARROW_QUEUE = (30, 32)
"""Cells of the queue's width."""
PATIENCE = 0.15
"""Seconds before a photo that is still opening is announced; most are there sooner."""
ANSWERS = frozenset({"score", "stop_editing", "reject"})
"""What can be done while a reason is asked for."""
LOOKS = frozenset({"versions", "overlay", "opacity", "contrast", "heat", "zoom", "pan", "whole"})
"""What can be done while revisions are gone through."""


class ReviewScreen(ReturningScreen):
    """Wires queue, workbench and details to the desk; whatever blocks runs there."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012
    AUTO_FOCUS = "#queue"

    too_small: reactive[bool] = reactive(False, init=False, bindings=True)

    def __init__(self, desk: Desk, folder: Path, reviewer: str, preferences: Preferences) -> None:
        super().__init__(desk, folder, reviewer, preferences)
        self._locator = Locator(id="locator")
        self._was_seen_before = False
        # As long as nobody has done anything, what is least sure is what is to be seen.
        self._queue.follows_first = True

    def compose(self) -> ComposeResult:
        """From top to bottom; the sentence for small terminals is hidden until it is needed."""
        # Now, as its breakpoints will have it: later all that is composed would be styled twice.
        self.add_class("-narrow" if self.app.size.width < WIDE else "-wide")
        yield self._progress
        yield self._filter_line
        with Container(id="table"):
            yield self._queue
            yield self._bench
            with Container(id="side"):
                yield self._details
                yield self._reasons
                yield self._versions
                yield self._filters
                yield self._locator
        yield self._sheet_head
        yield self._sheet
        yield self._status
        yield self._keys
        yield self._note_line
        yield self._search_line
        yield Static(id="too-small", markup=False)

    def on_mount(self) -> None:
        """Read the queue for the first time, to show it as it was left."""
        self.return_to_bookmark()
        # Now, not at the first resize: all that is seen would be laid out and drawn twice.
        self._arrange()
        self._read_queue()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Have nothing styled again that was just composed."""
        event.refresh_styles = event.refresh_styles and self._was_seen_before
        self._was_seen_before = True

    def on_resize(self, event: events.Resize) -> None:
        """Arrange for the terminal's size, or say that it is too small."""
        width, height = event.size
        self._details.compact = width < WIDE
        self._arrange()
        self.too_small = width < LEAST_WIDTH or height < LEAST_HEIGHT
        if self.too_small:
            self.query_one("#too-small", Static).update(
                f"This terminal is {width} × {height}.\nnevus needs {LEAST_WIDTH} × "
                f"{LEAST_HEIGHT}: make the window larger, or its letters smaller."
            )

    def _arrange(self) -> None:
        """Give the queue the room that its names need, within bounds."""
        width, table = (self.size or self.app.size).width, self.query_one("#table").styles
        if self.has_class("-alone"):
            table.clear_rule("grid_columns")
        elif width < WIDE:
            table.grid_columns = f"{self._queue.wish_width(*NARROW_QUEUE)} 1fr"
        else:
            wished = self._queue.wish_width(LEAST_QUEUE, max(LEAST_QUEUE, width * 3 // 10))
            table.grid_columns = f"{wished} 1fr 34"

    def watch_too_small(self, too_small: bool) -> None:
        """Hide everything a decision could be made on."""
        self.set_class(too_small, "-too-small")
        self.query_one("#table").disabled = too_small
        opened = self._bench.opened
        if too_small:
            self._leave_versions()
            self._bench.stop_editing()
            self._stopwatch.stop()
            return
        self.set_focus(self._home)
        if opened is not None:
            self._stopwatch.start(opened.details.photo_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Nothing is done unseen or beside a question; editing is only ended where it began."""
        if self.too_small or self._note_line.open or self._search_line.open:
            return False
        if self.on_sheet:
            return self.allowed_on_sheet(action, parameters)
        if self._asks_reason:
            return action in ANSWERS
        if self._goes_through:
            return action in LOOKS
        return self._can_leave() if action == "stop_editing" else True

    def _can_leave(self) -> bool:
        return self._bench.editing or self._chooses or self._wanted != ALL

    # The photo

    @on(Queue.RowChosen)
    def _show_chosen(self, message: Queue.RowChosen) -> None:
        # What was shown only because it was looked at is gone now.
        self._count_shown()
        self._note_came(message)
        self._show_row(message.row)

    @on(Queue.Ended)
    def _show_end(self) -> None:
        if self._queue.handed is None and self._bench.opened is None:
            self._go_on()
        self.post_message(self.Drawn())

    def _show_row(self, row: Row | None) -> None:
        if self.on_sheet:
            return
        self._ending = ()
        self._put_away()
        self._unopened = None
        match row:
            case QueueItem() as item:
                ready = self._ready(item.photo_id)
                if ready is not None:
                    # Until it is seen: what follows ends the lull.
                    self._desk.hold()
                self._take_up(item, self._desk.claim(item.photo_id))
                if ready is None:
                    self._open(item)
                else:
                    self._show(ready)
            case SetAside() as file:
                self._desk.leave()
                self._bench.say(f"{below(file.path, self._folder)} was set aside.", file.reason)
                self._details.show_aside(file)
            case None:
                self._desk.leave()
                self._bench.say(*self._why_nothing())
                self._details.clear()

    def _why_nothing(self) -> tuple[str, ...]:
        if self._queue.wanted.limits:
            return nothing_fits(self._keymap)
        progress = self._progress.progress
        return (
            nothing_here() if progress is None else nothing_here(progress.found, progress.passed_by)
        )

    @work(group="open", exclusive=True)
    async def _open(self, item: QueueItem) -> None:
        waiting = self.set_timer(PATIENCE, partial(self._say_opening, item.photo_id))
        try:
            # What is opened must be what the decision on its way makes of it.
            await self._outbox.wait_until_gone(item.photo_id)
            opened = await asyncio.wrap_future(self._desk.open(item.photo_id))
            while opened.draft.measured is None:
                await asyncio.wrap_future(opened.draft.measure())
        except EXPECTED as problem:
            self._unopened = (item.photo_id, str(problem))
            if self._is_current(item.photo_id):
                self._bench.say(str(problem))
                self._details.clear()
            self.post_message(self.Drawn())
        else:
            self._show(opened)
        finally:
            waiting.stop()

    def _say_opening(self, photo_id: int) -> None:
        if self._is_current(photo_id) and self._bench.opened is None:
            self._bench.say(f"Opening {self._queue.name_of(photo_id)} …")

    def _ready(self, photo_id: int) -> DeskPhoto | None:
        """The photo as it would be decided; None where that is still being made."""
        ready = None if self._outbox.holds(photo_id) else self._desk.ready(photo_id)
        return None if ready is None or ready.draft.measured is None else ready

    def _show(self, opened: DeskPhoto) -> None:
        details, measured = opened.details, opened.draft.measured
        if (
            measured is None
            or self.on_sheet
            or self._ending
            or not self._is_current(details.photo_id)
        ):
            return
        self._outbox.note_seen(details.photo_id)
        self._leave_versions()
        self._bench.show(opened)
        self._return_to_part(details.photo_id)
        self._pace.begin()
        if not self.too_small:
            self._stopwatch.start(details.photo_id)
        self._since_came.start(details.photo_id)
        self._take_up_edits(opened, measured)
        self._tell_begun(opened)
        self._tell_kept(opened)
        self._explain()
        self._recall(details)
        self._show_state()
        self._tell_model()
        # Not before this one is seen: to open a photo takes the interpreter from who draws and who
        # sends it to the terminal.
        self.call_after_refresh(call_when_sent, self, self._prepare)

    def _take_up_edits(self, opened: DeskPhoto, measured: Measured) -> None:
        row, edits = self._queue.current, opened.draft.edits
        self._held = count_held(row, edits) if isinstance(row, QueueItem) else None
        if edits or opened.draft.several:
            self._tell_edits(opened, measured)
        else:
            self._tell_outline(opened, measured)
            self._queue.show_unedited(opened.details.photo_id, _area(opened, measured))

    @work(group="prepare", exclusive=True)
    async def _prepare(self) -> None:
        """Open the photos that come next; what fails now is told when it is wanted."""
        self._after_drawing()
        self.post_message(self.Drawn())
        for item, _ in zip(self._queue.waiting(), range(AHEAD), strict=False):
            if not self._outbox.holds(item.photo_id):
                photo = asyncio.wrap_future(self._desk.open(item.photo_id))
                await asyncio.wait([photo])
                if not photo.cancelled() and photo.exception() is None:
                    await self._bench.draw_ahead(photo.result())

    @on(Canvas.Reframed)
    def _locate(self, message: Canvas.Reframed) -> None:
        self.set_class(message.framing.unseen_fraction > 0, "-near")
        if self._bench.opened is not None:
            self._locator.show(self._bench.opened.picture, message.framing)

    # Moving

    def touch(self, moved: bool) -> None:
        """Somebody has pressed something, so that the photo that is seen stays, or only `moved`."""
        self._attention.touch()
        self._queue.follows_first = self._queue.follows_first and moved

    def action_panels(self) -> None:
        """Fold queue and details away, or bring them back."""
        self.toggle_class("-alone")
        self._arrange()

    def action_step(self, rows: int) -> None:
        """Go to another photo, deciding nothing; the next one is one that nobody else has open."""
        if self.on_sheet:
            super().action_step(rows)
        elif rows == 1:
            self._queue.pass_on()
        else:
            self._queue.action_step(rows)

    def put_tool_away(self) -> None:
        """Put it away; the next key may be here already, and is the queue's."""
        super().put_tool_away()
        # Another outline may have come while something was about to be drawn.
        self.post_message(self.StoreChanged())
        self.set_focus(self._home)

    @property
    def _home(self) -> Widget:
        """What has the keys where nothing else wants them."""
        if self._asks_reason:
            return self._reasons
        return self._sheet if self.on_sheet else self._queue

    @on(Workbench.Set)
    def _give_keys_back(self) -> None:
        """Arrow keys belong to the crosshair or to what is gone through, to the queue else."""
        lines = self._note_line.open or self._search_line.open
        asked = self._goes_through or self._asks_reason or self._filters.has_focus
        if not (self._bench.editing or asked or lines or self.on_sheet or self._queue.has_focus):
            self._queue.focus()

    @on(Workbench.Set)
    def _tell_before(self) -> None:
        self._details.look_back(self._bench.before)

    @on(Workbench.ShapeKept)
    def _say_kept(self, message: Workbench.ShapeKept) -> None:
        self._tell_begun(message.opened)

    def _tell_begun(self, opened: DeskPhoto) -> None:
        for tool in opened.begun:
            name = self._queue.name_of(opened.details.photo_id)
            self._say(shape_kept(name, tool, self._keymap))

    @on(Workbench.Edited)
    def _show_edited(self, message: Workbench.Edited) -> None:
        if message.opened is self._bench.opened:
            self._asked_empty = False
            self._tell_edits(message.opened, message.measured)
            self._explain()
        self._show_state()

    def _tell_edits(self, opened: DeskPhoto, measured: Measured) -> None:
        """Tell panel and queue what the edits have made of a photo."""
        edits = opened.draft.edits
        since = is_edited_since(self._held, edits)
        made = Unfinished(_area(opened, measured), edits > 0, since)
        self._tell_outline(opened, measured)
        self._queue.show_edits(opened.details.photo_id, made)

    def _tell_outline(self, opened: DeskPhoto, measured: Measured) -> None:
        outline = measured.measurements if opened.has_outline else None
        self._details.show(opened.details, outline, opened.draft.edits, measured.lesions)


def _area(opened: DeskPhoto, measured: Measured) -> float | None:
    return measured.measurements.area_fraction if opened.has_outline else None
