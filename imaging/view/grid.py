"""A photo as a screen shows it: its picture and mask in the screen's grid, and the brush on them.

A grid is uint8 (rows, columns, 3) and covers the whole canvas; `imaging.framing` places the photo.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from imaging.framing import ALL, SOME, Coverage, Framing, Mask, Part, Pixels, Size
from imaging.view.overlay import Ink, Rgb, overlay

DARK, LIGHT = 0, 255
"""Of a mark on light and on dark pixels."""
BRIGHT = 120
"""The luminance from which on a pixel is light."""


ROOM_FOR_MIDDLE = 2.5
"""Rows of radius from which on a brush has room for a mark in its middle."""


def place_picture(picture: Pixels, framing: Framing, around: Rgb) -> Pixels:
    """The grid with the picture, decoded to any resolution, on it and a colour beside it."""
    grid = np.full((framing.grid.height, framing.grid.width, 3), around, np.uint8)
    grid[framing.inside] = framing.picture_to_grid(picture)[framing.inside]
    return grid


def seen_part(framing: Framing, part: Part) -> Part:
    """The part of the grid that shows a part of the photo."""
    rows, columns = part
    x, y = framing.point_to_grid(columns.start, rows.start)
    right, bottom = framing.point_to_grid(columns.stop, rows.stop)
    grid = slice(math.floor(y), math.ceil(bottom)), slice(math.floor(x), math.ceil(right))
    return widened(grid, 0, framing.inside)


@dataclass(frozen=True)
class Circle:
    """A circle on a grid: its middle in grid pixels, and its radius in rows.

    It is `across` times as many columns wide as it is rows high, as the grid's pixels want it, and
    drawn with a line of `pen` rows.
    """

    x: float
    y: float
    radius: float
    across: int = 1
    pen: int = 1


def around(circle: Circle, more: float) -> Part:
    """The part of an endless grid that a circle lies in, with so many rows more around it."""
    radius = circle.radius + more
    wide = radius * circle.across
    rows = slice(math.floor(circle.y - radius), math.ceil(circle.y + radius))
    return rows, slice(math.floor(circle.x - wide), math.ceil(circle.x + wide))


def widened(part: Part, by: int, inside: Part) -> Part:
    """The part with `by` more pixels on each side, as far as they are inside; maybe empty."""
    return _widened(part[0], by, inside[0]), _widened(part[1], by, inside[1])


def _widened(line: slice, by: int, inside: slice) -> slice:
    start = min(max(line.start - by, inside.start), inside.stop)
    return slice(start, max(min(line.stop + by, inside.stop), start))


def draw_coverage(picture: Pixels, coverage: Coverage, line: Mask, ink: Ink) -> Pixels:
    """A picture (H, W, 3) with the mask that covers it: a tint, fainter on what is covered in part,
    and the `line` along the border; all three are (H, W).
    """
    if not picture.size:
        return picture.copy()
    tinted = picture
    if ink.tint:
        tinted = overlay(picture, coverage == ALL, ink.tint, ink.pens.fill)
        tinted = overlay(tinted, coverage == SOME, ink.tint / 2, ink.pens.fill)
    lined = painted(tinted, line, ink.pens.line)
    blended = cv2.addWeighted(lined, ink.line, tinted, 1 - ink.line, 0)
    return np.asarray(blended, np.uint8)


def marks(part: Part, circle: Circle, plus: bool) -> Mask:
    """The brush in a part of the grid: a circle around what it covers, and its middle.

    A pixel is covered if its centre is within the circle. The middle is a plus, or a minus; a small
    brush has none, which would hide what it is about to cover.
    """
    rows, columns = (np.arange(line.start, line.stop) for line in part)
    aside = (columns + 0.5 - circle.x) / circle.across
    distance = np.hypot(aside, rows[:, None] + 0.5 - circle.y)
    pen = circle.pen
    ring: Mask = (distance >= circle.radius) & (distance < circle.radius + pen)
    if circle.radius < ROOM_FOR_MIDDLE * pen:
        return ring
    across = np.abs(columns - math.floor(circle.x))
    down = np.abs(rows - math.floor(circle.y))[:, None]
    middle = (down < pen) & (across < (circle.across + 1) * pen)
    if plus:
        middle |= (across < circle.across * pen) & (down < 2 * pen)
    both: Mask = ring | middle
    return both


def framed(part: Part, size: Size) -> Mask:
    """A line along the inside of a part of a grid."""
    marks: Mask = np.zeros((size.height, size.width), np.bool_)
    marks[part] = True
    rows, columns = part
    marks[rows.start + 1 : rows.stop - 1, columns.start + 1 : columns.stop - 1] = False
    return marks


def contrasted(pixels: Pixels, marks: Mask) -> Pixels:
    """The pixels with marks on them: dark on light ones, light on dark ones.

    Four pixels that may share a cell have marks of one colour: two would be mixed there.
    """
    height, width = marks.shape
    luminance = pixels @ np.array((0.299, 0.587, 0.114), np.float32)
    padded = np.pad(luminance, ((0, height % 2), (0, width % 2)), "edge")
    fours = padded.reshape(padded.shape[0] // 2, 2, padded.shape[1] // 2, 2).mean(axis=(1, 3))
    spread = fours.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    contrast = np.where(spread >= BRIGHT, DARK, LIGHT).astype(np.uint8)
    return np.where(marks[..., None], contrast[..., None], pixels)


def painted(pixels: Pixels, marks: Mask, colour: Rgb) -> Pixels:
    """The pixels with marks on them in one colour."""
    return np.where(marks[..., None], np.array(colour, np.uint8), pixels)
