"""The mask over the photo: a tint by screen blending, and the mask's border as a line."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import cv2
import numpy as np

from imaging.framing import ALL, NONE, SOME, Coverage, Mask, Pixels

Rgb = tuple[int, int, int]


class Colour(NamedTuple):
    """Red, green and blue, 0 to 255."""

    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        """As the web writes it."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


TINT = Colour(255, 255, 0)
BORDER = Colour(0, 95, 255)
"""Of the 256 fixed colours the one that differs most from skin of any tone, at its palest border,
for whoever sees all colours and for whoever misses red, green or blue: benchmarks/colours.py.
"""


@dataclass(frozen=True)
class Pens:
    """What a mask is drawn with: its line's colour and width in the screen's pixels, its fill."""

    line: Colour = BORDER
    fill: Colour = TINT
    width: int = 1


USUAL_PENS = Pens()


@dataclass(frozen=True)
class Ink:
    """How strong a mask's tint and its line are, from 0 to 1, and with what they are drawn."""

    tint: float
    line: float
    pens: Pens = USUAL_PENS


class Shown(StrEnum):
    """What is drawn of a mask; after the outline nothing, so that one key shows the bare photo."""

    OUTLINE = "outline"
    NOTHING = "off"
    BOTH = "outline, fill"
    FILL = "fill"

    def ink(self, strength: float, pens: Pens = USUAL_PENS) -> Ink:
        """At a strength from 0 to 1; the line is solid from its middle on: borders are judged."""
        tint = strength if self in (Shown.BOTH, Shown.FILL) else 0.0
        line = min(1.0, 2 * strength) if self in (Shown.BOTH, Shown.OUTLINE) else 0.0
        return Ink(tint, line, pens)

    def following(self) -> "Shown":
        """The next one, around and around."""
        every = list(Shown)
        return every[(every.index(self) + 1) % len(every)]


def overlay(picture: Pixels, mask: Mask, opacity: float = 0.5, colour: Rgb = TINT) -> Pixels:
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


def thickened(line: Mask, width: int) -> Mask:
    """A line one pixel wide made so many wide; where that is even, one more at right and below."""
    if width == 1:
        return line
    square = np.ones((width, width), np.uint8)
    thick: Mask = cv2.dilate(line.view(np.uint8), square, anchor=(width // 2, width // 2)).view(
        np.bool_
    )
    return thick
