"""A canvas cut into tiles, each a picture of its own, so that a brush resends what it touched."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from textual.geometry import Region

from imaging.framing import Size

MOST = 240
"""Tiles a canvas is cut into: as many colours as have one number on every terminal."""
SMALLEST, LARGEST = Size(8, 4), Size(32, 32)
"""Cells; a tile is about square there."""


@dataclass(frozen=True)
class Tiling:
    """So many cells, in tiles of so many; those at the right and at the bottom may be smaller."""

    cells: Size
    tile: Size

    @classmethod
    def of(cls, cells: Size) -> "Tiling":
        """The smallest tiles that are not too many; a canvas beyond 480×480 cells is cut off."""
        tile = SMALLEST
        while _count(cells, tile) > MOST and tile != LARGEST:
            wider = tile.width < 2 * tile.height
            tile = Size(
                min(LARGEST.width, tile.width * 2) if wider else tile.width,
                tile.height if wider else min(LARGEST.height, tile.height * 2),
            )
        return cls(cells, tile)

    @property
    def across(self) -> int:
        """How many lie beside each other."""
        return ceil(self.cells.width / self.tile.width)

    @property
    def whole(self) -> Region:
        """All cells."""
        return Region(0, 0, self.cells.width, self.cells.height)

    def at(self, column: int, line: int) -> int:
        """The tile that a cell lies in."""
        return line // self.tile.height * self.across + column // self.tile.width

    def region(self, index: int) -> Region:
        """A tile's cells."""
        y, x = divmod(index, self.across)
        size = self.tile
        tile = Region(x * size.width, y * size.height, size.width, size.height)
        return tile.intersection(self.whole)

    def touched(self, regions: Iterable[Region]) -> list[int]:
        """The tiles that lie in any of these cells."""
        seen = [each.intersection(self.whole) for each in regions]
        return sorted({index for each in seen for index in self._in(each)})

    def _in(self, region: Region) -> Iterator[int]:
        if region:
            size = self.tile
            for y in range(region.y // size.height, ceil(region.bottom / size.height)):
                for x in range(region.x // size.width, ceil(region.right / size.width)):
                    yield y * self.across + x


def _count(cells: Size, tile: Size) -> int:
    return ceil(cells.width / tile.width) * ceil(cells.height / tile.height)
