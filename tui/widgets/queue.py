"""The queue: a line for each photo, and the files that were set aside with their reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import set_cell_size
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
from pipeline.review.tally import Tally
from pipeline.review.waiting import Said, Unfinished
from tui.names import reason_of
from tui.rows import Row, Rows, key_of
from tui.words import FLAG, cells, cut, percent

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
    if row.edited_since:
        return "✎", "since"
    if row.decision is not None:
        return GLYPHS[row.decision]
    return ("○", "waiting") if row.segmented else ("·", "quiet")


class Queue(ScrollView, can_focus=True):
    """All photos in their order, one line each, drawn only where they are seen.

    The set-aside files follow, two lines each: the path below the folder, and why.
    """

    DEFAULT_CSS = "Queue { overflow-x: hidden; scrollbar-size-vertical: 1; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"queue--{name}"
        for name in ("name", "done", "quiet", "waiting", "draft", "since", "accepted", "rejected")
    } | {"queue--aside", "queue--cursor", "queue--bar"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
    ]
    cursor: reactive[int | None] = reactive[int | None](None, repaint=False)

    @dataclass
    class RowChosen(Message):
        """The cursor stands on another row; None when there is none."""

        row: Row | None

    def __init__(self, folder: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._rows = Rows(folder)
        self._left = False

    # What the queue holds

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return None if self.cursor is None else self._rows[self.cursor]

    @property
    def items(self) -> Sequence[QueueItem]:
        """The photos, in order."""
        return self._rows.items

    @property
    def tally(self) -> Tally:
        """How the photos stand."""
        return self._rows.tally

    def __len__(self) -> int:
        return len(self._rows)

    def __bool__(self) -> bool:
        return True

    def waiting(self) -> Iterator[QueueItem]:
        """What is to be decided, in order; undecided photos after the cursor come first."""
        after = 0 if self.cursor is None else min(self.cursor + 1, len(self.items))
        return self._rows.waiting(after)

    def skipped(self) -> list[QueueItem]:
        """The skipped photos, the first skipped first."""
        return self._rows.skipped()

    def name_of(self, photo_id: int) -> str:
        """What to call a photo so that it is no other one; safe to show."""
        index = self._rows.place(photo_id)
        return "A photo" if index is None else self._rows.name(index)

    def fill(self, items: Sequence[QueueItem], aside: Sequence[SetAside]) -> None:
        """Show these rows.

        The cursor stays on its photo, and that on its line of the screen; without a photo it takes
        the first that waits.
        """
        before, line = self.current, self._line_in_sight()
        self._rows.fill(items, aside)
        self._resize()
        place = None if before is None else self._rows.place(key_of(before))
        if place is None:
            self._place_cursor(before)
        else:
            self.set_reactive(Queue.cursor, place)
        if line is not None:
            self._keep_on(line)
        self.refresh()

    def _place_cursor(self, before: Row | None) -> None:
        waiting = next(self.waiting(), None) if before is None else None
        if waiting is not None:
            self.cursor = self._rows.place(waiting.photo_id)
        elif len(self):
            self.cursor = min(self.cursor or 0, len(self) - 1)
        else:
            self.cursor = None
        self._left = False
        self._keep_cursor_in_sight()
        self.post_message(self.RowChosen(self.current))

    def mark(self, photo_id: int, said: Said) -> None:
        """Show a decision that is on its way to the database, or was taken back in it."""
        self._rows.mark(photo_id, said)
        self._refresh_row(self._rows.place(photo_id))

    def show_edits(self, photo_id: int, made: Unfinished | None) -> None:
        """Show what edits made of a photo's mask; remembered, as no list reads them."""
        self._rows.show_edits(photo_id, made)
        self._refresh_row(self._rows.place(photo_id))

    def unmark(self, photo_id: int) -> None:
        """The database says itself now what was decided: to a reading that begins from now on."""
        self._rows.unmark(photo_id)

    def begin_reading(self) -> None:
        """What `fill` will be given is read from now on."""
        self._rows.begin_reading()

    # Moving

    def choose(self, photo_id: int) -> bool:
        """Go to a photo, of which no `RowChosen` tells; False if the queue does not hold it."""
        index = self._rows.place(photo_id)
        if index is not None:
            self.cursor, self._left = index, False
        return index is not None

    def leave(self) -> None:
        """The photo under the cursor is not shown any more: a step back leads to it."""
        self._left = True

    def action_step(self, rows: int) -> None:
        """Move the cursor by this many rows."""
        if len(self):
            start = -1 if self.cursor is None else self.cursor
            if self._left and rows < 0:
                rows += 1
            self._move(max(0, min(len(self) - 1, start + rows)))

    def action_page(self, direction: int) -> None:
        """Move the cursor by a screenful."""
        self.action_step(direction * max(1, self.size.height - 1))

    def action_end(self, direction: int) -> None:
        """Move the cursor to the first or the last row."""
        self.action_step(direction * len(self))

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked."""
        at = event.get_content_offset(self)
        index = None if at is None else self._index_at(at.y + self.scroll_offset.y)
        if index is not None:
            self._move(index)

    def _move(self, index: int) -> None:
        if index != self.cursor or self._left:
            self._go(index)

    def _go(self, index: int) -> None:
        self.cursor, self._left = index, False
        self.post_message(self.RowChosen(self.current))

    def watch_cursor(self, before: int | None, cursor: int | None) -> None:
        """Keep the cursor in sight."""
        self._keep_cursor_in_sight()
        self._refresh_row(before)
        self._refresh_row(cursor)

    def _keep_cursor_in_sight(self) -> None:
        if self.cursor is not None:
            line, height = self._lines_of(self.cursor)
            self.scroll_to_region(Region(0, line, 1, height), animate=False, force=True)

    def _refresh_row(self, index: int | None) -> None:
        """Draw a row again, if there is one."""
        if index is not None:
            self.refresh_lines(*self._lines_of(index))

    def _line_in_sight(self) -> int | None:
        """The line of the screen on which the cursor is; None where it is out of sight."""
        if self.cursor is None:
            return None
        line = self._lines_of(self.cursor)[0] - self.scroll_offset.y
        return line if 0 <= line < self.scrollable_content_region.height else None

    def _keep_on(self, line: int) -> None:
        """Scroll so that the cursor is on this line of the screen, or as near as can be."""
        if self.cursor is not None:
            top = self._lines_of(self.cursor)[0] - line
            self.scroll_to(y=top, animate=False, force=True)
            self._keep_cursor_in_sight()

    # Drawing

    def on_resize(self) -> None:
        """Draw the rows as wide as there is room, the cursor in sight."""
        self._resize()
        self._keep_cursor_in_sight()

    def _resize(self) -> None:
        photos, aside = len(self.items), len(self._rows.aside)
        heading = 2 if aside and photos else 1 if aside else 0
        height = photos + heading + 2 * aside
        self.virtual_size = Size(self.scrollable_content_region.width, height)

    def _aside_start(self) -> int:
        return len(self.items) + (2 if self.items else 1)

    def _lines_of(self, index: int) -> tuple[int, int]:
        """A row's first line and how many lines it has."""
        photos = len(self.items)
        return (index, 1) if index < photos else (self._aside_start() + 2 * (index - photos), 2)

    def _index_at(self, line: int) -> int | None:
        """The row on a line; None on headings and below the end."""
        if line < len(self.items):
            return line
        index = len(self.items) + (line - self._aside_start()) // 2
        return index if line >= self._aside_start() and index < len(self) else None

    def render_line(self, y: int) -> Strip:
        """One line of what is in sight."""
        line, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        index = self._index_at(line)
        if index is not None:
            first, _ = self._lines_of(index)
            return self._strip(index, line - first, width)
        if self._rows.aside and line == self._aside_start() - 1:
            text = set_cell_size(f" Set aside  {len(self._rows.aside)}", width)
            return Strip([Segment(text, self._style("quiet"))], width)
        return Strip.blank(width, self.rich_style)

    def _style(self, name: str, chosen: bool = False) -> Style:
        style = self.get_component_rich_style(f"queue--{name}")
        if not chosen:
            return style
        return style + Style(bgcolor=self.get_component_rich_style("queue--cursor").bgcolor)

    def _strip(self, index: int, line: int, width: int) -> Strip:
        row, chosen = self._rows[index], index == self.cursor
        bar = Segment("▌" if chosen else " ", self._style("bar", chosen))
        if isinstance(row, SetAside):
            parts = self._aside_parts(index, row, line, width - 4)
        else:
            parts = self._photo_parts(index, row, width - 11)
        end = Segment(" ", self._style("name", chosen))
        return Strip([bar, *parts, end]).adjust_cell_length(width, self._style("name", chosen))

    def _photo_parts(self, index: int, row: QueueItem, room: int) -> list[Segment]:
        chosen, (sign, colour) = index == self.cursor, glyph(row)
        area = "" if row.area_fraction is None else percent(row.area_fraction)
        style = "name" if row.decision is None or row.edited_since else "done"
        return [
            Segment(sign, self._style(colour, chosen)),
            Segment(FLAG if row.flag else " ", self._style("draft", chosen)),
            _fill(self._rows.name(index, room), room, self._style(style, chosen)),
            Segment(f" {area:>6}", self._style("quiet", chosen)),
        ]

    def _aside_parts(self, index: int, row: SetAside, line: int, room: int) -> list[Segment]:
        chosen, (sign, colour) = index == self.cursor, glyph(row)
        text = cut(reason_of(row), room) if line else self._rows.name(index, room)
        return [
            Segment(f"{' ' if line else sign} ", self._style(colour, chosen)),
            _fill(text, room, self._style("quiet" if line else "name", chosen)),
        ]


def _fill(text: str, width: int, style: Style) -> Segment:
    return Segment(text + " " * (width - cells(text)), style)
