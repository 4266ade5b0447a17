"""How a photo lies in the model's grid, and the exact way back.

Coordinates are continuous: the left edge of the first pixel is 0, the right edge of the last one is
the width. Only this module maps between a photo and a grid.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil, floor
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
Coverage = npt.NDArray[np.uint8]
"""How much of each grid pixel is lesion, uint8 (height, width): NONE, SOME or ALL of it."""
NONE, SOME, ALL = 0, 1, 2
ROUNDING = 1e-5
"""More than single precision may be wrong by, between 0 and 1."""
BAND = 128
"""Photo rows that are drawn at once: few enough that their numbers stay near the processor, and a
multiple of what its registers hold, in whose last, unfilled one rounding may differ."""


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
        canvas[self.inside] = _resized(pixels, Size(self.width, self.height), self.seen)
        return canvas

    def mask_to_grid(self, mask: Mask, part: Part) -> Coverage:
        """A part of the grid, inside the photo's rectangle, as the photo's mask covers it.

        Every photo pixel is counted, in the grid pixel that its centre lies in, so that the
        smallest hole or speck shows as SOME. Of a photo smaller than the grid, each grid pixel
        shows the photo pixel under its centre. A part alone is as it is in the whole.
        """
        rows = _spans(part[0], self.top, self.height, self.photo.height)
        columns = _spans(part[1], self.left, self.width, self.photo.width)
        if mask.flags.f_contiguous:
            # As it lies in memory: across the lines, counting takes twenty times as long.
            return _covered(mask.T, columns, rows).T
        return _covered(mask, rows, columns)

    def map_to_photo(self, grid: Probabilities, size: Size | None = None) -> Probabilities:
        """A grid map (gh, gw) on the photo, or on the photo drawn at `size`; float32, column-major.

        Bilinear; 0 where the grid saw nothing of the photo. Column-major because run-length
        encoding wants it so: the transposed small map is resized, which costs nothing extra.
        """
        return _turned_to(self._on_rectangle(grid), size or self.photo)

    def mask_to_photo(self, grid: Probabilities, threshold: float) -> tuple[Part, Mask]:
        """Where on the photo `map_to_photo` is at least `threshold`, bit for bit, column-major.

        The mask of a part of the photo alone, which holds all of it: a fraction of the time.
        """
        whole = self._on_rectangle(grid)
        # What lies between two numbers may be rounded to a little more than either.
        found: Mask = whole >= threshold - ROUNDING
        rows = _reached(np.flatnonzero(found.any(axis=1)), self.height, self.photo.height)
        columns = _reached(np.flatnonzero(found.any(axis=0)), self.width, self.photo.width)
        drawn = np.empty((columns.stop - columns.start, rows.stop - rows.start), np.bool_)
        for start, values in self._bands(whole, rows, columns.stop):
            first, last = max(start, rows.start), min(start + BAND, rows.stop)
            np.greater_equal(
                values[columns, first - start : last - start],
                threshold,
                out=drawn[:, first - rows.start : last - rows.start],
            )
        return (rows, columns), drawn.T

    def _bands(
        self, whole: Probabilities, rows: slice, columns_end: int
    ) -> Iterator[tuple[int, Probabilities]]:
        """The photo's `rows`, `BAND` at a time: the first one's number, and their (columns, BAND).

        What lies behind the columns and rows that are asked for is left out. What lies before them
        can't be: OpenCV would round their places otherwise.
        """
        if not rows.stop:
            return
        high, wide = self.photo.height / self.height, self.photo.width / self.width
        small = np.ascontiguousarray(whole[: ceil(rows.stop / high) + 2].T, np.float32)
        tall = cv2.resize(small, None, fx=high, fy=1, interpolation=cv2.INTER_LINEAR)
        tall = tall[: ceil(columns_end / wide) + 2]
        # One for all bands: memory that is asked for anew costs as much as what is drawn in it.
        room = np.empty((round(len(tall) * wide), BAND), np.float32)
        for start in range(rows.start // BAND * BAND, rows.stop, BAND):
            band = np.ascontiguousarray(tall[:, start : start + BAND])
            into = room if band.shape[1] == BAND else None
            values = cv2.resize(band, None, dst=into, fx=1, fy=wide, interpolation=cv2.INTER_LINEAR)
            yield start, np.asarray(values, np.float32)

    def map_to_square(
        self, grid: Probabilities, left: float, top: float, side: float, size: int
    ) -> Probabilities:
        """A grid map (gh, gw) on a square of the photo, drawn at `size`; float32 (size, size).

        Bilinear; 0 beside the photo. `left`, `top` and `side` are photo pixels.
        """
        across, down = self.width / self.photo.width, self.height / self.photo.height
        step = side / size
        # OpenCV counts from the middle of the first pixel.
        lies = np.array(
            [
                [step * across, 0, (left + step / 2) * across - 0.5],
                [0, step * down, (top + step / 2) * down - 0.5],
            ]
        )
        held = np.ascontiguousarray(self._on_rectangle(grid), np.float32)
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(held, lies, (size, size), flags=how), np.float32)

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


def _turned_to(values: Probabilities, size: Size) -> Probabilities:
    """A map (h, w) at a size, bilinear, column-major: turned while it is small."""
    transposed = np.ascontiguousarray(values.T, dtype=np.float32)
    if not transposed.size or not (size.width and size.height):
        return np.zeros((size.width, size.height), np.float32).T
    resized = cv2.resize(transposed, (size.height, size.width), interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized, dtype=np.float32).T


def _reached(held: npt.NDArray[np.intp], length: int, photo_length: int) -> slice:
    """The photo's rows (or columns) that any of its rectangle's `length` has a share in."""
    if not held.size:
        return slice(0, 0)
    scale = photo_length / length
    first, last = floor((held[0] - 0.5) * scale) - 1, ceil((held[-1] + 1.5) * scale) + 1
    return slice(max(0, first), min(photo_length, last))


def _resized(pixels: Pixels, size: Size, part: Part) -> Pixels:
    """A part of the picture at a size; nothing beside it is made."""
    if part == (slice(0, size.height), slice(0, size.width)):
        return _whole_resized(pixels, size)
    rows = _Lines(part[0], size.height, pixels.shape[0])
    columns = _Lines(part[1], size.width, pixels.shape[1])
    held = pixels[rows.needed, columns.needed]
    height, width, channels = held.shape
    down = rows.resized(held.reshape(height, width * channels))
    turned = down.reshape(rows.count, width, channels).swapaxes(0, 1)
    across = columns.resized(turned.reshape(width, rows.count * channels))
    done = across.reshape(columns.count, rows.count, channels).swapaxes(0, 1)
    return np.asarray(np.rint(done), np.uint8)


def _whole_resized(pixels: Pixels, size: Size) -> Pixels:
    # Averaging is for shrinking alone: a photo that is stretched one way and shrunk the other is
    # shrunk first.
    least = min(size.width, pixels.shape[1]), min(size.height, pixels.shape[0])
    shrunk = cv2.resize(pixels, least, interpolation=cv2.INTER_AREA)
    whole = cv2.resize(shrunk, (size.width, size.height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, np.uint8)


@dataclass(frozen=True)
class _Lines:
    """A part of a picture's rows (or columns), which are `photo_length`, made `length` in all.

    Averaged where there are fewer than before, bilinear where there are more: what OpenCV does with
    the whole, to within a grey level. OpenCV itself goes by whole sizes, which a piece has seldom.
    """

    part: slice
    length: int
    photo_length: int

    @property
    def count(self) -> int:
        """How many are asked for."""
        return int(self.part.stop - self.part.start)

    @property
    def needed(self) -> slice:
        """The photo's lines that the part rests on."""
        room = 0 if self.length < self.photo_length else 1
        first = self.part.start * self.photo_length // self.length - room
        last = -(-self.part.stop * self.photo_length // self.length) + room
        return slice(max(0, first), min(self.photo_length, last))

    def resized(self, lines: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """The part, float32 (count, n), made of the `needed` lines, (needed, n)."""
        if self.length < self.photo_length:
            return self._averaged(lines)
        return self._mixed(lines)

    def _averaged(self, lines: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        edges = np.arange(self.part.start, self.part.stop + 1) * self.photo_length / self.length
        edges -= self.needed.start
        inner = np.ceil(edges[:-1]).astype(np.int64), np.floor(edges[1:]).astype(np.int64)
        outer = np.maximum(0, inner[0] - 1), np.minimum(len(lines) - 1, inner[1])
        shares = inner[0] - edges[:-1], edges[1:] - inner[1]
        summed = np.zeros((self.count, lines.shape[1]), np.float32)
        for line, start, stop in zip(summed, *inner, strict=True):
            if start < stop:
                cv2.reduce(lines[start:stop], 0, cv2.REDUCE_SUM, line[None], dtype=cv2.CV_32F)
        for index, share in zip(outer, shares, strict=True):
            summed += lines[index] * share.astype(np.float32)[:, None]
        return summed * np.float32(self.length / self.photo_length)

    def _mixed(self, lines: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        centres = (np.arange(self.part.start, self.part.stop) + 0.5) * self.photo_length
        centres = centres / self.length - 0.5 - self.needed.start
        above = np.floor(centres).astype(np.int64)
        share = (centres - above).astype(np.float32)[:, None]
        # Beyond the outermost centres the picture goes on as it ends.
        first, second = (np.clip(at, 0, len(lines) - 1) for at in (above, above + 1))
        floats = lines.astype(np.float32)
        return np.asarray(floats[first] * (1 - share) + floats[second] * share)


@dataclass(frozen=True)
class _Spans:
    """Which photo rows (or columns) each grid row of a part counts: from `starts` to `stops`."""

    starts: npt.NDArray[np.int64]
    stops: npt.NDArray[np.int64]


def _spans(pixels: slice, start: int, length: int, photo_length: int) -> _Spans:
    """The spans of grid rows, whose rectangle has `length` of them for `photo_length` rows."""
    edges = np.arange(pixels.start - start, pixels.stop - start + 1)
    if photo_length < length:
        under = (2 * edges[:-1] + 1) * photo_length // (2 * length)
        return _Spans(under, under + 1)
    # The first row whose centre lies behind the edge, in whole numbers.
    first = -((length - 2 * edges * photo_length) // (2 * length))
    return _Spans(first[:-1], first[1:])


def _covered(mask: Mask, rows: _Spans, columns: _Spans) -> Coverage:
    if not (rows.starts.size and columns.starts.size):
        return np.zeros((rows.starts.size, columns.starts.size), np.uint8)
    left, right = columns.starts[0], columns.stops[-1]
    lesion = np.zeros((rows.starts.size, 1 + right - left), np.int32)
    for line, top, bottom in zip(lesion[:, 1:], rows.starts, rows.stops, strict=True):
        held = mask[top:bottom, left:right].view(np.uint8)
        cv2.reduce(held, 0, cv2.REDUCE_SUM, line[None], dtype=cv2.CV_32S)
    sums = lesion.cumsum(axis=1)
    counts = sums[:, columns.stops - left] - sums[:, columns.starts - left]
    pixels = np.outer(rows.stops - rows.starts, columns.stops - columns.starts)
    return np.where(counts == pixels, ALL, np.where(counts > 0, SOME, NONE)).astype(np.uint8)
