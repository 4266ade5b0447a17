"""What the review has come to so far: charts, and a line for each reviewer and each model."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from pipeline.counted import counted
from pipeline.review.statistics import (
    Statistics,
    histogram_of_dices,
    histogram_of_seconds,
)
from tui.failures import EXPECTED
from tui.keymap import Keymap
from tui.sentences import ONLY_SKIPPED, nothing_changed, nothing_decided
from tui.surface.room import WIDE
from tui.widgets.charts import Chart
from tui.widgets.keys import Hint, Keys
from tui.widgets.shares import Shares

LOW = 20
"""Lines of a terminal that has room for charts."""


class StatisticsScreen(Screen[None]):
    """Reads the numbers once it is there, and tells them as soon as they are counted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", show=False),
        Binding("q", "dismiss", "Close", show=False, id="quit"),
        Binding("P", "dismiss", "Close", show=False, id="progress"),
        Binding("question_mark", "app.help", "Help", show=False, id="help"),
    ]

    def __init__(self, count: Callable[[], Future[Statistics]], keymap: Keymap) -> None:
        super().__init__()
        self._count = count
        self._keymap = keymap
        self._course = Chart("Photos reviewed", id="course")
        self._kinds = Chart("Photos by decision", id="kinds")
        self._dices = Chart("Dice of corrected outlines", id="dices")
        self._seconds = Chart("Seconds a photo; last bar: as long or longer", id="seconds")
        self._shares = Shares(id="shares")

    def compose(self) -> ComposeResult:
        """The charts over the table; a sentence instead where there is nothing to tell."""
        yield Static(id="statistics-title", markup=False)
        yield Static("Counting …", id="statistics-sentence", markup=False)
        with Container(id="charts"):
            yield self._course
            yield self._dices
            yield self._kinds
            yield self._seconds
        with VerticalScroll(id="statistics-table"):
            yield self._shares
        yield Keys(self._keymap, id="keys")

    def on_mount(self) -> None:
        """Begin to count."""
        back = Hint("esc", "back to the photos")
        self.query_one(Keys).shown = (back, Hint("↑ ↓", "scroll"), "help")
        self._tell("")
        self._read()
        # A chart keeps the colours it was drawn with.
        self.app.theme_changed_signal.subscribe(self, lambda _: self._read())

    def on_resize(self, event: events.Resize) -> None:
        """Show as many charts as there is room for."""
        self.set_class(event.size.width < WIDE, "-narrow")
        self.set_class(event.size.height < LOW, "-low")

    @work(group="statistics", exclusive=True)
    async def _read(self) -> None:
        try:
            found = await asyncio.wrap_future(self._count())
        except EXPECTED as problem:
            self._say(str(problem))
            return
        if found.total.kinds:
            self._show(found)
        else:
            self._say(nothing_decided(self._keymap))

    def _say(self, sentence: str) -> None:
        self.query_one("#statistics-sentence", Static).update(sentence)

    def _show(self, found: Statistics) -> None:
        self.add_class("-counted")
        taken = found.compared
        alike = f"Dice, 1 where nothing was changed, of the last {counted(taken, 'outline')} taken"
        self._tell(alike if taken else "")
        self._kinds.show_kinds(found.total.kinds)
        self._shares.show(found)
        if found.dices:
            self._dices.show_bars(histogram_of_dices(found.dices))
        else:
            self._dices.explain(nothing_changed(taken))
        if found.reviewed:
            self._course.show_course(found.reviewed)
        else:
            self._course.explain(ONLY_SKIPPED)
        if found.seconds:
            self._seconds.show_bars(histogram_of_seconds(found.seconds))
        else:
            self._seconds.explain(ONLY_SKIPPED)
        self.query_one("#statistics-table").focus()

    def _tell(self, beside: str) -> None:
        title = Content.assemble(("Progress", "bold $accent"), ("   " + beside, "$quiet"))
        self.query_one("#statistics-title", Static).update(title)
