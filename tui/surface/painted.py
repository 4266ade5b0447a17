"""A photo painted over its cells, line by line (Sixel)."""

from dataclasses import dataclass

from rich.segment import Segment
from textual.strip import Strip

from tui.surface.instead import line_cells, line_pixels
from tui.surface.raster import Raster
from tui.surface.sixel import encode
from tui.surface.strips import CellStrip
from tui.surface.surface import Sight, Tiles


@dataclass(frozen=True)
class Painted:
    """Paints each line of cells where and whenever Textual draws it.

    So a picture is there again wherever something covered it, and nothing is painted on that.
    """

    raster: Raster

    def strips(self, sight: Sight, lines: slice) -> list[Strip]:
        """Lines of paint."""
        columns = self.raster.cells(sight.grid).width
        return [
            CellStrip(PaintedLine(sight, self.raster), line, 0, columns)
            for line in range(lines.start, lines.stop)
        ]

    def tiles(self, sight: Sight) -> Tiles:  # noqa: ARG002
        """None: nothing is held by the terminal."""
        return {}


@dataclass(frozen=True, eq=False)
class PaintedLine:
    """Lines of a sight; as styles they are cells, which cover what was painted."""

    sight: Sight
    raster: Raster

    def text(self, line: int, start: int, stop: int) -> str:
        """What a terminal is sent for a part of a line: blanks, and the paint on them.

        Where paint leaves the cursor, terminals don't agree: it is put back. A cell may be a
        fraction of a pixel wider than it is said to be, so that some of the blanks is seen.
        """
        pixels = line_pixels(self.sight, self.raster, line, start, stop)
        red, green, blue = pixels[0, -1].tolist()
        blanks = f"\x1b[48;2;{red};{green};{blue}m{' ' * (stop - start)}"
        return f"\x1b7{blanks}\x1b8{encode(pixels)}\x1b8\x1b[{stop - start}C"

    def segments(self, line: int, start: int, stop: int) -> list[Segment]:
        """The same picture in cells."""
        return line_cells(self.sight, self.raster, line, start, stop)
