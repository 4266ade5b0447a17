"""Half-cell pictures for rich-pixels and the canvas, fast enough to paint with."""

from collections.abc import Iterator
from functools import cache

import numpy as np
from PIL.Image import Image, Resampling
from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from rich_pixels import Renderer

from imaging.framing import Pixels
from imaging.view.halfcells import runs, table_colours, true_colours

KEPT = 40_000
"""Looks of cells remembered: some screens full of skin."""
LOWER = "▄"


class HalfCells(Renderer):
    """Draws opaque pictures; `fixed` in the 256 fixed colours that every terminal has.

    What has been drawn once is remembered: of a picture under a moving brush little is new.
    """

    def __init__(self, *, fixed: bool = False) -> None:
        super().__init__()
        self._code = table_colours if fixed else true_colours
        self._colour = _table_colour if fixed else _true_colour
        self._looks: dict[tuple[int, int, int], Segment] = {}

    def render(self, image: Image, resize: tuple[int, int] | None) -> list[Segment]:
        """A picture, resized to whole cells if asked, as lines with their ends (rich-pixels)."""
        picture = image.convert("RGB")
        width, height = resize or picture.size
        even = (width, height + height % 2)
        if picture.size != even:
            picture = picture.resize(even, Resampling.NEAREST)
        pixels = np.asarray(picture)
        return [segment for line in self._lines(pixels) for segment in (*line, Segment.line())]

    def line(self, pixels: Pixels) -> list[Segment]:
        """One line of text from two rows of pixels, uint8 (2, width, 3)."""
        return next(self._lines(pixels))

    def _lines(self, pixels: Pixels) -> Iterator[list[Segment]]:
        codes = self._code(pixels)
        for upper, lower in zip(codes[0::2], codes[1::2], strict=True):
            yield [self._looks.get(run) or self._remember(run) for run in runs(upper, lower)]

    def _remember(self, run: tuple[int, int, int]) -> Segment:
        if len(self._looks) >= KEPT:
            self._looks.clear()
        upper, lower, length = run
        ground = self._colour(upper)
        if upper == lower:
            look = Segment(" " * length, Style.from_color(None, ground))
        else:
            look = Segment(LOWER * length, Style.from_color(self._colour(lower), ground))
        self._looks[run] = look
        return look


def _true_colour(code: int) -> Color:
    # Its name is for people; to write thousands of them takes longer than all the rest.
    triplet = ColorTriplet(code >> 16, code >> 8 & 255, code & 255)
    return Color("", ColorType.TRUECOLOR, None, triplet)


@cache
def _table_colour(code: int) -> Color:
    # With its triplet, or Textual would turn it into a true colour.
    named = Color.from_ansi(code)
    return Color(named.name, ColorType.EIGHT_BIT, code, named.get_truecolor())
