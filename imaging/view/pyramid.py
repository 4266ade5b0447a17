"""A picture beside smaller copies of itself, so that a far view costs no more than a near one."""

import cv2
import numpy as np

from imaging.framing import Framing, Pixels

SMALLEST = 256
"""The longer side, in pixels, from which on no smaller copy is worth making."""


def pyramid(pixels: Pixels) -> tuple[Pixels, ...]:
    """A picture, uint8 (h, w, 3), and its copies, each half as large as the one before.

    They take a third of the picture's bytes.
    """
    levels = [pixels]
    while max(levels[-1].shape[:2]) >= 2 * SMALLEST and min(levels[-1].shape[:2]) > 1:
        height, width = (side // 2 for side in levels[-1].shape[:2])
        half = cv2.resize(levels[-1], (width, height), interpolation=cv2.INTER_AREA)
        levels.append(np.asarray(half, np.uint8))
    return tuple(levels)


def draw_region(levels: tuple[Pixels, ...], framing: Framing) -> Pixels:
    """What a framing shows of a photo, uint8 (gh, gw, 3).

    Made from the smallest copy that is no smaller than the photo is drawn: on photographs a grey
    level off what the whole would give, on average, and a few levels at sharp edges.
    """
    enough = [
        level
        for level in levels
        if level.shape[0] >= framing.height and level.shape[1] >= framing.width
    ]
    return framing.picture_to_grid(enough[-1] if enough else levels[0])
