"""A reviewer's marks, inside and outside the lesion, and what an outline may become by them.

A refiner takes a picture, the outline as it is and the marks, and gives a better outline. Outlines
are probabilities, lesion where they are at least `LESION`; a mask does as well.
"""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from imaging.framing import Mask, Pixels, Probabilities
from imaging.mask.stroke import Point

LESION = 0.5


@dataclass(frozen=True)
class Marks:
    """Points on the lesion and beside it, in continuous pixels of the picture; strokes are many."""

    inside: tuple[Point, ...] = ()
    outside: tuple[Point, ...] = ()

    def with_one(self, x: float, y: float, inside: bool) -> "Marks":
        """These and one more."""
        if inside:
            return Marks((*self.inside, (x, y)), self.outside)
        return Marks(self.inside, (*self.outside, (x, y)))

    def pixels(self, points: tuple[Point, ...], shape: tuple[int, int]) -> npt.NDArray[np.int64]:
        """The pixels (N, 2; row and column) under points, those beside the picture left out."""
        found = np.floor(np.array(points, np.float64).reshape(-1, 2)).astype(np.int64)[:, ::-1]
        return found[((found >= 0) & (found < shape)).all(1)]


class Refiner(Protocol):
    """What mends an outline at marks."""

    def __call__(
        self, picture: Pixels, probabilities: Probabilities, marks: Marks
    ) -> Probabilities:
        """A better outline, float32 (H, W), of a picture (H, W, 3) and its outline (H, W)."""


def balanced(probabilities: Probabilities, threshold: float) -> Probabilities:
    """Probabilities with their odds moved, so that the outline at a threshold is at `LESION`."""
    lesion = probabilities * (1 - threshold)
    return np.asarray(lesion / (lesion + (1 - probabilities) * threshold), np.float32)


def where_marked(before: Probabilities, after: Probabilities, marks: Marks) -> Probabilities:
    """The outline after, in lesions that a mark has changed; others are as they were before."""
    kept = ~stays(lesion_of(before), lesion_of(after), marks)
    return np.asarray(np.where(kept, after, before), np.float32)


def stays(was: Mask, becomes: Mask, marks: Marks) -> Mask:
    """Lesions that no mark has changed, which are to stay as they were.

    A lesion is what hangs together (8-connected) of both outlines. So an outline may move all
    around where one mark says that it is wrong, and a second lesion that nobody marked stays; a
    mark that is not obeyed changes nothing. Cf. the progressive merge of Chen et al., "FocalClick"
    (2022, arXiv:2204.02574), which keeps still more.
    """
    count, lesions = cv2.connectedComponents((was | becomes).astype(np.uint8), connectivity=8)
    kept = np.zeros(count, np.bool_)
    for points, inside in ((marks.inside, True), (marks.outside, False)):
        rows, columns = marks.pixels(points, was.shape).T
        obeyed = (becomes[rows, columns] == inside) & (was[rows, columns] != inside)
        kept[lesions[rows[obeyed], columns[obeyed]]] = True
    # Skin in both outlines is part 0.
    kept[0] = True
    return np.asarray(~kept[lesions], np.bool_)


def lesion_of(probabilities: Probabilities) -> Mask:
    """The mask of an outline."""
    mask: Mask = probabilities >= LESION
    return mask
