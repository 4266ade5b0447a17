"""An outline mended at marks without a network: by geodesic distance on colours.

Criminisi et al., "GeoS: Geodesic Image Segmentation" (2008): a pixel belongs to what is nearer, the
way counted in steps and in colours that are crossed. It begins at marks and, away from marks that
the outline does not obey yet, at the outline as it was.
"""

import cv2
import numpy as np
import numpy.typing as npt

from imaging.framing import Pixels, Probabilities
from imaging.mask.marks import LESION, Marks, lesion_of, where_marked
from imaging.mask.window import window_around

SIZE = 128
"""Pixels a side of the window that is worked on."""
REACH = 2.0
"""How far around a mark the outline is drawn anew, as a multiple of its distance to the outline.

This and `COLOUR` were chosen on held-out photos of training; farther, marks spoil more.
"""
COLOUR = 3.0
"""How many steps a level of Lab counts."""
RADIUS = 2
FAR = np.float32(1e6)
Distances = npt.NDArray[np.float32]
_NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))


def refine(picture: Pixels, probabilities: Probabilities, marks: Marks) -> Probabilities:
    """A `Refiner`: a better outline of a picture (H, W, 3), its outline (H, W) and marks."""
    window = window_around(lesion_of(probabilities), marks)
    lab = cv2.cvtColor(window.cut(picture, SIZE), cv2.COLOR_RGB2LAB)
    before = np.asarray(window.cut(probabilities, SIZE), np.float32)
    steps = _steps(np.asarray(cv2.GaussianBlur(lab, (0, 0), 1.0), np.float32))
    starts = _starts(before, window.marks(marks, SIZE))
    to_lesion, to_skin = (_nearest(start, steps) for start in starts)
    after = to_skin / np.maximum(to_lesion + to_skin, np.float32(1e-6))
    return where_marked(probabilities, window.lay(after, probabilities), marks)


def _starts(before: Probabilities, marks: Marks) -> tuple[Distances, Distances]:
    """How near lesion and skin are at first, float32 (SIZE, SIZE)."""
    inside, outside = _discs(marks, marks.inside), _discs(marks, marks.outside)
    drawn = before >= LESION
    if not drawn.any():
        # Of a lesion that nothing was known of before, only what lies at the border is no part.
        edge = np.pad(np.zeros((SIZE - 2, SIZE - 2), np.bool_), 1, constant_values=True)
        return _from(inside), _from(edge | outside)
    new_lesion, new_skin = inside & ~drawn, outside & drawn
    free_skin, free_lesion = _zone(new_lesion, drawn), _zone(new_skin, drawn)
    return (
        _from(inside | (drawn & ~free_lesion & ~outside)),
        _from(outside | (~drawn & ~free_skin & ~inside)),
    )


def _zone(marked: npt.NDArray[np.bool_], drawn: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Around marks that the outline does not obey yet: where it is drawn anew."""
    if not marked.any():
        return marked
    reach = REACH * _depth(drawn)[marked].max()
    away = cv2.distanceTransform((~marked).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    zone: npt.NDArray[np.bool_] = away <= reach
    return zone


def _from(pixels: npt.NDArray[np.bool_]) -> Distances:
    return np.where(pixels, np.float32(0), FAR)


def _depth(drawn: npt.NDArray[np.bool_]) -> Distances:
    """How far each pixel is from the outline."""
    masks = drawn.astype(np.uint8), (~drawn).astype(np.uint8)
    inner, outer = (
        cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for mask in masks
    )
    return np.asarray(inner + outer, np.float32)


def _discs(marks: Marks, points: tuple[tuple[float, float], ...]) -> npt.NDArray[np.bool_]:
    drawn = np.zeros((SIZE, SIZE), np.uint8)
    for row, column in marks.pixels(points, (SIZE, SIZE)):
        cv2.circle(drawn, (int(column), int(row)), RADIUS, 1, -1)
    return drawn.astype(np.bool_)


def _steps(colours: npt.NDArray[np.float32]) -> list[Distances]:
    """What a step to each neighbour counts: 1 (or the root of 2) and the colours it crosses."""
    found = []
    for down, right in _NEIGHBOURS:
        there = np.roll(colours, (-down, -right), (0, 1))
        crossed = np.abs(there - colours).sum(2)
        steps = np.hypot(down, right) + COLOUR * crossed
        # What rolls over the edge is no neighbour.
        steps[SIZE - down :] = np.inf
        steps[:, slice(SIZE - 1, None) if right > 0 else slice(0, -right)] = np.inf
        found.append(steps.astype(np.float32))
    return found


def _nearest(start: Distances, steps: list[Distances]) -> Distances:
    """The least of a start and the way from it, over all pixels: relaxed until nothing changes."""
    distance = start
    for _ in range(2 * SIZE):
        nearer = distance.copy()
        for (down, right), step in zip(_NEIGHBOURS, steps, strict=True):
            there = np.roll(nearer, (-down, -right), (0, 1)) + step
            back = np.roll(nearer + step, (down, right), (0, 1))
            nearer = np.minimum(nearer, np.minimum(there, back))
        if (distance - nearer).max() < 0.01:
            break
        distance = nearer
    return distance
