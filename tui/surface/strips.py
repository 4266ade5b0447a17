"""Lines of cells as Textual's strips, which are made into text once, for all lines together."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from imaging.view.cells import GLYPHS, Cells
from tui.surface.ansi import TRUE, Dialect, encode


class Block:
    """Lines of cells that are drawn together."""

    def __init__(self, cells: Cells, dialect: Dialect) -> None:
        self._cells = cells
        self._dialect = dialect
        self._texts: list[str] | None = None

    def strips(self) -> list[Strip]:
        """The lines, whole."""
        lines, columns = self._cells.glyphs.shape
        return [CellStrip(self, line, 0, columns) for line in range(lines)]

    def text(self, line: int, start: int, stop: int) -> str:
        """What a terminal is sent for a part of a line."""
        if (start, stop) != (0, self._cells.glyphs.shape[1]):
            return encode(self._cells.piece(line, slice(start, stop)), self._dialect)[0]
        if self._texts is None:
            self._texts = encode(self._cells, self._dialect)
        return self._texts[line]

    def segments(self, line: int, start: int, stop: int) -> list[Segment]:
        """The same for whoever wants it in styles: a screen that is tinted, a picture of one."""
        colour = _true if self._dialect is TRUE else _fixed
        return [
            Segment(GLYPHS[glyph] * count, Style.from_color(colour(ink), colour(ground)))
            for glyph, ink, ground, count in self._cells.piece(line, slice(start, stop)).runs(0)
        ]


class Lines(Protocol):
    """What strips are cut from."""

    def text(self, line: int, start: int, stop: int) -> str:
        """What a terminal is sent for a part of a line."""

    def segments(self, line: int, start: int, stop: int) -> list[Segment]:
        """The same for whoever wants it in styles."""


class CellStrip(Strip):
    """A part of a line of a block.

    Textual cuts strips and has them rendered; those that are only cut are never made into segments,
    which takes fifty times as long.
    """

    __slots__ = ["_block", "_line", "_start", "_stop"]

    def __init__(self, block: Lines, line: int, start: int, stop: int) -> None:
        super().__init__((), stop - start)
        self._block, self._line, self._start, self._stop = block, line, start, stop

    # What Textual's own methods work on: made when one of them wants it.

    @property
    def _segments(self) -> list[Segment]:
        return self._block.segments(self._line, self._start, self._stop)

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        """Textual sets it when a strip is made."""

    def render(self, console: Console) -> str:  # noqa: ARG002
        """What a terminal is sent."""
        return self._block.text(self._line, self._start, self._stop)

    def crop(self, start: int, end: int | None = None) -> Strip:
        """From one column to another one, as far as they are in the strip."""
        length = self._stop - self._start
        first, last = max(0, start), length if end is None else min(end, length)
        if (first, last) == (0, length):
            return self
        if last <= first:
            return Strip([], 0)
        return CellStrip(self._block, self._line, self._start + first, self._start + last)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """The pieces that end at these columns."""
        ends = [cut for cut in cuts if cut <= self._stop - self._start]
        return [self.crop(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _true(code: int) -> Color:
    triplet = ColorTriplet(code >> 16, code >> 8 & 255, code & 255)
    return Color("", ColorType.TRUECOLOR, None, triplet)


def _fixed(code: int) -> Color:
    # With its triplet, or Textual would turn it into a true colour.
    named = Color.from_ansi(code)
    return Color(named.name, ColorType.EIGHT_BIT, code, named.get_truecolor())
