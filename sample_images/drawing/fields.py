"""Numbers spread over a photo: its coordinates, noise in octaves, and cells as skin has them."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]
"""A number for each pixel, float32 (height, width); a picture in linear light has three."""
Random = np.random.Generator


@dataclass(frozen=True)
class Plane:
    """A photo's plane. Lengths on it are in short sides, its centre is 0, 0."""

    width: int
    height: int

    @property
    def unit(self) -> int:
        """The short side in pixels."""
        return min(self.width, self.height)

    @cached_property
    def x(self) -> Field:
        """Each pixel's centre, left to right."""
        return np.broadcast_to(_centres(self.width) / self.unit, (self.height, self.width))

    @cached_property
    def y(self) -> Field:
        """Each pixel's centre, top to bottom."""
        return np.broadcast_to(_centres(self.height)[:, None] / self.unit, self.x.shape)

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """A point of the plane in pixels."""
        return self.width / 2 + x * self.unit, self.height / 2 + y * self.unit


@dataclass(frozen=True, eq=False)
class Cells:
    """A jittered mosaic (Worley, "A cellular texture basis function", 1996).

    `near` is the distance to the nearest seed, `gap` how much farther the second one is (0 on the
    border of two cells), both in cells; `tone` is the nearest seed's own number, 0 to 1.
    """

    near: Field
    gap: Field
    tone: Field


def smooth(low: float, high: float, field: Field) -> Field:
    """From 0 below `low` to 1 above `high`, without corners."""
    t = np.clip((field - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def octaves(random: Random, plane: Plane, cell: float, count: int, fall: float = 0.5) -> Field:
    """Noise of about mean 0 and deviation 1; each octave has half the cell and `fall` the height.

    Cells smaller than a pixel are left out.
    """
    total = np.zeros((plane.height, plane.width), np.float32)
    power = 0.0
    for octave in range(count):
        pixels = max(1.0, cell * plane.unit / 2**octave)
        total += fall**octave * _lattice(random, plane, pixels)
        power += fall ** (2 * octave)
    return np.asarray(total / np.sqrt(power) * 1.4, np.float32)


def grain(random: Random, plane: Plane, length: float, width: float, angle: float) -> Field:
    """Noise drawn out along `angle` (radians): lines `length` long and `width` apart."""
    side = float(np.hypot(plane.width, plane.height)) / plane.unit
    square = Plane(*(2 * (int(side * plane.unit) + 2,)))
    rows, columns = int(side / width) + 3, int(side / length) + 3
    lattice = random.standard_normal((rows, columns)).astype(np.float32)
    drawn = cv2.resize(lattice, (square.width, square.height), interpolation=cv2.INTER_CUBIC)
    turn = cv2.getRotationMatrix2D((square.width / 2, square.height / 2), np.degrees(angle), 1)
    turn[0, 2] -= (square.width - plane.width) / 2
    turn[1, 2] -= (square.height - plane.height) / 2
    turned = cv2.warpAffine(drawn, turn, (plane.width, plane.height), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(turned, np.float32)


def cells(random: Random, x: Field, y: Field, size: float) -> Cells:
    """Cells of about `size` over the coordinates `x` and `y`, which may be warped or stretched."""
    across, down = x / size, y / size
    across, down = across - across.min() + 1, down - down.min() + 1
    column, row = across.astype(np.int32), down.astype(np.int32)
    seeds = random.random((3, int(row.max()) + 2, int(column.max()) + 2), np.float32)
    near, second = np.full(x.shape, 9, np.float32), np.full(x.shape, 9, np.float32)
    tone = np.zeros(x.shape, np.float32)
    for step in np.ndindex(3, 3):
        r, c = row + (step[0] - 1), column + (step[1] - 1)
        away = np.hypot(c + seeds[0, r, c] - across, r + seeds[1, r, c] - down)
        closer = away < near
        second = np.where(closer, near, np.minimum(second, away))
        tone = np.where(closer, seeds[2, r, c], tone)
        near = np.where(closer, away, near)
    return Cells(near, second - near, tone)


def slope(height: Field, plane: Plane, angle: float) -> Field:
    """How steeply `height` (in short sides) rises towards `angle`."""
    down, across = np.gradient(height)
    rise = across * np.cos(angle) + down * np.sin(angle)
    return np.asarray(rise * plane.unit, np.float32)


def blurred(field: Field, plane: Plane, radius: float) -> Field:
    """A field or picture out of focus: Gaussian, `radius` in short sides."""
    sigma = max(0.01, radius * plane.unit)
    return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma), np.float32)


def _centres(count: int) -> Field:
    return np.arange(count, dtype=np.float32) + np.float32(0.5 - count / 2)


def _lattice(random: Random, plane: Plane, pixels: float) -> Field:
    """Random numbers `pixels` apart, smoothly joined."""
    rows, columns = int(plane.height / pixels) + 3, int(plane.width / pixels) + 3
    lattice = random.standard_normal((rows, columns)).astype(np.float32)
    whole = (round(columns * pixels), round(rows * pixels))
    drawn = cv2.resize(lattice, whole, interpolation=cv2.INTER_CUBIC)
    top, left = (whole[1] - plane.height) // 2, (whole[0] - plane.width) // 2
    return np.asarray(drawn[top : top + plane.height, left : left + plane.width], np.float32)
