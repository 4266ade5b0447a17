"""The screen where photos are reviewed: queue, photo, details, and what each key does."""

import asyncio
import gc
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import monotonic

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

from db.queue import PAGE
from db.values import QueueItem, SetAside
from pipeline.intake.ingest import IngestProgress
from pipeline.review.deck import AHEAD
from pipeline.review.desk import Desk, DeskPhoto
from pipeline.review.held import count_held, is_edited_since
from pipeline.review.waiting import Unfinished
from pipeline.review.wanted import ALL
from tui.failures import EXPECTED
from tui.names import below
from tui.preferences import Preferences
from tui.rows import Listing, Row
from tui.screens.sharing import SharingScreen
from tui.sentences import nothing_fits, nothing_here
from tui.surface.terminal import LEAST_HEIGHT, LEAST_WIDTH
from tui.widgets.canvas import Canvas
from tui.widgets.locator import Locator
from tui.widgets.queue import Queue
from tui.widgets.workbench import Workbench

WIDE = 100
LEAST_QUEUE = 32
NARROW_QUEUE = (30, 32)
"""Cells of the queue's width."""
PATIENCE = 0.15
"""Seconds before a photo that is still opening is announced; most are there sooner."""
NEWS_EVERY = 0.3
"""Seconds between two readings of the queue while photos come in, at least."""
ANSWERS = frozenset({"score", "stop_editing", "reject"})
"""What can be done while a reason is asked for."""
LOOKS = frozenset({"versions", "overlay", "opacity", "contrast", "heat", "zoom", "pan", "whole"})
"""What can be done while revisions are gone through."""
PAUSE_PER_READING = 5
"""A queue that takes long to read is read the less often."""


class ReviewScreen(SharingScreen):
    """Wires queue, workbench and details to the desk; whatever blocks runs there."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012
    AUTO_FOCUS = "#queue"

    too_small: reactive[bool] = reactive(False, init=False, bindings=True)

    def __init__(self, desk: Desk, folder: Path, reviewer: str, preferences: Preferences) -> None:
        super().__init__(desk, folder, reviewer, preferences)
        self._reading = self._read_again = self._read_all = self._read_whole = False
        self._reading_took = 0.0
        self._news: Timer | None = None
        self._locator = Locator(id="locator")

    @property
    def waiting(self) -> int | None:
        """How many photos wait; None while the queue was not read to its end."""
        return self._queue.roster.tally.waiting if self._read_whole else None

    def compose(self) -> ComposeResult:
        """From top to bottom; the sentence for small terminals is hidden until it is needed."""
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
        yield self._status
        yield self._keys
        yield self._note_line
        yield self._search_line
        yield Static(id="too-small", markup=False)

    def on_mount(self) -> None:
        """Read the queue for the first time."""
        self._read_queue()

    def on_resize(self, event: events.Resize) -> None:
        """Arrange for the terminal's size, or say that it is too small."""
        width, height = event.size
        self._details.compact = width < WIDE
        self._arrange()
        self.too_small = width < LEAST_WIDTH or height < LEAST_HEIGHT
        self.query_one("#too-small", Static).update(
            f"This terminal is {width} × {height}.\nnevus needs {LEAST_WIDTH} × {LEAST_HEIGHT}: "
            "make the window larger, or its letters smaller."
        )

    def _arrange(self) -> None:
        """Give the queue the room that its names need, within bounds."""
        width, table = self.size.width, self.query_one("#table").styles
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
        self._queue.focus()
        if opened is not None:
            self._stopwatch.start(opened.details.photo_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:  # noqa: ARG002
        """Nothing is done unseen or beside a question; editing is only ended where it began."""
        if self.too_small or self._note_line.open or self._search_line.open:
            return False
        if self._asks_reason:
            return action in ANSWERS
        if self._goes_through:
            return action in LOOKS
        return self._can_leave() if action == "stop_editing" else True

    def _can_leave(self) -> bool:
        return self._bench.editing or self._chooses or self._wanted != ALL

    # The queue

    def hear(self, progress: IngestProgress) -> None:
        """Show how far ingest is, and before long what it brought."""
        before, self._progress.progress = self._progress.progress, progress
        if progress.message and (before is None or before.message != progress.message):
            self._say(progress.message, "warning")
        self._expect_news()

    def _expect_news(self) -> None:
        if self._news is None:
            pause = max(NEWS_EVERY, PAUSE_PER_READING * self._reading_took)
            self._news = self.set_timer(pause, self._read_news)

    def _read_news(self) -> None:
        self._news = None
        self._read_queue()

    def _read_queue(self) -> None:
        """Read all of it anew, now or after what is being read."""
        self._read_all = True
        self._read_on()

    @on(SharingScreen.StoreChanged)
    def _read_on(self) -> None:
        """Read what has changed; not while something is read, but after that."""
        self._read_again = self._reading
        if not self._reading:
            self._reading = True
            self._read()

    @work(group="queue")
    async def _read(self) -> None:
        whole, self._read_all = self._read_all, False
        try:
            if whole:
                await self._read_whole_queue()
            else:
                asked = self._desk.read_changed(self._queue.begin_reading())
                changed = await asyncio.wrap_future(asked)
                self._queue.change(changed)
        except EXPECTED as problem:
            self._complain(problem)
        else:
            self._count()
            self._look_at_news()
            self._explain()
        finally:
            self._reading = False
        if self._read_again:
            self._read_on()

    async def _read_whole_queue(self) -> None:
        started, first = monotonic(), self._queue.current is None
        self._queue.begin_reading()
        try:
            if first:
                # Before a photo is handed out; later they are heard of.
                self._queue.take(await asyncio.wrap_future(self._desk.read_claims()))
            listing = await self._read_pages(shown=not len(self._queue.roster))
            aside = await asyncio.wrap_future(self._desk.read_set_aside())
            await self._replace(listing, aside)
        finally:
            self._reading_took = monotonic() - started
        self._read_whole = True
        roster = self._queue.roster
        self._progress.shown, self._progress.outlined = (len(roster), len(aside)), roster.outlined
        if first:
            self._tell_skipped(self._queue.current)
        self._arrange()

    async def _read_pages(self, shown: bool) -> Listing:
        """The whole queue, each page of it shown at once where nothing is shown yet."""
        listing = self._queue.listing if shown else Listing(self._folder)
        for page in self._desk.read_queue():
            read = await asyncio.wrap_future(page)
            if shown:
                if self._queue.extend(read):
                    # Whatever looks for garbage would go through all these lines, and stop the
                    # screen for a third of a second where they are a hundred thousand.
                    gc.freeze()
                    self._count()
                    self._arrange()
            else:
                listing.extend(read)
            if len(read) < PAGE:
                break
        return listing

    async def _replace(self, listing: Listing, aside: Sequence[SetAside]) -> None:
        """Show a listing in place of the one before, as what is wanted of it was found."""
        wanted = None
        while wanted != self._queue.wanted:
            wanted = self._queue.wanted
            chosen = await asyncio.to_thread(listing.selecting(wanted))
        self._queue.replace(listing, chosen, aside)

    def _try_again(self) -> None:
        """Open a photo that could not be opened: its folder may be back."""
        row = self._queue.current
        if self._unopened and isinstance(row, QueueItem) and row.photo_id == self._unopened[0]:
            self._unopened = None
            self._open(row)

    @on(Queue.RowChosen)
    def _show_chosen(self, message: Queue.RowChosen) -> None:
        self._show_row(message.row)

    def _show_row(self, row: Row | None) -> None:
        self._ending = ()
        self._put_away()
        self._unopened = None
        match row:
            case QueueItem() as item:
                self._take_up(item, self._desk.claim(item.photo_id))
                ready = self._ready(item.photo_id)
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

    # The photo

    @work(group="open", exclusive=True)
    async def _open(self, item: QueueItem) -> None:
        waiting = self.set_timer(PATIENCE, partial(self._say_opening, item.photo_id))
        try:
            # What is opened must be what the decision on its way makes of it.
            await self._outbox.wait_until_gone(item.photo_id)
            opened = await asyncio.wrap_future(self._desk.open(item.photo_id))
        except EXPECTED as problem:
            self._unopened = (item.photo_id, str(problem))
            if self._is_current(item.photo_id):
                self._bench.say(str(problem))
                self._details.clear()
        else:
            self._show(opened)
        finally:
            waiting.stop()

    def _say_opening(self, photo_id: int) -> None:
        if self._is_current(photo_id) and self._bench.opened is None:
            self._bench.say(f"Opening {self._queue.name_of(photo_id)} …")

    def _ready(self, photo_id: int) -> DeskPhoto | None:
        return None if self._outbox.holds(photo_id) else self._desk.ready(photo_id)

    def _show(self, opened: DeskPhoto) -> None:
        details, revision = opened.details, opened.details.revision
        if self._ending or not self._is_current(details.photo_id):
            return
        self._outbox.note_seen(details.photo_id)
        self._leave_versions()
        self._bench.show(opened)
        self._pace.begin()
        if not self.too_small:
            self._stopwatch.start(details.photo_id)
        self._take_up_edits(opened)
        self._explain()
        self._details.show(details, None if revision is None else revision.measurements, 0)
        self._recall(details)
        self._show_state()
        self._tell_model()
        # Not before this one is drawn: to open a photo takes the interpreter from who draws.
        self.call_after_refresh(self._prepare)

    def _take_up_edits(self, opened: DeskPhoto) -> None:
        row, draft = self._queue.current, opened.draft
        edits = draft.edits
        self._held = count_held(row, edits) if isinstance(row, QueueItem) else None
        if edits or draft.several:
            self._bench.measure()
        else:
            self._queue.show_edits(opened.details.photo_id, None)

    @work(group="prepare", exclusive=True)
    async def _prepare(self) -> None:
        """Open the photos that come next; what fails now is told when it is wanted."""
        for item, _ in zip(self._queue.waiting(), range(AHEAD), strict=False):
            if not self._outbox.holds(item.photo_id):
                photo = asyncio.wrap_future(self._desk.open(item.photo_id))
                await asyncio.wait([photo])
                if not photo.cancelled():
                    photo.exception()

    @on(Canvas.Reframed)
    def _locate(self, message: Canvas.Reframed) -> None:
        if self._bench.opened is not None:
            self._locator.show(self._bench.opened.picture, message.framing)

    # Moving

    def action_panels(self) -> None:
        """Fold queue and details away, or bring them back."""
        self.toggle_class("-alone")
        self._arrange()

    def action_step(self, rows: int) -> None:
        """Go to another photo, deciding nothing; the next one is one that nobody else has open."""
        if rows == 1:
            self._queue.pass_on()
        else:
            self._queue.action_step(rows)

    def put_tool_away(self) -> None:
        """Put it away; the next key may be here already, and is the queue's."""
        super().put_tool_away()
        if self._bench.bare:
            # The model's outline may have come while something was about to be drawn.
            self.post_message(self.StoreChanged())
        self.set_focus(self._queue)

    @on(Workbench.Set)
    def _give_keys_back(self) -> None:
        """Arrow keys belong to the crosshair or to what is gone through, to the queue else."""
        lines = self._note_line.open or self._search_line.open
        others = self._goes_through or self._filters.has_focus or lines
        if not (self._bench.editing or others or self._queue.has_focus):
            self._queue.focus()

    @on(Workbench.Edited)
    def _show_edited(self, message: Workbench.Edited) -> None:
        opened = message.opened
        if opened is self._bench.opened:
            edits = opened.draft.edits
            since = is_edited_since(self._held, edits)
            measured = message.measurements if opened.has_outline else None
            area = None if measured is None else measured.area_fraction
            self._asked_empty = False
            self._details.show(opened.details, measured, edits, message.lesions)
            self._queue.show_edits(opened.details.photo_id, Unfinished(area, edits > 0, since))
            self._explain()
        self._show_state()
