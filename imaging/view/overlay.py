"""The mask over the photo: a tint by screen blending, and the mask's border as a line."""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from imaging.framing import ALL, NONE, SOME, Coverage, Mask, Pixels

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

TINT: Colour = (0, 150, 255)
BORDER: Colour = (95, 215, 175)
"""One of the 256 fixed colours too, and on white as on black easy to see."""


@dataclass(frozen=True)
class Ink:
    """How strong a mask's tint and its line are, from 0 to 1."""

    tint: float
    line: float


class Shown(StrEnum):
    """What is drawn of a mask; after the outline nothing, so that one key shows the bare photo."""

    OUTLINE = "outline"
    NOTHING = "off"
    BOTH = "outline, fill"
    FILL = "fill"

    def ink(self, strength: float) -> Ink:
        """At a strength from 0 to 1; the line is solid from its middle on: borders are judged."""
        tint = strength if self in (Shown.BOTH, Shown.FILL) else 0.0
        line = min(1.0, 2 * strength) if self in (Shown.BOTH, Shown.OUTLINE) else 0.0
        return Ink(tint, line)

    def following(self) -> "Shown":
        """The next one, around and around."""
        every = list(Shown)
        return every[(every.index(self) + 1) % len(every)]


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

    Beside the grid is no mask: of a mask that goes on there, look at more than is drawn.

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
