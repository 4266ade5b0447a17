"""The lines of a page of photos: each with a frame, its picture and its text, made when seen."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from db.values import QueueItem
from pipeline.review.sheet import Bar
from tui.colour_app import Reduction
from tui.surface.joined import JoinedStrip
from tui.widgets.captions import Naming, Part, fact_line, name_line, placard
from tui.widgets.photo_view import is_filtered
from tui.widgets.thumbs import Thumb
from tui.widgets.tiles import FRAME, TEXT, Tiles

COLOURS = ("name", "done", "quiet", "waiting", "draft", "since", "accepted", "rejected", "aside")


class SheetView(Widget):
    """Draws what `tiles`, `items` and the others say; lines and strips are made once."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"sheet--{name}" for name in COLOURS} | {
        *("sheet--frame", "sheet--missing", "sheet--out")
    }

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.tiles = Tiles.filling(0, 0, 0)
        """Where the photos lie."""
        self._lines: dict[int, Strip] = {}
        self._strips: dict[Part, Strip] = {}
        self._page: Sequence[QueueItem] | None = None
        self._bars: Mapping[int, Bar | None] = {}

    # What is drawn

    @property
    def items(self) -> Sequence[QueueItem]:
        """The photos of the page."""
        raise NotImplementedError

    def bars(self) -> Mapping[int, Bar | None]:
        """What keeps each of them back, by their ids."""
        raise NotImplementedError

    @property
    def framed(self) -> int | None:
        """The place of the photo with the frame."""
        raise NotImplementedError

    def thumb(self, item: QueueItem) -> Thumb | None:
        """A photo drawn small, if it is."""
        raise NotImplementedError

    def is_out(self, item: QueueItem) -> bool:
        """Whether a photo was taken out."""
        raise NotImplementedError

    def naming(self, place: int) -> Naming:
        """The number of a photo, and its name beside those of the page."""
        raise NotImplementedError

    def holder(self, item: QueueItem) -> str:
        """Who else has a photo open; empty where nobody has."""
        raise NotImplementedError

    # When it is

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Draw these cells again, or all of them."""
        self._page = None
        if regions:
            for region in regions:
                for y in region.line_range:
                    self._lines.pop(y, None)
        else:
            self._lines.clear()
            self._strips.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in a part of the sheet, as they are where no colour becomes another one."""
        if is_filtered(self):
            return super().render_lines(crop)
        return [self.render_line(y).crop(*crop.column_span) for y in crop.line_range]

    def render_line(self, y: int) -> Strip:
        """A line through a row of photos."""
        if self._page is None:
            self._page, self._bars = self.items, self.bars()
        if y not in self._lines:
            self._lines[y] = self._line(y, self._page)
        return self._lines[y]

    # Lines

    def _line(self, y: int, page: Sequence[QueueItem]) -> Strip:
        tiles = self.tiles
        row, line = divmod(y, tiles.height + TEXT + FRAME)
        start = row * tiles.columns
        items = page[start : start + tiles.columns] if row < tiles.rows else []
        if line == 0:
            pieces = [self._rule(place) for place in range(start, start + tiles.columns)]
        else:
            pieces = [
                piece
                for place, item in enumerate(items, start)
                for piece in self._across(item, place, line - 1)
            ]
        used = tiles.left + sum(piece.cell_length for piece in pieces)
        return JoinedStrip([self._blank(tiles.left), *pieces, self._blank(self.size.width - used)])

    def _rule(self, place: int) -> Strip:
        """Above a photo and below another one: the frame's upper or lower line, or none."""
        width = self.tiles.width
        if self.framed == place:
            return self._text((f"┏{'━' * width}┓", "frame"))
        if self.framed == place - self.tiles.columns:
            return self._text((f"┗{'━' * width}┛", "frame"))
        return self._blank(width + 2 * FRAME)

    def _across(self, item: QueueItem, place: int, line: int) -> list[Strip]:
        """A line of one photo, or of the text below it, with its frame."""
        side = self._text(("┃" if place == self.framed else " ", "frame"))
        if line < self.tiles.height:
            return [side, self._picture(item, line), side]
        return [side, *map(self._text, self._parts(item, place, line)), side]

    def _parts(self, item: QueueItem, place: int, line: int) -> list[Part]:
        width = self.tiles.width
        if line == self.tiles.height:
            return name_line(item, self.naming(place), width)
        return fact_line(item, self._bars.get(item.photo_id), self.holder(item), width)

    def _picture(self, item: QueueItem, line: int) -> Strip:
        thumb = self.thumb(item)
        if thumb is None:
            return self._placard("…", "missing", line)
        if thumb.failure:
            return self._placard(thumb.failure, "missing", line)
        if self.is_out(item) and line == (self.tiles.height - 1) // 2:
            return self._placard("taken out", "out", line)
        return thumb.strips[line]

    def _placard(self, text: str, colour: str, line: int) -> Strip:
        return self._text((placard(text, self.tiles.width, self.tiles.height)[line], colour))

    def _blank(self, width: int) -> Strip:
        return self._text((" " * width, "name"))

    def _text(self, part: Part) -> Strip:
        if part not in self._strips:
            text, colour = part
            style = self.get_component_rich_style(f"sheet--{colour}")
            strip = Strip([Segment(text, style)] if text else [])
            for each in self.get_line_filters():
                if isinstance(each, Reduction):
                    strip = strip.apply_filter(each, self.background_colors[1])
            self._strips[part] = strip
        return self._strips[part]
