"""Photos drawn small for a page, kept for whoever leafs back."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from textual.strip import Strip

from imaging.framing import Mask, Pixels, Size
from pipeline.review.glance import Glance
from tui.widgets.drawn_ahead import Easel
from tui.widgets.scene import Subject

MOST_CELLS = 2**18
"""Cells of all that are kept: at 64 bytes each, with the text that is made of them, 16 MiB."""
NO_PICTURE: Pixels = np.zeros((1, 1, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class Thumb:
    """A photo drawn small with the outline of a revision; its lines are none where that failed.

    `failure` is a sentence then. `empty` is whether the outline has no pixel.
    """

    revision_id: int | None
    strips: tuple[Strip, ...] = ()
    empty: bool = False
    failure: str = ""

    @property
    def cells(self) -> int:
        """How many cells it takes."""
        return sum(strip.cell_length for strip in self.strips)


class Thumbs:
    """The last ones drawn or seen on each easel, as many as `most_cells` hold."""

    def __init__(self, most_cells: int = MOST_CELLS) -> None:
        self._most_cells = most_cells
        self._cells = 0
        # An easel is dear to hash, and a page asks for each photo of it many times.
        self._numbers: dict[Easel, int] = {}
        self._kept: dict[tuple[int, int], Thumb] = {}

    def number(self, easel: Easel) -> int:
        """What an easel is called here."""
        return self._numbers.setdefault(easel, len(self._numbers))

    def find(self, photo_id: int, easel: int) -> Thumb | None:
        """A photo as it was drawn on an easel last."""
        found = self._kept.pop((photo_id, easel), None)
        if found is not None:
            self._kept[photo_id, easel] = found
        return found

    def keep(self, photo_id: int, easel: int, thumb: Thumb) -> None:
        """Keep one more, in place of those that were seen longest ago."""
        before = self._kept.pop((photo_id, easel), None)
        self._kept[photo_id, easel] = thumb
        self._cells += thumb.cells - (0 if before is None else before.cells)
        while self._cells > self._most_cells and len(self._kept) > 1:
            self._cells -= self._kept.pop(next(iter(self._kept))).cells

    def forget_failures(self) -> None:
        """Keep nothing of what could not be drawn."""
        self._kept = {key: thumb for key, thumb in self._kept.items() if not thumb.failure}


def side_for(easel: Easel) -> Callable[[Mask | None], int]:
    """Says how many pixels the longer side of a photo needs to be drawn with this mask."""

    def side(mask: Mask | None) -> int:
        if mask is None:
            return max(easel.surface.raster.stretch * easel.grid.width, easel.grid.height)
        framing = easel.lay(easel.place(Subject(NO_PICTURE, Size.of(mask), mask)))
        return max(framing.width, framing.height)

    return side


def drawing_on(easel: Easel) -> Callable[[Glance], Thumb]:
    """Draws what was looked at; on any thread."""

    def draw(seen: Glance) -> Thumb:
        subject = Subject(seen.picture, Size.of(seen.mask), seen.mask)
        strips = tuple(easel.draw(subject).strips)
        return Thumb(seen.revision_id, strips, empty=not seen.mask.any())

    return draw
