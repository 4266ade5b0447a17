"""What is drawn over a photo to work on it, and is no part of it or of its mask."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from imaging.framing import Framing, Mask, Part
from imaging.mask.marks import Marks
from imaging.mask.shape import Point
from imaging.view.digits import MINUS, PLUS, digits
from imaging.view.grid import Circle, around, marks, widened
from tui.surface.raster import Raster


@dataclass(frozen=True)
class Brush:
    """The brush on the photo: its middle and radius in photo pixels, and what it is about."""

    x: float
    y: float
    radius: float
    erases: bool
    is_down: bool


@dataclass(frozen=True)
class Aids:
    """The brush, a way through points of the photo, and where on it a number, from 1 on, a plus or
    a minus is written.
    """

    brush: Brush | None = None
    way: Sequence[Point] = ()
    numbered: Sequence[Part] = ()
    pins: Marks = Marks()  # noqa: RUF009

    @property
    def is_down(self) -> bool:
        """Whether the brush draws."""
        return self.brush is not None and self.brush.is_down

    def on(self, framing: Framing, raster: Raster) -> Mask:
        """Their pixels, bool (gh, gw)."""
        layer = _Layer(framing, raster)
        if self.brush is not None:
            layer.put_brush(self.brush)
        if len(self.way) > 1:
            layer.trace(self.way)
        for number, part in enumerate(self.numbered, 1):
            layer.write(number, part)
        layer.pin(self.pins.inside, PLUS)
        layer.pin(self.pins.outside, MINUS)
        return layer.pixels


class _Layer:
    def __init__(self, framing: Framing, raster: Raster) -> None:
        self._framing = framing
        self._raster = raster
        self.pixels: Mask = np.zeros((framing.grid.height, framing.grid.width), np.bool_)

    def put_brush(self, brush: Brush) -> None:
        x, y = self._framing.point_to_grid(brush.x, brush.y)
        radius = brush.radius * self._framing.height / self._framing.photo.height
        circle = Circle(x, y, radius, self._raster.stretch, self._raster.pen)
        part = widened(self._framing.inside, 0, around(circle, 2 * circle.pen))
        self.pixels[part] = marks(part, circle, not brush.erases)

    def trace(self, way: Sequence[Point]) -> None:
        places = [self._framing.point_to_grid(x, y) for x, y in way]
        line = np.floor(places).astype(np.int32)
        traced = np.zeros(self.pixels.shape, np.uint8)
        cv2.polylines(traced, [line[:, None]], isClosed=False, color=1, thickness=self._raster.pen)
        inside = self._framing.inside
        self.pixels[inside] |= traced[inside] > 0

    def write(self, number: int, part: Part) -> None:
        """Write a number above a part of the photo, or in it where there is no room above."""
        rows, columns = part
        x, y = self._framing.point_to_grid((columns.start + columns.stop) / 2, rows.start)
        inside, across = self._framing.inside
        glyph = self._sized(digits(number))
        height, width = glyph.shape
        top, left = int(y) - height - 1, int(x) - width // 2
        if top < inside.start:
            top = max(int(y), inside.start) + 2
        left = max(across.start, min(left, across.stop - width))
        if top + height <= inside.stop and left + width <= across.stop:
            self.pixels[top : top + height, left : left + width] |= glyph

    def _sized(self, glyph: Mask) -> Mask:
        """A sign as large as it is to be seen."""
        pen = self._raster.pen
        return glyph.repeat(pen, axis=0).repeat(pen * self._raster.stretch, axis=1)

    def pin(self, points: Sequence[Point], sign: Mask) -> None:
        """Write a sign at points of the photo, where there is room for all of it."""
        glyph = self._sized(sign)
        height, width = glyph.shape
        for point in points:
            x, y = self._framing.point_to_grid(*point)
            top, left = int(y) - height // 2, int(x) - width // 2
            there = self.pixels[max(0, top) : top + height, max(0, left) : left + width]
            if there.shape == glyph.shape:
                there |= glyph
