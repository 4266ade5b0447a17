"""A photo laid out for the canvas: where it lies, what is drawn of it, and where its brush is."""

from dataclasses import dataclass

import numpy as np
from textual.geometry import Region

from imaging.framing import Mask, Part, Pixels, Size, fit
from imaging.view.grid import (
    around,
    contrasted,
    draw_coverage,
    marks,
    painted,
    place_picture,
    seen_part,
    widened,
)
from imaging.view.overlay import Colour


@dataclass(frozen=True)
class Brush:
    """The brush on the photo: its middle and radius in photo pixels, and what it is about."""

    x: float
    y: float
    radius: float
    erases: bool
    is_down: bool


class Scene:
    """A photo in the half cells of a canvas; methods that change it return the cells changed.

    `picture` is the small upright picture, `mask` the photo's own, or None while it has none.
    """

    def __init__(self, picture: Pixels, mask: Mask | None, cells: Size, beside: Colour) -> None:
        self._mask = mask
        photo = Size.of(picture if mask is None else mask)
        self._framing = fit(photo, Size(cells.width, 2 * cells.height))
        self._picture = place_picture(picture, self._framing, beside)
        self._drawn = self._picture.copy()
        self._seen = np.zeros(self._picture.shape[:2], np.uint8)
        self._marks = np.zeros(self._picture.shape[:2], np.bool_)
        self._marked = Region()
        self._pen = contrasted
        self._opacity = 0.0

    @property
    def dot(self) -> float:
        """How many photo pixels a pixel of the screen is wide or high, whichever is more."""
        framing, photo = self._framing, self._framing.photo
        return max(photo.width / framing.width, photo.height / framing.height)

    @property
    def longest(self) -> int:
        """The photo's longer side in pixels of the screen."""
        return max(self._framing.width, self._framing.height)

    @property
    def columns(self) -> tuple[int, int]:
        """The first column of cells with the photo, and the first one after it."""
        return self._framing.left, self._framing.left + self._framing.width

    def line(self, y: int) -> Pixels:
        """The two rows of pixels in a line of cells, from the photo's first to its last column."""
        part = slice(2 * y, 2 * y + 2), self._framing.inside[1]
        return self._pen(self._drawn[part], self._marks[part])

    def shows(self, y: int) -> bool:
        """Whether the photo lies on a line of cells."""
        return self._framing.top // 2 <= y < (self._framing.top + self._framing.height + 1) // 2

    # The mask

    def draw(self, opacity: float) -> None:
        """Draw all of the mask, `opacity` from 0, invisible, to 1."""
        self._opacity = opacity
        self._look_at_mask(self._framing.inside)
        self._draw(self._framing.inside)

    def draw_part(self, changed: Part) -> Region:
        """Draw the mask anew where a part of the photo changed; the cells that look different."""
        part = seen_part(self._framing, changed)
        if not self._look_at_mask(part):
            return Region()
        # The line on a pixel depends on its neighbours.
        part = widened(part, 1, self._framing.inside)
        self._draw(part)
        return _cells(part)

    def _look_at_mask(self, part: Part) -> bool:
        """Take over a part of the mask; whether it looks different from here."""
        if self._mask is None:
            return False
        before = self._seen[part].copy()
        self._seen[part] = self._framing.mask_to_grid(self._mask, part)
        return not np.array_equal(before, self._seen[part])

    def _draw(self, part: Part) -> None:
        self._drawn[part] = draw_coverage(self._picture, self._seen, self._opacity, part)

    # The brush

    def to_photo(self, x: float, y: float) -> tuple[float, float]:
        """A point of the canvas, in cells, in photo pixels; both continuous."""
        return self._framing.point_to_photo(x, 2 * y)

    def moved(self, x: float, y: float, across: int, down: int) -> tuple[float, float]:
        """A point of the photo moved by pixels of the screen, not beyond the photo's last ones."""
        column, row = self._framing.point_to_grid(x, y)
        framing = self._framing
        return framing.point_to_photo(
            _between(framing.left, framing.width, column + across),
            _between(framing.top, framing.height, row + down),
        )

    def mark(self, brush: Brush | None) -> list[Region]:
        """Draw the brush here and nowhere else; the cells where it was and where it is."""
        before = self._marked
        self._marks[...] = False
        self._marked = Region()
        if brush is not None:
            self._marked = self._mark(brush)
        return [region for region in (before, self._marked) if region]

    def _mark(self, brush: Brush) -> Region:
        self._pen = painted if brush.is_down else contrasted
        x, y = self._framing.point_to_grid(brush.x, brush.y)
        radius = brush.radius * self._framing.width / self._framing.photo.width
        part = widened(self._framing.inside, 0, around(x, y, radius + 2))
        self._marks[part] = marks(part, x, y, radius, not brush.erases)
        return _cells(part)


def _between(start: int, length: int, place: float) -> float:
    """The place, or the middle of the first or last pixel if it lies beyond."""
    return min(max(place, start + 0.5), start + length - 0.5)


def _cells(part: Part) -> Region:
    """The cells that a part of the grid touches."""
    rows, columns = part
    top, bottom = rows.start // 2, (rows.stop + 1) // 2
    return Region(columns.start, top, columns.stop - columns.start, bottom - top)
