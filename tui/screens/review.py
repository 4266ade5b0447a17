"""The screen where photos are reviewed: queue, photo, details, and what each key does."""

from collections.abc import Awaitable
from functools import partial
from time import monotonic

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Container
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Static

from db.values import DecisionKind, QueueItem, SetAside
from imaging.text import printable
from pipeline.draft import OpenPhoto
from pipeline.ingest import IngestProgress
from pipeline.reshaped import Reshaped
from pipeline.review import ReviewSession
from tui.deck import Deck
from tui.failures import EXPECTED
from tui.jobs import Jobs
from tui.screens.editing import EditingScreen
from tui.stopwatch import Stopwatch
from tui.terminal import LEAST_HEIGHT, LEAST_WIDTH
from tui.widgets.details import Details
from tui.widgets.progress import Progress
from tui.widgets.queue import Queue
from tui.widgets.workbench import Workbench
from tui.words import describe

WIDE = 100
PREPARED = 2
"""Waiting photos opened ahead."""
PATIENCE = 0.15
"""Seconds before a photo that is still opening is announced; most are there sooner."""
NEWS_EVERY = 0.3
"""Seconds between two readings of the queue while photos come in, at least."""
PAUSE_PER_READING = 5
"""A queue that takes long to read is read the less often."""

EMPTY = (
    "There are no photos in this folder yet.\n\n"
    "Drop some into it (JPEG, PNG or HEIC): they appear here by themselves."
)
ALL_DONE = (
    "Every photo is reviewed.\n\n"
    "New ones appear by themselves. k goes back, U takes the last decision back."
)


class ReviewScreen(EditingScreen):
    """Wires queue, workbench and details to the session; whatever blocks runs on its threads."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012
    AUTO_FOCUS = "#queue"

    too_small: reactive[bool] = reactive(False, init=False, bindings=True)

    def __init__(self, session: ReviewSession, jobs: Jobs, folder: str, reviewer: str) -> None:
        super().__init__(session, jobs, reviewer)
        self._deck = Deck(session, jobs)
        self._stopwatch = Stopwatch()
        self._progress = Progress(folder, id="progress")
        self._queue = Queue(id="queue")
        self._details = Details(id="details")
        self._all_done = False
        self._unopened: tuple[int, str] | None = None
        self._reading = self._read_again = False
        self._reading_took = 0.0
        self._news: Timer | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom; the sentence for small terminals is hidden until it is needed."""
        yield self._progress
        with Container(id="table"):
            yield self._queue
            yield self._bench
            yield self._details
        yield self._status
        yield self._keys
        yield Static(id="too-small", markup=False)

    def on_mount(self) -> None:
        """Read the queue for the first time."""
        self._read_queue()

    def on_resize(self, event: events.Resize) -> None:
        """Arrange for the terminal's size, or say that it is too small."""
        width, height = event.size
        self._details.compact = width < WIDE
        self.too_small = width < LEAST_WIDTH or height < LEAST_HEIGHT
        self.query_one("#too-small", Static).update(
            f"This terminal is {width} × {height}.\nnevus needs {LEAST_WIDTH} × {LEAST_HEIGHT}: "
            "make the window larger, or its letters smaller."
        )

    def watch_too_small(self, too_small: bool) -> None:
        """Hide everything a decision could be made on."""
        self.set_class(too_small, "-too-small")
        self.query_one("#table").disabled = too_small
        opened = self._bench.opened
        if too_small:
            self._bench.stop_editing()
            self._stopwatch.stop()
            return
        self._queue.focus()
        if opened is not None:
            self._stopwatch.start(opened.details.photo_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:  # noqa: ARG002
        """Nothing is done unseen, and editing is only ended where it began."""
        if self.too_small:
            return False
        return self._bench.editing if action == "stop_editing" else True

    # The queue

    def hear(self, progress: IngestProgress) -> None:
        """Show how far ingest is, and before long what it brought."""
        before, self._progress.progress = self._progress.progress, progress
        if progress.message and (before is None or before.message != progress.message):
            self._say(progress.message, "warning")
        if self._news is None:
            pause = max(NEWS_EVERY, PAUSE_PER_READING * self._reading_took)
            self._news = self.set_timer(pause, self._read_news)

    def _read_news(self) -> None:
        self._news = None
        self._read_queue()

    def _read_queue(self) -> None:
        self._read_again = self._reading
        if not self._reading:
            self._reading = True
            session = self._session
            self._fill_queue(self._jobs.store(lambda: (session.queue(), session.set_aside())))

    @work(group="queue")
    async def _fill_queue(self, rows: Awaitable[tuple[list[QueueItem], list[SetAside]]]) -> None:
        started = monotonic()
        try:
            items, aside = await rows
        except EXPECTED as problem:
            self._complain(problem)
        else:
            self._queue.fill(items, aside)
            self._progress.shown = (len(items), len(aside))
            self._look_at_news(items)
            self._explain()
        finally:
            self._reading = False
            self._reading_took = monotonic() - started
        if self._read_again:
            self._read_queue()

    def _look_at_news(self, items: list[QueueItem]) -> None:
        """Open what has an outline now, and go to work that came after all was done."""
        for item in items:
            ready = self._deck.ready(item.photo_id)
            if ready is not None and ready.editor is None and item.segmented:
                self._deck.drop(item.photo_id)
                if ready is self._bench.opened:
                    self._open(item)
        if self._all_done:
            self._go_on()
        self._try_again()

    def _try_again(self) -> None:
        """Open a photo that could not be opened: its folder may be back."""
        row = self._queue.current
        if self._unopened and isinstance(row, QueueItem) and row.photo_id == self._unopened[0]:
            self._unopened = None
            self._open(row)

    @on(Queue.RowChosen)
    def _show_row(self, message: Queue.RowChosen) -> None:
        self._all_done = False
        self._put_away()
        self._unopened = None
        match message.row:
            case QueueItem() as item:
                ready = self._deck.ready(item.photo_id)
                if ready is None:
                    self._open(item)
                else:
                    self._show(ready)
            case SetAside() as file:
                self._bench.say(
                    f"{printable(file.name)} was set aside.\n\n{printable(file.reason)}"
                )
                self._details.show_aside(file)
            case None:
                self._bench.say(EMPTY)
                self._details.clear()

    def _put_away(self) -> None:
        self._stopwatch.stop()
        self._bench.take_away()
        self.score = None

    # The photo

    @work(group="open", exclusive=True)
    async def _open(self, item: QueueItem) -> None:
        name = printable(item.name)
        waiting = self.set_timer(PATIENCE, partial(self._say_opening, item.photo_id, name))
        try:
            opened = await self._deck.open(item.photo_id)
        except EXPECTED as problem:
            self._unopened = (item.photo_id, str(problem))
            if self._is_current(item.photo_id):
                self._bench.say(printable(str(problem)))
                self._details.clear()
        else:
            self._show(opened)
        finally:
            waiting.stop()

    def _say_opening(self, photo_id: int, name: str) -> None:
        if self._is_current(photo_id) and self._bench.opened is None:
            self._bench.say(f"Opening {name} …")

    def _is_current(self, photo_id: int) -> bool:
        row = self._queue.current
        return isinstance(row, QueueItem) and row.photo_id == photo_id

    def _show(self, opened: OpenPhoto) -> None:
        details, editor = opened.details, opened.editor
        if self._all_done or not self._is_current(details.photo_id):
            return
        self._bench.show(opened)
        if not self.too_small:
            self._stopwatch.start(details.photo_id)
        self._explain()
        revision = details.revision
        self._details.show(details, None if revision is None else revision.measurements, 0)
        if editor is not None and editor.edits:
            self._bench.measure()
        self._show_state()
        self._prepare()

    def _explain(self) -> None:
        """Say why the open photo stands where it stands, which changes with the queue."""
        row, opened = self._queue.current, self._bench.opened
        if isinstance(row, QueueItem) and opened and row.photo_id == opened.details.photo_id:
            self._details.explain(row.reason)

    @work(group="prepare", exclusive=True)
    async def _prepare(self) -> None:
        """Open the photos that come next, so that moving on shows them at once."""
        for item, _ in zip(self._queue.waiting(), range(PREPARED), strict=False):
            await self._deck.prepare(item.photo_id)

    # Decisions

    def action_decide(self, kind: str) -> None:
        """Decide the photo that is seen, and go on to the next one waiting."""
        opened, decision = self._bench.opened, DecisionKind(kind)
        if opened is None or not self._is_current(opened.details.photo_id):
            self._say(self._why_undecided())
            return
        editor = opened.editor
        if decision is DecisionKind.ACCEPTED and editor is None:
            self._say("There is no outline to accept yet. n, r and s work without one.", "warning")
            return
        corrected = decision is DecisionKind.ACCEPTED and self._bench.edited
        self._queue.mark(opened.details.photo_id, DecisionKind.CORRECTED if corrected else decision)
        self._store(opened, decision)
        self._go_on()

    def _why_undecided(self) -> str:
        match self._queue.current:
            case SetAside():
                return "This file is no photo, so there is nothing to decide. j goes on."
            case QueueItem() as item if self._unopened and self._unopened[0] == item.photo_id:
                return "Nothing is decided on a photo that can't be opened. j goes on to the next."
            case QueueItem() if not self._all_done:
                return "No photo is open yet. Press again when you see it."
        return "There is no photo to decide."

    def _store(self, opened: OpenPhoto, decision: DecisionKind) -> None:
        photo_id = opened.details.photo_id
        seconds, score = self._stopwatch.seconds(photo_id), self.score
        self._stopwatch.reset(photo_id)
        self._deck.drop(photo_id)
        decide = partial(self._session.decide, opened, decision, seconds, score)
        self._settle(opened, self._jobs.store(decide))

    @work(group="decide")
    async def _settle(self, opened: OpenPhoto, stored: Awaitable[Reshaped | None]) -> None:
        photo_id = opened.details.photo_id
        try:
            change = await stored
            if change is not None:
                self._say(f"{opened.details.name} {describe(change)}", "warning")
        except EXPECTED as problem:
            self._complain(problem)
        finally:
            self._deck.drop(photo_id)
            self._queue.unmark(photo_id)
            self._read_queue()

    def _go_on(self) -> None:
        waiting = next(self._queue.waiting(), None)
        if waiting is not None:
            self._queue.choose(waiting.photo_id)
        elif not self._all_done:
            self._put_away()
            self._all_done = True
            self._bench.say(ALL_DONE)
            self._details.clear()

    def action_take_back(self) -> None:
        """Take the last decision back and go to its photo."""
        self._return_to(self._jobs.store(self._session.take_back))

    @work(group="decide")
    async def _return_to(self, taken: Awaitable[int | None]) -> None:
        try:
            photo_id = await taken
        except EXPECTED as problem:
            self._complain(problem)
            return
        if photo_id is None:
            self._say("There is no decision to take back.")
            return
        self._deck.drop(photo_id)
        if not self._queue.choose(photo_id):
            self._say("The decision is taken back. Its photo is not in this folder.")
        self._read_queue()

    # Moving

    def action_step(self, rows: int) -> None:
        """Go to another photo, deciding nothing."""
        self._queue.action_step(rows)

    def action_stop_editing(self) -> None:
        """Put the brush away; the next key may be here already, and is the queue's."""
        super().action_stop_editing()
        self.set_focus(self._queue)

    @on(Workbench.Set)
    def _give_keys_back(self) -> None:
        """Arrow keys belong to the crosshair while editing, to the queue else."""
        if not self._bench.editing:
            self._queue.focus()

    @on(Workbench.Edited)
    def _show_edited(self, message: Workbench.Edited) -> None:
        opened = message.opened
        if opened is self._bench.opened and opened.editor is not None:
            edits = opened.editor.edits
            self._details.show(opened.details, message.measurements, edits)
            self._queue.show_draft(
                opened.details.photo_id, message.measurements.area_fraction, edits > 0
            )
        self._show_state()
