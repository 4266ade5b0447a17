"""How a photo lies in the model's grid, and the exact way back.

Coordinates are continuous: the left edge of the first pixel is 0, the right edge of the last one is
the width. Only this module maps between a photo and a grid.
"""

from collections.abc import Callable
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
    """The photo laid on the model's grid.

    `left`, `top`, `width` and `height` are the whole photo's rectangle in grid pixels, whole
    numbers, so that both directions are plain resizes of exactly the same rectangle. It reaches
    beyond the grid where the framing cuts (`centre`), and leaves grid beside it black (`fit`).
    """

    name: str
    """One of `FRAMINGS`, as packages ask for it and predictions are stored with it."""
    photo: Size
    grid: Size
    left: int
    top: int
    width: int
    height: int

    @property
    def inside(self) -> Part:
        """The rows and columns of the grid on which the photo lies."""
        rows = slice(max(0, self.top), min(self.grid.height, self.top + self.height))
        return rows, slice(max(0, self.left), min(self.grid.width, self.left + self.width))

    @property
    def seen(self) -> Part:
        """The rows and columns of the photo's rectangle, in grid pixels, that the grid holds."""
        rows, columns = self.inside
        return (
            slice(rows.start - self.top, rows.stop - self.top),
            slice(columns.start - self.left, columns.stop - self.left),
        )

    @property
    def unseen_fraction(self) -> float:
        """How much of the photo lies beside the grid, from 0 to 1; it counts as background."""
        rows, columns = self.inside
        held = int((rows.stop - rows.start) * (columns.stop - columns.start))
        return 1 - held / (self.width * self.height)

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
        canvas[self.inside] = _resized(pixels, Size(self.width, self.height))[self.seen]
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

        Bilinear; 0 where the grid saw nothing of the photo. Column-major because run-length
        encoding wants it so: the transposed small map is resized, which costs nothing extra.
        """
        size = size or self.photo
        transposed = np.ascontiguousarray(self._on_rectangle(grid).T, dtype=np.float32)
        resized = cv2.resize(transposed, (size.height, size.width), interpolation=cv2.INTER_LINEAR)
        return np.asarray(resized, dtype=np.float32).T

    def _on_rectangle(self, grid: Probabilities) -> Probabilities:
        held = grid[self.inside]
        if held.shape == (self.height, self.width):
            return held
        whole = np.zeros((self.height, self.width), np.float32)
        whole[self.seen] = held
        return whole


def fit(photo: Size, grid: Size) -> Framing:
    """All of the photo is seen, aspect kept to within half a grid pixel a side, black beside it.

    Apple's Vision calls it `scaleFit`.
    """
    scale = min(grid.width / photo.width, grid.height / photo.height)
    width = min(grid.width, max(1, round(photo.width * scale)))
    height = min(grid.height, max(1, round(photo.height * scale)))
    return _centred("fit", photo, grid, width, height)


def fill(photo: Size, grid: Size) -> Framing:
    """All of the photo is seen, stretched to the grid's aspect (Vision's `scaleFill`)."""
    return _centred("fill", photo, grid, grid.width, grid.height)


def centre(photo: Size, grid: Size) -> Framing:
    """The grid is filled, aspect kept; what reaches beyond it is cut (Vision's `centerCrop`)."""
    scale = max(grid.width / photo.width, grid.height / photo.height)
    width = max(grid.width, round(photo.width * scale))
    height = max(grid.height, round(photo.height * scale))
    return _centred("centre", photo, grid, width, height)


FRAMINGS: dict[str, Callable[[Size, Size], Framing]] = {"fit": fit, "fill": fill, "centre": centre}
"""Every framing by its name: the photo's size and the grid's to how one lies on the other."""


def _centred(name: str, photo: Size, grid: Size, width: int, height: int) -> Framing:
    left, top = (grid.width - width) // 2, (grid.height - height) // 2
    return Framing(name, photo, grid, left, top, width, height)


def _resized(pixels: Pixels, size: Size) -> Pixels:
    # Averaging is for shrinking alone: a photo that is stretched one way and shrunk the other is
    # shrunk first.
    least = min(size.width, pixels.shape[1]), min(size.height, pixels.shape[0])
    shrunk = cv2.resize(pixels, least, interpolation=cv2.INTER_AREA)
    whole = cv2.resize(shrunk, (size.width, size.height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, np.uint8)


def _sampled(pixels: slice, start: int, length: int, photo_length: int) -> npt.NDArray[np.int64]:
    """The photo's rows (or columns) hit by points spread evenly over grid pixels."""
    points = np.arange((pixels.start - start) * SAMPLES, (pixels.stop - start) * SAMPLES)
    return (2 * points + 1) * photo_length // (2 * SAMPLES * length)
