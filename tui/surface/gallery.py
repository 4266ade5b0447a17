"""The pictures that a terminal holds for the placeholders on its screen."""

from collections.abc import Iterable

import numpy as np
from textual.geometry import Region

from imaging.framing import Pixels, Size
from tui.surface.kitty import amend, delete, through_tmux, transmit
from tui.surface.placeholders import name_of
from tui.surface.raster import Raster
from tui.surface.surface import Sight
from tui.surface.tiles import Tiling

SMALL = 0.6
"""Of a tile's pixels: where fewer are new, they alone are sent."""


class Gallery:
    """One terminal's. What it gives back is to be sent, and then holds. For one thread."""

    def __init__(self, shelf: int, *, mends: bool = False, in_tmux: bool = False) -> None:
        self.shelf = shelf
        self._mends = mends
        self._in_tmux = in_tmux
        self._hung: dict[int, Pixels] = {}
        self._tiling: Tiling | None = None

    def hang(self, sight: Sight, raster: Raster, stale: Iterable[Region]) -> str:
        """What makes the terminal hold a sight, of which these cells may look different."""
        tiling = Tiling.of(raster.cells(sight.grid))
        gone = self._hang_on(tiling)
        # A terminal that was let go of holds nothing any more, whatever looks different since.
        everywhere = Region(0, 0, tiling.cells.width, tiling.cells.height)
        touched = tiling.touched(stale if self._hung else [everywhere])
        messages = [self._message(tiling, index, sight, raster) for index in touched]
        return self._sent([*gone, *messages])

    def take_down(self) -> str:
        """What makes the terminal hold nothing of this any more."""
        names = [name_of(tile, self.shelf) for tile in self._hung]
        self._hung.clear()
        return self._sent(map(delete, names))

    def _hang_on(self, tiling: Tiling) -> list[str]:
        """Take other tiles, if they are others; those of before are deleted."""
        if tiling == self._tiling:
            return []
        names = [name_of(tile, self.shelf) for tile in self._hung]
        self._hung.clear()
        self._tiling = tiling
        return [delete(name) for name in names]

    def _message(self, tiling: Tiling, index: int, sight: Sight, raster: Raster) -> str:
        region = tiling.region(index)
        rows = slice(region.y * raster.down, region.bottom * raster.down)
        columns = slice(region.x * raster.across, region.right * raster.across)
        pixels, before = sight.pixels(rows, columns), self._hung.get(index)
        self._hung[index] = pixels
        name = name_of(index, self.shelf)
        if before is None or before.shape != pixels.shape:
            return transmit(name, pixels, Size(region.width, region.height))
        part = _difference(before, pixels)
        if part is None:
            return ""
        if self._mends and pixels[part].size < SMALL * pixels.size:
            return amend(name, pixels[part], part[1].start, part[0].start)
        return transmit(name, pixels, Size(region.width, region.height))

    def _sent(self, messages: Iterable[str]) -> str:
        if not self._in_tmux:
            return "".join(messages)
        return "".join(map(through_tmux, filter(None, _parts(messages))))


def _parts(messages: Iterable[str]) -> Iterable[str]:
    """Single messages: tmux takes no more than a megabyte at once."""
    return (part + "\x1b\\" for each in messages for part in each.split("\x1b\\")[:-1])


def _difference(before: Pixels, after: Pixels) -> tuple[slice, slice] | None:
    """The smallest rectangle in which two pictures of one size differ."""
    differ = (before != after).any(axis=2)
    rows, columns = (np.flatnonzero(differ.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return None
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
