"""Plain skin cut beside lesions: what no lesion looks like, to train on and to measure with."""

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
LEAST = 0.25
"""A piece is at least so long, of the photo's shorter side: smaller ones are mostly blur."""
_TRIES = 60


def skin_beside(picture: Picture, mask: Picture, random: np.random.Generator) -> Picture | None:
    """A random piece (h, w, 3) of a photo that keeps away from its lesion; None without room.

    In: uint8 (H, W, 3) and mask uint8 (H, W), 0 or 255. Away: by 0.15 of the square root of the
    lesion's area, as outlines are drawn too tight more often than too wide.
    """
    shorter = min(mask.shape)
    sums = cv2.integral((_grown(mask) > 0).astype(np.uint8))
    for _ in range(_TRIES):
        side, shape = shorter * random.uniform(LEAST, 0.8), random.uniform(0.75, 1.33)
        height, width = (int(side * min(1, by)) for by in (shape, 1 / shape))
        top = int(random.integers(mask.shape[0] - height + 1))
        left = int(random.integers(mask.shape[1] - width + 1))
        bottom, right = top + height, left + width
        lesion = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        if lesion == 0:
            return np.ascontiguousarray(picture[top:bottom, left:right])
    return None


def _grown(mask: Picture) -> Picture:
    reach = 2 * int(max(3, np.sqrt(cv2.countNonZero(mask)) * 0.15)) + 1
    return np.asarray(cv2.dilate(mask, np.ones((reach, reach), np.uint8)), np.uint8)
