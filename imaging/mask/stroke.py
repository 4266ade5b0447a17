"""A stroke of a round brush, painted on a mask in place, and the edit that it is so far."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imaging.framing import Mask, Part
from imaging.mask.edit import packed, patch_of, transposed
from imaging.values import Patch

Point = tuple[float, float]
Ends = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Stroked:
    """What a stroke did: what it changed, and every pixel of that box that the brush passed."""

    patch: Patch
    covered: bytes
    """As `imaging.mask.edit.packed`, of the patch's box."""


class Stroke:
    """Sets every pixel whose centre is within `radius` of the way of the brush to `value`.

    The mask (H, W) is painted in place; points are continuous photo pixels. One thread at a time.
    """

    def __init__(self, mask: Mask, radius: float, value: bool) -> None:
        # Lines of pixels lie as they do in memory, be they rows or columns of the photo.
        self._turned = mask.flags.f_contiguous
        self._lines = mask.T if self._turned else mask
        self.radius, self.value = radius, value
        # Memory that is only reserved: of a large photo no more than the stroke's box is touched.
        self._covered = np.zeros(self._lines.shape, np.bool_)
        self._changed = np.zeros(self._lines.shape, np.bool_)
        self._last: Point | None = None
        self._box: Part | None = None

    @property
    def passed(self) -> bool:
        """Whether the brush came near any pixel of the photo."""
        return self._box is not None

    def extend(self, x: float, y: float) -> Part | None:
        """Draw on to a point; the rows and columns between which pixels changed, if any did."""
        end = (y, x) if self._turned else (x, y)
        start, self._last = self._last or end, end
        box = _box(start, end, self.radius, self._lines)
        if box is None:
            return None
        self._box = box if self._box is None else _joined(self._box, box)
        return self._turn(box) if self._paint(box, _passed(box, start, end, self.radius)) else None

    def _paint(self, box: Part, passed: Mask) -> bool:
        pixels = self._lines[box]
        news = passed & (pixels != self.value)
        self._covered[box] |= passed
        if not news.any():
            return False
        self._changed[box] |= news
        pixels ^= news
        return True

    def so_far(self) -> "Callable[[], Stroked] | None":
        """The edit that the stroke is by now, None while it changed nothing.

        What is given may be called on another thread: it works on a copy of the stroke's box.
        """
        if self._box is None or not self._changed[self._box].any():
            return None
        copies = [each[self._box].copy() for each in (self._changed, self._covered, self._lines)]
        rows, columns = self._turn(self._box)
        turned = self._turned

        def stroked() -> Stroked:
            changed, covered, after = map(transposed, copies) if turned else copies
            patch = patch_of(changed, after ^ changed, columns.start, rows.start)
            return Stroked(patch, packed(covered))

        return stroked

    def _turn(self, box: Part) -> Part:
        return (box[1], box[0]) if self._turned else box


def _joined(first: Part, second: Part) -> Part:
    lines, across = (
        slice(min(one.start, other.start), max(one.stop, other.stop))
        for one, other in zip(first, second, strict=True)
    )
    return lines, across


def _box(start: Point, end: Point, radius: float, lines: Mask) -> Part | None:
    """The lines and the places on them that a piece of the way reaches, or None if it misses."""
    near, far = ([pick(start[axis], end[axis]) for axis in (1, 0)] for pick in (min, max))
    starts = [max(0, math.floor(at - radius)) for at in near]
    stops = [min(size, math.ceil(at + radius)) for at, size in zip(far, lines.shape, strict=True)]
    if stops[0] <= starts[0] or stops[1] <= starts[1]:
        return None
    return slice(starts[0], stops[0]), slice(starts[1], stops[1])


def _passed(box: Part, start: Point, end: Point, radius: float) -> Mask:
    """The pixels of a box whose centres are within `radius` of a piece of the way.

    What a round brush passes is convex, so that each line of it is one run: from the leftmost to
    the rightmost of the circles around both ends and the rectangle between them.
    """
    y = np.arange(box[0].start, box[0].stop, dtype=np.float64) + 0.5
    left, right = np.full(y.shape, np.inf), np.full(y.shape, -np.inf)
    for low, high in (
        _circle(y, start, radius),
        _circle(y, end, radius),
        _rectangle(y, start, end, radius),
    ):
        held = low <= high
        left[held] = np.minimum(left, low)[held]
        right[held] = np.maximum(right, high)[held]
    x = np.arange(box[1].start, box[1].stop) + 0.5
    passed: Mask = (x >= left[:, None]) & (x <= right[:, None])
    return passed


def _circle(y: Ends, middle: Point, radius: float) -> tuple[Ends, Ends]:
    """Where lines at `y` enter and leave a circle; the entry lies behind the exit if they miss."""
    rest = radius * radius - (y - middle[1]) ** 2
    half = np.where(rest >= 0, np.sqrt(np.maximum(rest, 0)), -np.inf)
    return middle[0] - half, middle[0] + half


def _rectangle(y: Ends, start: Point, end: Point, radius: float) -> tuple[Ends, Ends]:
    """Where lines at `y` enter and leave the rectangle `radius` to both sides of a way."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = math.hypot(across, down)
    if length == 0:
        return np.full(y.shape, np.inf), np.full(y.shape, -np.inf)
    across, down = across / length, down / length
    behind = y - start[1]
    # Along the way from 0 to its length, and beside it from -radius to radius.
    along = _between(across, behind * down, 0, length)
    beside = _between(-down, behind * across, -radius, radius)
    return (
        start[0] + np.maximum(along[0], beside[0]),
        start[0] + np.minimum(along[1], beside[1]),
    )


def _between(slope: float, offset: Ends, low: float, high: float) -> tuple[Ends, Ends]:
    """Between which x the value slope·x + offset lies between low and high."""
    if abs(slope) < 1e-12:
        inside = (offset >= low) & (offset <= high)
        return np.where(inside, -np.inf, np.inf), np.where(inside, np.inf, -np.inf)
    one, other = (low - offset) / slope, (high - offset) / slope
    return np.minimum(one, other), np.maximum(one, other)
