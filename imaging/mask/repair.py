"""Repairs of a whole mask: holes filled, parts told apart, the border moved and smoothed.

Masks are bool (H, W) and stay as they are; one that is returned lies in memory as the first does.
Lengths are photo pixels, from centre to centre. Nobody knows how a lesion goes on beyond the photo,
so that the photo's edge is no border: nothing is worn away from there.
"""

import math
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from imaging.framing import Mask, Part
from imaging.mask.disc import dilate
from imaging.mask.measure import bounding_box

FOUND = 2
"""What a flood leaves behind, where a mask has 0 and 1."""
HALF_DIAGONAL = math.sqrt(0.5)
"""From any point of a pixel its centre is no farther."""


def fill_holes(mask: Mask) -> Mask:
    """The mask without its holes: background (4-connected) that nowhere reaches outside."""
    return _in_its_box(mask, 0, _filled)


def grow(mask: Mask, radius: float) -> Mask:
    """The mask and all that lies within `radius` of it: dilation by a disc."""
    return _in_its_box(mask, math.ceil(radius), lambda lesion: dilate(lesion, radius))


def shrink(mask: Mask, radius: float) -> Mask:
    """The mask but for what lies within `radius` of its background: erosion by a disc."""
    return _in_its_box(mask, 1, lambda lesion: ~dilate(~lesion, radius))


def smooth(mask: Mask, radius: float) -> Mask:
    """The mask closed and then opened by a disc of `radius`.

    Clefts too narrow for the disc are filled, and whatever of the mask is too narrow for it goes.
    The filter of Serra (ed.), "Image Analysis and Mathematical Morphology", volume 2, 1988: a
    second time it changes nothing.
    """
    return _in_its_box(mask, math.ceil(radius) + 1, lambda lesion: _smoothed(lesion, radius))


def part_at(mask: Mask, x: float, y: float, reach: float) -> Mask | None:
    """The part of a mask (8-connected) that is under a point, or nearest to it within `reach`.

    The point is in continuous photo pixels; None where no part is so near.
    """
    turned = mask.flags.f_contiguous
    lines = mask.T if turned else mask
    seed = _nearest(lines, *((y, x) if turned else (x, y)), max(reach, HALF_DIAGONAL))
    if seed is None:
        return None
    flooded = lines.astype(np.uint8, order="C")
    cv2.floodFill(flooded, None, seed, FOUND, flags=8)
    part: Mask = flooded == FOUND
    return part.T if turned else part


def drop_parts(mask: Mask, dropped: Mask, kept: Mask) -> Mask:
    """The mask without the pixels `dropped`, and without each part (8-connected) that has some.

    A part that has pixels of `kept` too stays, but for the pixels.
    """
    box = bounding_box(mask)
    if box is None:
        return mask.copy(order="K")
    part, count = _labels(mask[box])
    falls = np.zeros(count, np.bool_)
    falls[part[dropped[box]]] = True
    falls[part[kept[box]]] = False
    left = mask & ~dropped
    left[box] &= ~falls[part]
    return left


def keep_parts(mask: Mask, kept: Mask) -> Mask:
    """The parts of the mask (8-connected) that have some pixel of `kept`."""
    left = np.zeros_like(mask)
    box = bounding_box(mask)
    if box is not None:
        part, count = _labels(mask[box])
        stays = np.zeros(count, np.bool_)
        stays[part[kept[box]]] = True
        left[box] = mask[box] & stays[part]
    return left


def _labels(box: Mask) -> tuple[npt.NDArray[np.int32], int]:
    """The number of the part that each pixel is of, 0 for background, and how many there are."""
    turned = box.strides[0] < box.strides[1]
    lines = (box.T if turned else box).astype(np.uint8, order="C")
    count, labels = cv2.connectedComponents(lines, connectivity=8)
    part = np.asarray(labels, np.int32)
    return part.T if turned else part, count


def _in_its_box(mask: Mask, margin: int, change: Callable[[Mask], Mask]) -> Mask:
    """The mask, changed in the box that holds all of it and a margin around."""
    changed = np.array(mask, order="K")
    # As they lie in memory, be they rows or columns of the photo: a disc and a hole are the same.
    lines = changed.T if changed.flags.f_contiguous else changed
    box = bounding_box(lines)
    if box is not None:
        box = _widened(box, margin, lines)
        lines[box] = change(lines[box])
    return changed


def _widened(box: Part, margin: int, lines: Mask) -> Part:
    along, across = (
        slice(max(0, line.start - margin), min(size, line.stop + margin))
        for line, size in zip(box, lines.shape, strict=True)
    )
    return along, across


def _filled(lesion: Mask) -> Mask:
    # With a margin, so that all background outside is one.
    flooded = np.pad(lesion.view(np.uint8), 1)
    cv2.floodFill(flooded, None, (0, 0), FOUND, flags=4)
    filled: Mask = flooded[1:-1, 1:-1] != FOUND
    return filled


def _smoothed(lesion: Mask, radius: float) -> Mask:
    closed = ~dilate(~dilate(lesion, radius), radius)
    return dilate(~dilate(~closed, radius), radius)


def _nearest(lines: Mask, across: float, along: float, reach: float) -> tuple[int, int] | None:
    """The lesion pixel nearest to a point, as OpenCV writes a point; None where none is so near."""
    near = [slice(_floor(at - reach), _floor(at + reach) + 1) for at in (along, across)]
    found = np.argwhere(lines[tuple(near)]) + [line.start for line in near]
    if not found.size:
        return None
    distance = np.hypot(found[:, 0] + 0.5 - along, found[:, 1] + 0.5 - across)
    line, place = found[distance.argmin()]
    return (int(place), int(line)) if distance.min() <= reach else None


def _floor(place: float) -> int:
    return max(0, math.floor(place))
