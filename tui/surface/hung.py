"""A photo as a picture of the terminal's own, seen through placeholders (Kitty's protocol)."""

from dataclasses import dataclass, field

from rich.segment import Segment
from textual.strip import Strip

from tui.surface.gallery import Gallery, draw_tiles
from tui.surface.instead import line_cells
from tui.surface.placeholders import placeholders
from tui.surface.raster import Raster
from tui.surface.strips import CellStrip
from tui.surface.surface import Sight, Tiles
from tui.surface.tiles import Tiling


@dataclass(frozen=True)
class Hung:
    """Draws in placeholders what a gallery holds, which is to be told of the sight beside."""

    raster: Raster
    gallery: Gallery = field(compare=False)

    def strips(self, sight: Sight, lines: slice) -> list[Strip]:
        """Lines of placeholders."""
        tiling = Tiling.of(self.raster.cells(sight.grid))
        return [
            CellStrip(Line(sight, self, tiling, line), 0, 0, tiling.cells.width)
            for line in range(lines.start, lines.stop)
        ]

    def tiles(self, sight: Sight) -> Tiles:
        """All of them."""
        return draw_tiles(sight, self.raster)


@dataclass(frozen=True, eq=False)
class Line:
    """A line of placeholders.

    Their colour is a name: whoever wants to change it, on a screen behind another one, or to keep
    it as text, is given cells instead, and the terminal's picture is not seen.
    """

    sight: Sight
    surface: Hung
    tiling: Tiling
    number: int

    def text(self, _line: int, start: int, stop: int) -> str:
        """What a terminal is sent for a part of it."""
        return placeholders(self.tiling, self.surface.gallery.shelf, self.number, start, stop)

    def segments(self, _line: int, start: int, stop: int) -> list[Segment]:
        """The same picture in cells."""
        return line_cells(self.sight, self.surface.raster, self.number, start, stop)
