"""What a photo is drawn on in a terminal: one seam for cells and for graphics."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from textual.strip import Strip

from imaging.framing import Pixels, Size
from imaging.view.cells import Cells
from tui.surface.ansi import TABLE, TRUE
from tui.surface.raster import HALVES, QUARTERS, Raster
from tui.surface.strips import Block


class Sight(Protocol):
    """A picture in the pixels of a canvas."""

    @property
    def grid(self) -> Size:
        """How many there are."""

    def pixels(self, rows: slice, columns: slice = ...) -> Pixels:
        """A part of it, uint8 (rows, columns, 3)."""

    def cells(self, lines: slice) -> Cells:
        """Lines of it in 24-bit colours."""

    def fixed_cells(self, lines: slice, beside: int) -> Cells:
        """The same in 256 fixed colours; beside the photo is one of them."""


@dataclass(frozen=True, eq=False)
class Tile:
    """A tile's pixels, and how they are sent."""

    pixels: Pixels
    packed: str


Tiles = Mapping[int, Tile]
"""By their places."""


class Surface(Protocol):
    """Says how many pixels a cell has, and makes lines of a sight that has as many."""

    @property
    def raster(self) -> Raster:
        """A cell's pixels."""

    def strips(self, sight: Sight, lines: slice) -> list[Strip]:
        """Lines of a sight, as wide as the canvas."""

    def tiles(self, sight: Sight) -> Tiles:
        """What a gallery is to hold of a sight, made ahead on any thread; nothing for cells."""


@dataclass(frozen=True)
class Quarters:
    """Half cells and quadrants, in 24-bit colours."""

    @property
    def raster(self) -> Raster:
        """Two by two."""
        return QUARTERS

    def strips(self, sight: Sight, lines: slice) -> list[Strip]:
        """Lines of cells."""
        return Block(sight.cells(lines), TRUE).strips()

    def tiles(self, sight: Sight) -> Tiles:  # noqa: ARG002
        """None."""
        return {}


@dataclass(frozen=True)
class Halves:
    """Half cells in 256 fixed colours, too few for more; `beside` is the one beside the photo."""

    beside: int

    @property
    def raster(self) -> Raster:
        """One above the other."""
        return HALVES

    def strips(self, sight: Sight, lines: slice) -> list[Strip]:
        """Lines of cells."""
        return Block(sight.fixed_cells(lines, self.beside), TABLE).strips()

    def tiles(self, sight: Sight) -> Tiles:  # noqa: ARG002
        """None."""
        return {}
