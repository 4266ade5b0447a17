"""The queue: a line for each photo, and the files that were set aside with their reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from db.values import DecisionKind, QueueItem, SetAside
from imaging.text import printable
from tui.words import percent, shorten

Row = QueueItem | SetAside

GLYPHS: dict[DecisionKind, tuple[str, str]] = {
    DecisionKind.ACCEPTED: ("✓", "accepted"),
    DecisionKind.CORRECTED: ("±", "accepted"),
    DecisionKind.REJECTED: ("✗", "rejected"),
    DecisionKind.NO_LESION: ("∅", "accepted"),
    DecisionKind.SKIPPED: ("»", "quiet"),
}
"""A decided photo's sign and the colour it has."""


def glyph(row: Row) -> tuple[str, str]:
    """A row's sign and the name of its colour."""
    if isinstance(row, SetAside):
        return "!", "aside"
    if row.has_draft and row.decision is None:
        return "◐", "draft"
    if row.decision is not None:
        return GLYPHS[row.decision]
    return ("○", "waiting") if row.segmented else ("·", "quiet")


def key_of(row: Row) -> int | str:
    """What stays the same of a row when the queue is read again."""
    return row.photo_id if isinstance(row, QueueItem) else row.path


class Queue(ScrollView, can_focus=True):
    """All photos in their order, one line each, drawn only where they are seen.

    The set-aside files follow, two lines each: the name, and why.
    """

    DEFAULT_CSS = "Queue { overflow-x: hidden; scrollbar-size-vertical: 1; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"queue--{name}"
        for name in ("name", "done", "quiet", "waiting", "draft", "accepted", "rejected", "aside")
    } | {"queue--cursor", "queue--bar"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
    ]
    cursor: reactive[int | None] = reactive[int | None](None)

    @dataclass
    class RowChosen(Message):
        """The cursor stands on another row; None when there is none."""

        row: Row | None

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._items: list[QueueItem] = []
        self._aside: list[SetAside] = []
        self._marks: dict[int, DecisionKind] = {}
        self._drafted: dict[int, float] = {}

    # What the queue holds

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return None if self.cursor is None else self._row(self.cursor)

    @property
    def items(self) -> Sequence[QueueItem]:
        """The photos, in order."""
        return self._items

    def __len__(self) -> int:
        return len(self._items) + len(self._aside)

    def __bool__(self) -> bool:
        return True

    def waiting(self) -> Iterator[QueueItem]:
        """The undecided photos, those after the cursor first, then from the top."""
        after = 0 if self.cursor is None else min(self.cursor + 1, len(self._items))
        for item in self._items[after:] + self._items[:after]:
            if item.decision is None:
                yield item

    def fill(self, items: Sequence[QueueItem], aside: Sequence[SetAside]) -> None:
        """Show these rows; the cursor stays on its photo, or takes the first that waits."""
        before = self.current
        self._items = [self._marked(item) for item in items]
        self._aside = list(aside)
        self._resize()
        self._place_cursor(before)
        self.refresh()

    def _place_cursor(self, before: Row | None) -> None:
        keys = [key_of(self._row(index)) for index in range(len(self))]
        if before is not None and key_of(before) in keys:
            with self.prevent(self.RowChosen):
                self.set_reactive(Queue.cursor, keys.index(key_of(before)))
            return
        waiting = next(self.waiting(), None) if before is None else None
        if waiting is not None:
            self.cursor = self._items.index(waiting)
        elif keys:
            self.cursor = min(self.cursor or 0, len(keys) - 1)
        else:
            self.cursor = None
        self.post_message(self.RowChosen(self.current))

    def mark(self, photo_id: int, kind: DecisionKind) -> None:
        """Show a decision that is on its way to the database."""
        self._marks[photo_id] = kind
        self._items = [self._marked(item) for item in self._items]
        self.refresh()

    def show_draft(self, photo_id: int, area_fraction: float, drafted: bool) -> None:
        """Show what an edit made of a photo's mask; remembered, as no list reads drafts."""
        self._drafted[photo_id] = area_fraction
        self._items = [
            replace(item, area_fraction=area_fraction, has_draft=drafted)
            if item.photo_id == photo_id
            else item
            for item in self._items
        ]
        self.refresh()

    def unmark(self, photo_id: int) -> None:
        """The database says itself now what was decided."""
        self._marks.pop(photo_id, None)

    def _marked(self, item: QueueItem) -> QueueItem:
        kind = self._marks.get(item.photo_id)
        if item.has_draft and item.decision is None:
            item = replace(item, area_fraction=self._drafted.get(item.photo_id))
        return item if kind is None else replace(item, decision=kind, has_draft=False)

    # Moving

    def choose(self, photo_id: int) -> bool:
        """Go to a photo, also when the cursor is there; False if the queue does not hold it."""
        for index, item in enumerate(self._items):
            if item.photo_id == photo_id:
                self.cursor = index
                self.post_message(self.RowChosen(self.current))
                return True
        return False

    def action_step(self, rows: int) -> None:
        """Move the cursor by this many rows."""
        if len(self):
            start = -1 if self.cursor is None else self.cursor
            self._move(max(0, min(len(self) - 1, start + rows)))

    def action_page(self, direction: int) -> None:
        """Move the cursor by a screenful."""
        self.action_step(direction * max(1, self.size.height - 1))

    def action_end(self, direction: int) -> None:
        """Move the cursor to the first or the last row."""
        self.action_step(direction * len(self))

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked."""
        index = self._index_at(event.y + self.scroll_offset.y)
        if index is not None:
            self._move(index)

    def _move(self, index: int) -> None:
        if index != self.cursor:
            self.cursor = index
            self.post_message(self.RowChosen(self.current))

    def watch_cursor(self) -> None:
        """Keep the cursor in sight."""
        if self.cursor is not None:
            line, height = self._lines_of(self.cursor)
            self.scroll_to_region(Region(0, line, 1, height), animate=False, force=True)
        self.refresh()

    # Drawing

    def on_resize(self) -> None:
        """Draw the rows as wide as there is room, the cursor in sight."""
        self._resize()
        self.watch_cursor()

    def _resize(self) -> None:
        heading = 2 if self._aside and self._items else 1 if self._aside else 0
        height = len(self._items) + heading + 2 * len(self._aside)
        self.virtual_size = Size(self.scrollable_content_region.width, height)

    def _row(self, index: int) -> Row:
        photos = len(self._items)
        return self._items[index] if index < photos else self._aside[index - photos]

    def _aside_start(self) -> int:
        return len(self._items) + (2 if self._items else 1)

    def _lines_of(self, index: int) -> tuple[int, int]:
        """A row's first line and how many lines it has."""
        photos = len(self._items)
        return (index, 1) if index < photos else (self._aside_start() + 2 * (index - photos), 2)

    def _index_at(self, line: int) -> int | None:
        """The row on a line; None on headings and below the end."""
        if line < len(self._items):
            return line
        index = len(self._items) + (line - self._aside_start()) // 2
        return index if line >= self._aside_start() and index < len(self) else None

    def render_line(self, y: int) -> Strip:
        """One line of what is in sight."""
        line, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        index = self._index_at(line)
        if index is not None:
            first, _ = self._lines_of(index)
            return self._strip(self._row(index), index == self.cursor, line - first, width)
        if self._aside and line == self._aside_start() - 1:
            text = set_cell_size(f" Set aside  {len(self._aside)}", width)
            return Strip([Segment(text, self._style("quiet"))], width)
        return Strip.blank(width, self.rich_style)

    def _style(self, name: str, chosen: bool = False) -> Style:
        style = self.get_component_rich_style(f"queue--{name}")
        if not chosen:
            return style
        return style + Style(bgcolor=self.get_component_rich_style("queue--cursor").bgcolor)

    def _strip(self, row: Row, chosen: bool, line: int, width: int) -> Strip:
        bar = Segment("▌" if chosen else " ", self._style("bar", chosen))
        sign, colour = glyph(row)
        if isinstance(row, SetAside):
            text = _reason(row, width - 4) if line else printable(row.name)
            parts = [
                Segment(f"{' ' if line else sign} ", self._style(colour, chosen)),
                self._fill(text, width - 4, self._style("quiet" if line else "name", chosen)),
            ]
        else:
            area = "" if row.area_fraction is None else percent(row.area_fraction)
            name_style = self._style("name" if row.decision is None else "done", chosen)
            parts = [
                Segment(f"{sign} ", self._style(colour, chosen)),
                self._fill(printable(row.name), width - 11, name_style),
                Segment(f" {area:>6}", self._style("quiet", chosen)),
            ]
        end = Segment(" ", self._style("name", chosen))
        return Strip([bar, *parts, end]).adjust_cell_length(width, self._style("name", chosen))

    @staticmethod
    def _fill(text: str, width: int, style: Style) -> Segment:
        short = shorten(text, max(0, width))
        return Segment(short + " " * (width - cell_len(short)), style)


def _reason(file: SetAside, width: int) -> str:
    """The beginning of the reason; the name stands above it already."""
    text = (
        printable(file.reason).removeprefix(printable(file.path)).removeprefix(printable(file.name))
    )
    text = text.lstrip(" :")
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…"
