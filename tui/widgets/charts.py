"""Charts of what a review has come to, drawn in cells: one colour, and words for the rest."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from math import ceil
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static
from textual_plot import AxisFormatter, HiResMode, PlotWidget

from db.values import DecisionKind
from pipeline.review.statistics import Histogram
from pipeline.review.tally import KINDS

EPOCH = datetime(2000, 1, 1)
"""From which an axis counts its hours, of local times without a zone."""
HOUR, DAY = 1.0, 24.0
STEPS = (
    HOUR / 60,
    HOUR / 12,
    HOUR / 6,
    HOUR / 2,
    HOUR,
    2,
    3,
    6,
    12,
    DAY,
    *(DAY * days for days in (2, 7, 14, 28, 91, 182, 365, 1825)),
)
"""Hours between two marks of an axis."""
MARK = 12
"""Cells of a chart for each mark with its date."""
YEARS = 91 * DAY
"""Between marks that are so far apart, a day tells less than a year."""


class Chart(PlotWidget, can_focus=False):
    """A chart with a title over it, which says what is counted."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"chart--data"}
    DEFAULT_CSS = """
    Chart {
        border-top: blank;
        &> .plot--axis { color: $faint; }
        &> .plot--tick { color: $quiet; text-style: none; }
        &> .chart--data { color: $accent; }
        &> .why { display: none; padding: 0 2; content-align: center middle; text-align: center; }
        &.-empty > Grid { display: none; }
        &.-empty > .why { display: block; width: 1fr; height: 1fr; color: $quiet; }
    }
    """

    def __init__(self, title: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, allow_pan_and_zoom=False)
        self.border_title = title
        # Set like this nobody looks yet for what they are the margins of.
        for margin, cells in ((PlotWidget.margin_top, 0), (PlotWidget.margin_bottom, 1)):
            self.set_reactive(margin, cells)
        self.set_reactive(PlotWidget.margin_left, 7)

    def compose(self) -> ComposeResult:
        """The chart, or a sentence in its place."""
        yield from super().compose()
        yield Static(classes="why", markup=False)

    def explain(self, sentence: str) -> None:
        """Say why there is nothing to show."""
        self.add_class("-empty")
        self.query_one(".why", Static).update(sentence)

    @property
    def _data(self) -> str:
        return str(self.get_component_rich_style("chart--data", partial=True))

    def show_course(self, reviewed: Sequence[tuple[datetime, int]]) -> None:
        """How many photos had been reviewed at which moments."""
        self.clear()
        self.set_x_formatter(Moments(lambda: max(2, self.size.width // MARK)))
        self.set_y_formatter(Counts(lambda: max(2, self.size.height // 3)))
        hours = [(moment - EPOCH) / timedelta(hours=1) for moment, _ in reviewed]
        self.plot(hours, [photos for _, photos in reviewed], self._data, HiResMode.BRAILLE)
        self.set_ylimits(0, None)

    def show_bars(self, histogram: Histogram) -> None:
        """How many there are in each step."""
        self.clear()
        self.set_y_formatter(Counts(lambda: max(2, self.size.height // 3)))
        middles = [(place + 0.5) * histogram.step for place in range(len(histogram.counts))]
        self.bar(middles, list(histogram.counts), histogram.step, self._data, HiResMode.HALFBLOCK)
        self.set_xlimits(0, histogram.step * len(histogram.counts))

    def show_kinds(self, kinds: Mapping[DecisionKind, int]) -> None:
        """How many photos were decided how."""
        self.clear()
        counts = [kinds.get(kind, 0) for kind in KINDS]
        self.bar([str(kind) for kind in KINDS], counts, None, self._data, HiResMode.HALFBLOCK)
        self.set_y_formatter(Counts(lambda: max(2, self.size.height // 3)))


class Moments(AxisFormatter):
    """Marks at whole hours, days, weeks or months, no more than `most` says."""

    def __init__(self, most: Callable[[], int]) -> None:
        self._most = most

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 0) -> list[float]:  # noqa: ARG002
        """Where the marks are, in hours since the epoch."""
        step = next((step for step in STEPS if max_ - min_ <= step * self._most()), STEPS[-1])
        first = ceil(min_ / step) * step
        return [first + place * step for place in range(int((max_ - first) // step) + 1)]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        """The day, the time of the day between days, or the month of a year."""
        far = len(ticks) > 1 and ticks[1] - ticks[0] >= YEARS
        return [_label(EPOCH + timedelta(hours=tick), far) for tick in ticks]


def _label(at: datetime, far: bool) -> str:
    if far:
        return f"{at:%b %Y}"
    return f"{at.day} {at:%b}" if at.hour == 0 else f"{at:%H:%M}"


class Counts(AxisFormatter):
    """Marks at every whole number, at every second, fifth, tenth and so on, as `most` says."""

    def __init__(self, most: Callable[[], int]) -> None:
        self._most = most

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 0) -> list[float]:  # noqa: ARG002
        """Where the marks are."""
        steps = (step * 10**power for power in count() for step in (1, 2, 5))
        step = next(step for step in steps if step * self._most() >= max_)
        return [float(mark) for mark in range(0, int(max_) + 1, step)]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        """The numbers."""
        return [f"{tick:.0f}" for tick in ticks]
