"""Dilation of a mask by a disc: exact, and of 64 pixels at a time.

A disc is a stack of runs, the longest in its middle. The mask is widened along its lines by half a
run after the other, the shortest first, and laid over itself as many lines away as that run lies
from the middle.
"""

import math

import cv2
import numpy as np
import numpy.typing as npt

from imaging.framing import Mask

Words = npt.NDArray[np.uint64]
"""(H, W): a line's pixels as bits, the first one lowest, and at least a word of none behind."""
BITS = 64
FARTHEST = 500.0
"""By a larger disc a distance transform is faster: what that takes does not grow with the disc."""


def dilate(mask: Mask, radius: float) -> Mask:
    """All pixels (H, W), C-contiguous, within `radius` of one of the mask, from centre to centre.

    Measured at 8 MP: 16 ms by a disc of 44 pixels and 80 by one of 270, where a distance
    transform takes 170 of either.
    """
    if radius > FARTHEST:
        return _near(mask, radius)
    return _unpacked(_dilated(_packed(mask), radius), mask.shape[1])


def _near(mask: Mask, radius: float) -> Mask:
    if not mask.any():
        return mask.copy()
    background = np.ascontiguousarray(~mask).view(np.uint8)
    near: Mask = cv2.distanceTransform(background, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) <= radius
    return near


def _packed(mask: Mask) -> Words:
    height, width = mask.shape
    packed = np.packbits(mask, axis=1, bitorder="little")
    octets = np.zeros((height, BITS // 8 * (width // BITS + 2)), np.uint8)
    octets[:, : packed.shape[1]] = packed
    return octets.view("<u8").astype(np.uint64, copy=False)


def _unpacked(words: Words, width: int) -> Mask:
    octets = words.astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(octets, axis=1, count=width, bitorder="little").view(np.bool_)


def _dilated(words: Words, radius: float) -> Words:
    height, square = words.shape[0], math.floor(radius * radius)
    grown, wide, half = np.zeros_like(words), words, 0
    for away in range(math.floor(radius), -1, -1):
        run = math.isqrt(square - away * away)
        while half < run:
            # A run cut by the photo's edge is as short as this: a longer step would leave a gap.
            step = min(run - half, half + 1, BITS - 1)
            wide, half = _widened(wide, step), half + step
        if away < height:
            grown[away:] |= wide[: height - away]
            grown[: height - away] |= wide[away:]
    return grown


def _widened(words: Words, by: int) -> Words:
    """Each run longer at both its ends by so many pixels, fewer than a word has."""
    flat, near, far = words.ravel(), np.uint64(by), np.uint64(BITS - by)
    wide, moved = flat | (flat << near), flat >> near
    wide |= moved
    np.right_shift(flat[:-1], far, out=moved[1:])
    wide[1:] |= moved[1:]
    np.left_shift(flat[1:], far, out=moved[:-1])
    wide[:-1] |= moved[:-1]
    lines = wide.reshape(words.shape)
    # What ran out of a line must not come into the next one.
    lines[:, -1] = 0
    return lines
