"""How a photo lies in the model's grid, and the exact way back.

Coordinates are continuous: the left edge of the first pixel is 0, the right edge of the last one is
the width. Only this module maps between a photo and a grid.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""A picture, uint8 (height, width, 3), sRGB."""
Probabilities = npt.NDArray[np.float32]
"""A map of probabilities, float32 (height, width), from 0 to 1."""
Mask = npt.NDArray[np.bool_]
"""A mask, bool (height, width), True is lesion."""
Part = tuple[slice, slice]
"""Rows and columns of an array, with a start and a stop."""
SAMPLES = 4
"""A grid pixel's share of lesion is counted at this many points along each side."""


@dataclass(frozen=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @classmethod
    def of(cls, array: npt.NDArray[Any]) -> "Size":
        """The size of an array whose first two axes are height and width."""
        return cls(array.shape[1], array.shape[0])


@dataclass(frozen=True)
class Framing:
    """The whole photo inside the grid (`fit`): as large as it goes, centred, black beside it.

    `left`, `top`, `width` and `height` are the photo's rectangle in grid pixels, whole numbers, so
    that both directions are plain resizes of exactly the same rectangle.
    """

    photo: Size
    grid: Size
    left: int
    top: int
    width: int
    height: int

    @property
    def name(self) -> str:
        """The framing's name, as stored with a prediction."""
        return "fit"

    @property
    def inside(self) -> Part:
        """The rows and columns of the grid on which the photo lies."""
        rows = slice(self.top, self.top + self.height)
        return rows, slice(self.left, self.left + self.width)

    def point_to_grid(self, x: float, y: float) -> tuple[float, float]:
        """A point of the photo in grid pixels."""
        return (
            self.left + x * self.width / self.photo.width,
            self.top + y * self.height / self.photo.height,
        )

    def point_to_photo(self, x: float, y: float) -> tuple[float, float]:
        """A point of the grid in photo pixels."""
        return (
            (x - self.left) * self.photo.width / self.width,
            (y - self.top) * self.photo.height / self.height,
        )

    def picture_to_grid(self, pixels: Pixels) -> Pixels:
        """The photo, decoded to any resolution, as the model sees it: uint8 (gh, gw, 3)."""
        canvas = np.zeros((self.grid.height, self.grid.width, 3), np.uint8)
        shrinks = pixels.shape[1] > self.width or pixels.shape[0] > self.height
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        canvas[self.inside] = cv2.resize(pixels, (self.width, self.height), interpolation=method)
        return canvas

    def mask_to_grid(self, mask: Mask, part: Part) -> Mask:
        """A part of the grid as the photo's mask fills it: set where at least half is lesion.

        `part` lies inside the photo's rectangle. Counted at points, so that a large photo takes no
        longer than a small one; in whole numbers, so that a part alone is as it is in the whole.
        """
        rows = _sampled(part[0], self.top, self.height, self.photo.height)
        columns = _sampled(part[1], self.left, self.width, self.photo.width)
        hits = mask[np.ix_(rows, columns)]
        shape = (len(rows) // SAMPLES, SAMPLES, len(columns) // SAMPLES, SAMPLES)
        share: Mask = hits.reshape(shape).sum(axis=(1, 3)) * 2 >= SAMPLES * SAMPLES
        return share

    def map_to_photo(self, grid: Probabilities, size: Size | None = None) -> Probabilities:
        """A grid map (gh, gw) on the photo, or on the photo drawn at `size`; float32, column-major.

        Bilinear. Column-major because run-length encoding wants it so: the transposed small map is
        resized, which costs nothing extra.
        """
        size = size or self.photo
        transposed = np.ascontiguousarray(grid[self.inside].T, dtype=np.float32)
        resized = cv2.resize(transposed, (size.height, size.width), interpolation=cv2.INTER_LINEAR)
        return np.asarray(resized, dtype=np.float32).T


def fit(photo: Size, grid: Size) -> Framing:
    """Frame a photo so that all of it is seen, aspect kept to within half a grid pixel a side."""
    scale = min(grid.width / photo.width, grid.height / photo.height)
    width = min(grid.width, max(1, round(photo.width * scale)))
    height = min(grid.height, max(1, round(photo.height * scale)))
    left, top = (grid.width - width) // 2, (grid.height - height) // 2
    return Framing(photo, grid, left, top, width, height)


def _sampled(pixels: slice, start: int, length: int, photo_length: int) -> npt.NDArray[np.int64]:
    """The photo's rows (or columns) hit by points spread evenly over grid pixels."""
    points = np.arange((pixels.start - start) * SAMPLES, (pixels.stop - start) * SAMPLES)
    return (2 * points + 1) * photo_length // (2 * SAMPLES * length)
