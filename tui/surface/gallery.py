"""The pictures that a terminal holds for the placeholders on its screen."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from textual.geometry import Region

from imaging.framing import Part, Pixels, Size
from tui.surface.kitty import amend, delete, pack, through_tmux, transmit
from tui.surface.placeholders import name_of
from tui.surface.raster import Raster
from tui.surface.surface import Sight, Tile, Tiles
from tui.surface.tiles import Tiling

MANY = 8
"""Tiles from which on it is worth the while to share the work."""
SMALL = 0.6
"""Of a tile's pixels: where fewer are new, they alone are sent."""


@dataclass(frozen=True, eq=False)
class Hanging:
    """A tile's pixels, and how many times fewer the terminal has each way."""

    pixels: Pixels
    shrink: int


NOTHING = Hanging(np.zeros((0, 0, 3), np.uint8), 1)


def draw_tiles(sight: Sight, raster: Raster) -> Tiles:
    """All tiles of a sight, packed; on any thread."""
    tiling = Tiling.of(raster.cells(sight.grid))

    def tile(index: int) -> Tile:
        pixels = _pixels(sight, raster, tiling.region(index))
        return Tile(pixels, pack(pixels))

    every = tiling.touched([tiling.whole])
    return dict(zip(every, map(tile, every), strict=True))


class Gallery:
    """One terminal's. What it gives back is to be sent, and then holds. For one thread.

    A picture is named by its shelf. Another photo's hangs on the other one until its cells are
    drawn: what is seen is never some of one and some of the other, however slow the line. Where
    tmux drops it, since it shows another window, nothing is seen, not the photo of before.
    """

    def __init__(
        self, shelves: tuple[int, int], *, mends: bool = False, in_tmux: bool = False
    ) -> None:
        self.shelf, self._other = shelves
        self._gone: set[int] = set()
        self._mends = mends
        self._in_tmux = in_tmux
        self._hung: dict[int, Hanging] = {}
        self._tiling: Tiling | None = None
        self._taken_down = False
        self._packers = ThreadPoolExecutor(thread_name_prefix="nevus-pack")

    def hang(
        self,
        sight: Sight,
        raster: Raster,
        stale: Iterable[Region],
        *,
        ready: Tiles | None = None,
        shrink: int = 1,
    ) -> str:
        """What makes the terminal hold a sight, of which these cells may look different.

        Tiles that are `ready` are sent as they are, where they are of the same pixels. To `shrink`
        leaves a tile that many times fewer pixels each way, until it is hung without.
        """
        tiling = Tiling.of(raster.cells(sight.grid))
        gone = self._hang_on(tiling)

        def message(index: int) -> str:
            pixels = _pixels(sight, raster, tiling.region(index))
            return self._message(index, pixels, tiling, (ready or {}).get(index), shrink)

        # A terminal that was let go of holds nothing any more, whatever looks different since.
        touched = tiling.touched(stale if self._hung else [tiling.whole])
        # To pack them takes most of the time, and holds up no other thread meanwhile.
        each = map if len(touched) < MANY else self._packers.map
        return self._sent([*gone, *each(message, touched)])

    def turn(self) -> None:
        """Another photo comes: hang it beside, and `sweep` once it is seen."""
        self._gone |= {name_of(tile, self.shelf) for tile in self._hung}
        self._hung.clear()
        self.shelf, self._other = self._other, self.shelf

    def sweep(self) -> str:
        """What makes the terminal forget the photo of before."""
        gone = self._gone - {name_of(tile, self.shelf) for tile in self._hung}
        self._gone = set()
        return self._sent(map(delete, sorted(gone)))

    def take_down(self) -> str:
        """What makes the terminal hold nothing of this any more.

        A signal may want it in the middle of `hang`, which goes on once the terminal is taken up
        again: what is held then is not known, and the next time all is hung.
        """
        self._taken_down = True
        names = {name_of(tile, self.shelf) for tile in [*self._hung]} | self._gone
        return self._sent(map(delete, sorted(names)))

    def _hang_on(self, tiling: Tiling) -> list[str]:
        """Take other tiles, if they are others; those of before are deleted."""
        if self._taken_down:
            self._taken_down = False
            self._hung.clear()
        if tiling == self._tiling:
            return []
        names = [name_of(tile, self.shelf) for tile in self._hung]
        self._hung.clear()
        self._tiling = tiling
        return [delete(name) for name in names]

    def _message(
        self, index: int, pixels: Pixels, tiling: Tiling, ready: Tile | None, shrink: int
    ) -> str:
        before = self._hung.get(index, NOTHING)
        part = _difference(before.pixels, pixels)
        if part is None and before.shrink <= shrink:
            return ""
        self._hung[index] = Hanging(pixels, shrink)
        alike = before.pixels.shape == pixels.shape and before.shrink == shrink == 1
        if self._mends and alike and part is not None and _is_small(part, pixels):
            return amend(name_of(index, self.shelf), pixels[part], part[1].start, part[0].start)
        region = tiling.region(index)
        made = shrink == 1 and ready is not None and np.array_equal(ready.pixels, pixels)
        packed = ready.packed if ready is not None and made else pack(_shrunk(pixels, shrink))
        return transmit(name_of(index, self.shelf), packed, Size(region.width, region.height))

    def _sent(self, messages: Iterable[str]) -> str:
        if not self._in_tmux:
            return "".join(messages)
        return "".join(map(through_tmux, filter(None, _parts(messages))))


def _pixels(sight: Sight, raster: Raster, cells: Region) -> Pixels:
    rows = slice(cells.y * raster.down, cells.bottom * raster.down)
    return sight.pixels(rows, slice(cells.x * raster.across, cells.right * raster.across))


def _parts(messages: Iterable[str]) -> Iterable[str]:
    """Single messages: tmux takes no more than a megabyte at once."""
    return (part + "\x1b\\" for each in messages for part in each.split("\x1b\\")[:-1])


def _shrunk(pixels: Pixels, by: int) -> Pixels:
    """A tile with fewer pixels, if what is left is as wide and high as it was to each other."""
    height, width = pixels.shape[:2]
    if by == 1 or height % by or width % by:
        return pixels
    size = width // by, height // by
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _is_small(part: Part, pixels: Pixels) -> bool:
    return pixels[part].size < SMALL * pixels.size


def _difference(before: Pixels, after: Pixels) -> Part | None:
    """The smallest rectangle in which a picture differs from another one, all if in size."""
    if before.shape != after.shape:
        return slice(0, after.shape[0]), slice(0, after.shape[1])
    differ = (before != after).any(axis=2)
    rows, columns = (np.flatnonzero(differ.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return None
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
