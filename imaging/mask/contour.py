"""A mask's outlines along the edges of its pixels, and without the holes in it."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from imaging.framing import Mask

Corners = npt.NDArray[np.int64]
"""The corners (n, 2) of an outline, each x and y, in turn; pixel (0, 0) reaches from 0 to 1."""


@dataclass(frozen=True, eq=False)
class Outline:
    """A closed line along pixels' edges, round a part of a mask or round a hole in one."""

    corners: Corners
    hole: bool


def outlines(mask: Mask) -> tuple[Outline, ...]:
    """The outlines of a mask (H, W), from above; pixels that only touch at a corner are apart."""
    x, y, diagonal, inside = _corners(mask)
    if not len(x):
        return ()
    across, down = _neighbours(x, y, diagonal)
    found, seen = [], bytearray(len(x))
    for start in range(len(x)):
        if not seen[start]:
            places = _round(start, across, down, seen)
            found.append(Outline(np.stack([x[places], y[places]], 1), not inside[start]))
    return tuple(found)


def _corners(mask: Mask) -> tuple[Corners, Corners, npt.NDArray[np.int8], Mask]:
    """Where outlines turn, in the order of rows: x, y, which of two at one place, and below right.

    Where two pixels touch at a corner two outlines turn: the first to the left, the other right.
    The third is 0 for a corner of one outline, else the order of the two down their column.
    """
    wide = np.pad(mask.astype(np.int8), 1)
    a, b, c, d = wide[:-1, :-1], wide[:-1, 1:], wide[1:, :-1], wide[1:, 1:]
    odd, crossed = (a ^ b ^ c ^ d).astype(bool), (a == d) & (b == c) & (a != b)
    rows, columns = np.nonzero(odd | crossed)
    twice = np.where(crossed[rows, columns], 2, 1)
    second = np.arange(twice.sum()) - np.repeat(np.cumsum(twice) - twice, twice)
    y, x = np.repeat(rows, twice), np.repeat(columns, twice)
    # Above left and below right: the left one comes from above; else the right one does.
    order = np.where(a[y, x] == 1, second, 1 - second).astype(np.int8)
    order[~crossed[y, x]] = 0
    return x, y, order, d[y, x].astype(bool)


def _neighbours(x: Corners, y: Corners, order: npt.NDArray[np.int8]) -> tuple[list[int], list[int]]:
    """The corner at the other end of each one's level edge, and of its upright one."""
    # Along a row, and down a column, edges begin and end by turns.
    across = np.arange(len(x)) ^ 1
    column = np.lexsort((order, y, x))
    down = np.empty_like(column)
    down[column] = column[np.arange(len(x)) ^ 1]
    return across.tolist(), down.tolist()


def _round(start: int, across: list[int], down: list[int], seen: bytearray) -> list[int]:
    """The corners of an outline, once round."""
    places, at = [], start
    while not seen[at]:
        for step in (across, down):
            seen[at] = True
            places.append(at)
            at = step[at]
    return places


def without_holes(mask: Mask) -> Mask:
    """The mask (H, W) with every hole filled that OpenCV's outlines have: 8-connected parts."""
    filled = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(filled, centre_lines(mask), -1, 1, cv2.FILLED)
    return filled.view(np.bool_)


def centre_lines(mask: Mask) -> list[npt.NDArray[np.int32]]:
    """The outer outlines (n, 1, 2) of a mask's parts through the middles of their pixels."""
    found, _ = cv2.findContours(
        np.ascontiguousarray(mask).view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    return [np.asarray(line, np.int32) for line in found]
