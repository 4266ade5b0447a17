"""The mask over the photo: a tint by screen blending, and the mask's border as a line."""

import cv2
import numpy as np

from imaging.framing import ALL, NONE, SOME, Coverage, Mask, Pixels

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

TINT: Colour = (0, 150, 255)
BORDER: Colour = (95, 215, 175)
"""One of the 256 fixed colours too, and on white as on black easy to see."""


def overlay(picture: Pixels, mask: Mask, opacity: float = 0.5, colour: Colour = TINT) -> Pixels:
    """The picture (H, W, 3) with `colour` screened over it where the mask (H, W) is set.

    Screen blending: 1 - (1 - a)(1 - b) for values from 0 to 1, where b is the colour times
    `opacity` (0 to 1). Nothing gets darker.
    """
    tint = np.array(colour, np.float32) * (opacity / 255)
    values = np.arange(256, dtype=np.float32)[:, None] / 255
    screened = np.round((1 - (1 - values) * (1 - tint)) * 255).astype(np.uint8)
    blended = np.stack([screened[picture[..., c], c] for c in range(3)], axis=-1)
    return np.where(mask[..., None], blended, picture)


def border(coverage: Coverage) -> Mask:
    """Where the line along a mask's border runs, on a grid that it covers (H, W).

    On each grid pixel that the mask covers in part: nothing of a mask is hidden by the grid. Where
    the mask's edge runs between two grid pixels, or along the grid's, on the one inside.
    """
    beside = cv2.erode(
        (coverage != NONE).view(np.uint8),
        cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)),
        borderType=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    line: Mask = (coverage == SOME) | ((coverage == ALL) & (beside == 0))
    return line
