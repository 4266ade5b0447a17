"""The mask over the photo: a tint by screen blending, and the mask's border as a line."""

import cv2
import numpy as np

from imaging.framing import Mask, Pixels

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


def outline(picture: Pixels, mask: Mask, colour: Colour = BORDER) -> Pixels:
    """The picture (H, W, 3) with a line, one pixel wide, along the inside of the mask's border."""
    inner = cv2.erode(
        np.ascontiguousarray(mask).view(np.uint8),
        np.ones((3, 3), np.uint8),
        borderType=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    line = mask & (inner == 0)
    return np.where(line[..., None], np.array(colour, np.uint8), picture)
