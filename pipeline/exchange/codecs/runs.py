"""CVAT's run lengths: row by row inside a box, background and lesion by turns."""

from dataclasses import dataclass

import numpy as np

from imaging.framing import Mask, Size
from imaging.mask import rle
from imaging.mask.measure import bounding_box
from imaging.values import Rle


@dataclass(frozen=True)
class Runs:
    """A mask in a box, whose first run is background."""

    left: int
    top: int
    width: int
    height: int
    lengths: tuple[int, ...]


def runs_of(mask: Mask) -> Runs:
    """The runs of a mask (H, W) with at least one pixel of lesion."""
    box = bounding_box(mask)
    if box is None:
        raise ValueError("a mask without a pixel has no runs")
    rows, columns = box
    line = np.ascontiguousarray(mask[box]).ravel()
    edges = np.flatnonzero(np.diff(line, prepend=False))
    lengths = np.diff(edges, prepend=0, append=len(line))
    width, height = columns.stop - columns.start, rows.stop - rows.start
    return Runs(columns.start, rows.start, width, height, tuple(lengths.tolist()))


def rle_of(runs: Runs, size: Size) -> Rle:
    """The mask of a photo of this size. Raises ValueError where they don't fit."""
    if min(runs.left, runs.top) < 0 or min(runs.width, runs.height, *runs.lengths) < 0:
        raise ValueError("a number is below 0")
    if runs.left + runs.width > size.width or runs.top + runs.height > size.height:
        raise ValueError(f"it lies outside a photo of {size.width}×{size.height}")
    if sum(runs.lengths) != runs.width * runs.height:
        raise ValueError("its runs don't fill its box")
    values = np.arange(len(runs.lengths)) % 2 == 1
    mask = np.zeros((size.height, size.width), np.bool_, order="F")
    inside = np.repeat(values, runs.lengths).reshape(runs.height, runs.width)
    mask[runs.top : runs.top + runs.height, runs.left : runs.left + runs.width] = inside
    return rle.encode(mask)
