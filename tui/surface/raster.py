"""How many pixels a cell of the screen has, and what lengths on the screen come to in them."""

from dataclasses import dataclass

from imaging.framing import Size


@dataclass(frozen=True)
class Raster:
    """A cell's pixels, of which `stretch` columns are as wide as a row is high.

    A dot is half as high as a cell, whatever that is drawn with: brushes and signs are as large on
    the screen on each surface.
    """

    across: int
    down: int
    stretch: int = 1

    @property
    def dot(self) -> float:
        """A dot's height in rows."""
        return self.down / 2

    @property
    def pen(self) -> int:
        """How many rows a line is wide that is to be seen over a photo."""
        return max(1, self.down // 8)

    @property
    def step(self) -> tuple[float, float]:
        """Columns and rows of a key's step: half a cell, or all of it where there is no half."""
        return max(1.0, self.across / 2), self.dot

    @property
    def steps_to_dot(self) -> int:
        """How many steps across are as wide as one down is high."""
        return 1 if self.across == 1 else 2

    def cells(self, grid: Size) -> Size:
        """How many cells so many pixels take, stretched ones."""
        return Size(grid.width // self.across, grid.height // self.down)

    def grid(self, cells: Size) -> Size:
        """Square pixels behind so many cells, each `stretch` columns wide."""
        return Size(cells.width * self.across // self.stretch, cells.height * self.down)


HALVES = Raster(across=1, down=2)
"""The upper and the lower half of a cell, about as high as they are wide."""
QUARTERS = Raster(across=2, down=2, stretch=2)
"""Each half once more halved."""
