"""A shape in a reviewer's hand: points become a border, and the border one edit."""

import math
from collections.abc import Sequence

import numpy as np

from db.values import DraftEdit, Tool
from imaging.framing import Mask, Size
from imaging.mask.edit import packed, patch_of
from imaging.mask.shape import Point, fill_shape
from pipeline.errors import NothingToRepair
from pipeline.review.brush import PAINTS

SHAPES = (Tool.LASSO, Tool.POLYGON, Tool.BOX)
CORNERS = 3
"""A polygon has at least."""


class Shape:
    """One shape after the other, of one tool; points are photo pixels. For one thread.

    A lasso goes where the pen goes while it is down, a polygon from press to press, a box from
    corner to corner.
    """

    def __init__(self, tool: Tool, points: Sequence[Point] = ()) -> None:
        self.tool = tool
        self._points = [*points]

    @property
    def points(self) -> tuple[Point, ...]:
        """Those of it so far."""
        return tuple(self._points)

    @property
    def begun(self) -> bool:
        """Whether there is a point of it."""
        return bool(self._points)

    @property
    def follows(self) -> bool:
        """Whether each move of the pen is part of it now."""
        return self.begun and self.tool is Tool.LASSO

    def press(self, point: Point, reach: float) -> bool:
        """The pen goes down; whether that closes the shape.

        It does at most `reach` from a polygon's first point, at a box's second corner, and where a
        lasso's pen is down already.
        """
        corners = self.tool is Tool.POLYGON and len(self._points) >= CORNERS
        if corners and math.dist(point, self._points[0]) <= reach:
            return True
        closes = self.begun and self.tool is not Tool.POLYGON
        self._points.append(point)
        return closes

    def move(self, point: Point) -> None:
        """The pen comes to a point."""
        if self.follows and point != self._points[-1]:
            self._points.append(point)

    def release(self, point: Point) -> bool:
        """The pen is lifted after it was moved; whether that closes the shape."""
        if self.tool is Tool.POLYGON or not self.begun:
            return False
        if self.tool is Tool.BOX and point != self._points[0]:
            self._points.append(point)
            return True
        return self.tool is Tool.LASSO and len(self._points) >= CORNERS

    def step_back(self) -> None:
        """Take the last point back."""
        if self._points:
            self._points.pop()

    def drop(self) -> None:
        """Begin anew."""
        self._points.clear()

    def border(self, point: Point) -> list[Point]:
        """Its border if it were closed with the pen at a point."""
        if not self.begun:
            return []
        if self.tool is not Tool.BOX:
            last = self._points[-1] == point
            return [*self._points] if last else [*self._points, point]
        (left, top), (right, bottom) = self._points[0], (*self._points[1:], point)[0]
        return [(left, top), (right, top), (right, bottom), (left, bottom)]


def make_shape(mask: Mask, tool: Tool, border: Sequence[Point], adds: bool) -> DraftEdit:
    """The edit that adds the inside of a border to a mask (H, W), or cuts it out; not made yet.

    Raises NothingToRepair where it would change nothing.
    """
    filled = fill_shape(border, Size.of(mask)) if len(border) >= CORNERS else None
    if filled is None:
        raise NothingToRepair("The shape has no pixel of the photo inside.")
    part, inside = filled
    before = mask[part]
    changed = inside & (before != adds)
    if not changed.any():
        where = "in the outline already" if adds else "outside the outline already"
        raise NothingToRepair(f"All of the shape lies {where}.")
    rows, columns = part
    patch = patch_of(changed, before, columns.start, rows.start)
    return DraftEdit(patch, tool, {PAINTS: int(adds)}, packed(np.ascontiguousarray(inside)))
