"""A square of a picture, cut out at another size and laid back: where a refiner looks."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from imaging.framing import Mask, Part, Probabilities
from imaging.mask.marks import LESION, Marks
from imaging.mask.measure import bounding_box

MARGIN = 1.5
"""The side of a window, as a multiple of the longer side of the lesion in it."""
LEAST_SIDE = 32


@dataclass(frozen=True)
class Window:
    """A square, in whole pixels of a picture; beside the picture it is black."""

    left: int
    top: int
    side: int

    def cut(self, array: npt.NDArray[Any], size: int) -> npt.NDArray[Any]:
        """What lies in the window of (H, W) or (H, W, C), at `size` pixels a side."""
        if array.ndim == 2 and array.flags.f_contiguous:
            # As it lies in memory: across the lines a large mask takes five times as long.
            return Window(self.top, self.left, self.side).cut(array.T, size).T
        held = np.zeros((self.side, self.side, *array.shape[2:]), array.dtype)
        theirs, ours = self._common(array.shape)
        held[ours] = array[theirs]
        how = cv2.INTER_AREA if size < self.side else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(held, (size, size), interpolation=how))

    def lay(self, values: Probabilities, onto: Probabilities) -> Probabilities:
        """The map `onto` (H, W), with the window's own map (size, size) in the window."""
        grown = cv2.resize(values, (self.side, self.side), interpolation=cv2.INTER_LINEAR)
        laid = onto.copy()
        theirs, ours = self._common(onto.shape)
        laid[theirs] = grown[ours]
        return laid

    def cut_mask(self, mask: Mask, size: int) -> Probabilities:
        """How much of each of the window's pixels a mask (H, W) covers, float32 (size, size)."""
        covered = self.cut(mask.view(np.uint8) * np.uint8(255), size)
        return np.asarray(covered / np.float32(255), np.float32)

    def redraw(self, mask: Mask, answer: Probabilities, kept: Mask) -> tuple[Part, Mask]:
        """A mask (H, W) as a refiner's answer draws it: a box of it, and what is to be there.

        Where it is `kept` (both size, size) it stays as it is, to its last pixel.
        """
        # A pixel more: between two pixels, what is drawn anew reaches into the one that is kept.
        wider = cv2.dilate(kept.astype(np.uint8), np.ones((3, 3), np.uint8))
        theirs, ours = self._common(mask.shape)
        whole = (self.side, self.side)
        drawn = cv2.resize(answer, whole, interpolation=cv2.INTER_LINEAR)[ours] >= LESION
        held = cv2.resize(wider, whole, interpolation=cv2.INTER_NEAREST)[ours] > 0
        return theirs, np.asarray(np.where(held, mask[theirs], drawn), np.bool_)

    def marks(self, marks: Marks, size: int) -> Marks:
        """Marks in the window's own pixels, `size` a side."""
        scale = size / self.side
        inside, outside = (
            tuple(((x - self.left) * scale, (y - self.top) * scale) for x, y in points)
            for points in (marks.inside, marks.outside)
        )
        return Marks(inside, outside)

    def _common(self, shape: tuple[int, ...]) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """The rows and columns that picture and window share, of the picture and of the window."""
        theirs, ours = [], []
        for first, length in ((self.top, shape[0]), (self.left, shape[1])):
            start = min(length, max(0, first))
            stop = max(start, min(length, first + self.side))
            theirs.append(slice(start, stop))
            ours.append(slice(start - first, stop - first))
        return (theirs[0], theirs[1]), (ours[0], ours[1])


def window_around(mask: Mask, marks: Marks) -> Window:
    """The window around a mask and its marks, or the whole picture where nothing is drawn."""
    height, width = mask.shape
    whole = max(height, width)
    box = bounding_box(mask)
    if box is None:
        return Window((width - whole) // 2, (height - whole) // 2, whole)
    rows, columns = box
    xs = [columns.start, columns.stop, *(x for x, _ in marks.inside + marks.outside)]
    ys = [rows.start, rows.stop, *(y for _, y in marks.inside + marks.outside)]
    longer = max(max(xs) - min(xs), max(ys) - min(ys))
    side = min(whole, max(LEAST_SIDE, round(longer * MARGIN)))
    return Window(
        round((max(xs) + min(xs) - side) / 2), round((max(ys) + min(ys) - side) / 2), side
    )
