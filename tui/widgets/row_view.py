"""Rows of photos and of files that were set aside, drawn only where they are seen."""

from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from db.values import DecisionKind, QueueItem, SetAside
from imaging.text import printable
from tui.names import reason_of
from tui.rows import Row, Rows
from tui.words import FLAG, cells, cut, folded, percent

GLYPHS: dict[DecisionKind, tuple[str, str]] = {
    DecisionKind.ACCEPTED: ("✓", "accepted"),
    DecisionKind.CORRECTED: ("±", "accepted"),
    DecisionKind.REJECTED: ("✗", "rejected"),
    DecisionKind.NO_LESION: ("∅", "accepted"),
    DecisionKind.SKIPPED: ("»", "quiet"),
}
"""A decided photo's sign and the colour it has."""

BESIDE_NAMES = 11
"""Cells of a row for the cursor, the signs, the area, and the scroll bar's side."""
BESIDE = 6
"""Cells of these for the area."""


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


class RowView(ScrollView):
    """A line each; the set-aside files follow, two lines each: the path below the folder, and why.

    One row has the cursor, which is kept in sight.
    """

    DEFAULT_CSS = "RowView { overflow-x: hidden; scrollbar-size-vertical: 1; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"queue--{name}"
        for name in ("name", "done", "quiet", "waiting", "draft", "since", "accepted", "rejected")
    } | {"queue--aside", "queue--cursor", "queue--bar"}
    cursor: reactive[int | None] = reactive[int | None](None, repaint=False)

    def __init__(self, folder: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._headed = ""
        self._rows = Rows(folder)
        self._styles: dict[tuple[str, bool], Style] = {}
        """As found: Textual forgets them with each row, and takes longer to find than to draw."""
        self.empty = ""
        """What is said where no row is shown."""

    def __len__(self) -> int:
        return len(self._rows)

    def __bool__(self) -> bool:
        return True

    def wish_width(self, least: int, most: int) -> int:
        """Cells in which all names have room, within bounds."""
        return max(least, min(most, self._rows.widest + BESIDE_NAMES))

    def watch_cursor(self, before: int | None, cursor: int | None) -> None:
        """Keep the cursor in sight."""
        self.keep_cursor_in_sight()
        self.refresh_row(before)
        self.refresh_row(cursor)

    def keep_cursor_in_sight(self) -> None:
        """Scroll as far as that needs."""
        if self.cursor is not None:
            line, height = self._lines_of(self.cursor)
            self.scroll_to_region(Region(0, line, 1, height), animate=False, force=True)

    def refresh_row(self, index: int | None) -> None:
        """Draw a row again, if there is one."""
        if index is not None and index < len(self):
            self.refresh_lines(*self._lines_of(index))

    def on_resize(self) -> None:
        """Draw the rows as wide as there is room, the cursor in sight."""
        self._resize()
        self.keep_cursor_in_sight()

    def watch_show_vertical_scrollbar(self) -> None:
        """Have the columns' names stand over them, also where a bar takes of their room."""
        if self.is_mounted:
            self._resize()

    def _head(self) -> None:
        """Say above the rows what their columns are."""
        room = max(0, self.scrollable_content_region.width - BESIDE_NAMES)
        width, beside = self._rows.columns(room)
        names = f"{'photo':<{width + 1}}folder" if beside else "photo"
        head = f"  {cut(names.ljust(room), room)}{'area':>7}"
        # To set it draws all rows anew, the same or not.
        if head != self._headed:
            self._headed = self.border_title = head

    def _resize(self) -> None:
        photos, aside = len(self._rows.items), len(self._rows.aside)
        heading = 2 if aside and photos else 1 if aside else 0
        height = photos + heading + 2 * aside
        self.virtual_size = Size(self.scrollable_content_region.width, height)
        self._head()

    def _aside_start(self) -> int:
        return len(self._rows.items) + (2 if self._rows.items else 1)

    def _lines_of(self, index: int) -> tuple[int, int]:
        """A row's first line and how many lines it has."""
        photos = len(self._rows.items)
        return (index, 1) if index < photos else (self._aside_start() + 2 * (index - photos), 2)

    def _index_at(self, line: int) -> int | None:
        """The row on a line; None on headings and below the end."""
        if line < len(self._rows.items):
            return line
        index = len(self._rows.items) + (line - self._aside_start()) // 2
        return index if line >= self._aside_start() and index < len(self) else None

    def render_line(self, y: int) -> Strip:
        """One line of what is in sight."""
        line, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        index = self._index_at(line)
        if index is not None:
            first, _ = self._lines_of(index)
            return self._strip(index, line - first, width)
        if not len(self):
            lines = folded(self.empty, width - 2)
            text = f" {lines[y]}" if y < len(lines) else ""
            return Strip([Segment(set_cell_size(text, width), self._style("quiet"))], width)
        if self._rows.aside and line == self._aside_start() - 1:
            text = set_cell_size(f" Set aside  {len(self._rows.aside)}", width)
            return Strip([Segment(text, self._style("quiet"))], width)
        return Strip.blank(width, self.rich_style)

    def notify_style_update(self) -> None:
        """Other styles hold."""
        self._styles.clear()
        super().notify_style_update()

    def _style(self, name: str, chosen: bool = False) -> Style:
        found = self._styles.get((name, chosen))
        if found is None:
            found = self.get_component_rich_style(f"queue--{name}")
            if chosen:
                cursor = self.get_component_rich_style("queue--cursor")
                found += Style(bgcolor=cursor.bgcolor)
            self._styles[name, chosen] = found
        return found

    def _strip(self, index: int, line: int, width: int) -> Strip:
        row, chosen = self._rows[index], index == self.cursor
        bar = Segment("▌" if chosen else " ", self._style("bar", chosen))
        if isinstance(row, SetAside):
            parts = self._aside_parts(index, row, line, width - 4)
        else:
            parts = self._photo_parts(index, row, width - BESIDE_NAMES)
        end = Segment(" ", self._style("name", chosen))
        return Strip([bar, *parts, end]).adjust_cell_length(width, self._style("name", chosen))

    def _photo_parts(self, index: int, row: QueueItem, room: int) -> list[Segment]:
        chosen, (sign, colour) = index == self.cursor, glyph(row)
        style = "name" if row.decision is None or row.edited_since else "done"
        return [
            Segment(sign, self._style(colour, chosen)),
            Segment(FLAG if row.flag else " ", self._style("draft", chosen)),
            *self._named(index, room, style, row.flag),
            self._beside(row, chosen),
        ]

    def _beside(self, row: QueueItem, chosen: bool) -> Segment:
        """How large its outline is, or else who has it open in another session."""
        holder = self._rows.taken.get(row.photo_id)
        if holder is not None:
            name = cut(printable(holder), BESIDE)
            return Segment(" " * (BESIDE + 1 - cells(name)) + name, self._style("since", chosen))
        area = "" if row.area_fraction is None else percent(row.area_fraction)
        return Segment(f" {area:>{BESIDE}}", self._style("quiet", chosen))

    def _named(self, index: int, room: int, style: str, flagged: bool) -> list[Segment]:
        """A photo's name, and beside it its folder where there is room for all of them."""
        width, beside = self._rows.columns(room)
        chosen = index == self.cursor
        bright = self._style(style, chosen)
        if not beside:
            return [_name(self._rows.name(index, room), room, bright, flagged)]
        name, folder = self._rows.parts(index, beside)
        faint = self._style("quiet", chosen)
        return [_name(name, width + 1, bright, flagged), _fill(folder, beside, faint)]

    def _aside_parts(self, index: int, row: SetAside, line: int, room: int) -> list[Segment]:
        chosen, (sign, colour) = index == self.cursor, glyph(row)
        text = cut(reason_of(row), room) if line else self._rows.name(index, room)
        return [
            Segment(f"{' ' if line else sign} ", self._style(colour, chosen)),
            _fill(text, room, self._style("quiet" if line else "name", chosen)),
        ]


def _name(text: str, width: int, style: Style, flagged: bool) -> Segment:
    """A name, away from the flag before it where there is room for that."""
    apart = flagged and cells(text) < width
    return _fill(f" {text}" if apart else text, width, style)


def _fill(text: str, width: int, style: Style) -> Segment:
    return Segment(text + " " * (width - cells(text)), style)
