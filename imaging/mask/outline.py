"""From a map of probabilities to the mask that is stored, shown and measured."""

import cv2
import numpy as np

from imaging.framing import Framing, Mask, Probabilities
from imaging.mask.parts import MaskPart

SMALLEST_PART = 0.3
"""A part of a mask with less than this share of the greatest part's lesion is left out, unless the
model is sure of it: somewhere in it the probability is at least `sure_above` its threshold.

People rarely draw small parts, networks do. What they are sure of is mostly the smaller of two
lesions (models/EXPERIMENTS.md).
"""


def sure_above(threshold: float) -> float:
    """From which probability on a model is sure of a part: halfway from its threshold to 1."""
    return (threshold + 1) / 2


def draw_mask(grid: Probabilities, framing: Framing, threshold: float) -> Mask:
    """The mask (H, W) of a map (gh, gw): at least `threshold`, without parts that are small."""
    return draw_part(grid, framing, threshold).on(framing.photo)


def draw_part(grid: Probabilities, framing: Framing, threshold: float) -> MaskPart:
    """The same where anything is drawn, which is a fraction of the photo; column-major."""
    seen = grid[framing.inside]
    kept = main_parts(seen, threshold)
    if kept is not seen:
        grid = grid.copy()
        grid[framing.inside] = kept
    return MaskPart(*framing.mask_to_photo(grid, threshold))


def mask_on_grid(grid: Probabilities, threshold: float) -> Mask:
    """The same of a map (h, w) as it is, or of the part of it on which a photo lies."""
    mask: Mask = main_parts(grid, threshold) >= threshold
    return mask


def main_parts(grid: Probabilities, threshold: float) -> Probabilities:
    """A map (h, w) with the parts that `SMALLEST_PART` leaves out set to 0.

    A part is what hangs together at `threshold`, corners included; its lesion is the sum of its
    probabilities. Returns the map itself where nothing is left out.
    """
    count, labels = cv2.connectedComponents((grid >= threshold).astype(np.uint8))
    if count <= 2:
        return grid
    lesion = np.bincount(labels.ravel(), weights=grid.ravel(), minlength=count)
    lesion[0] = np.inf
    small = lesion < SMALLEST_PART * lesion[1:].max()
    small[labels[grid >= sure_above(threshold)]] = False
    if not small.any():
        return grid
    kept: Probabilities = np.where(small[labels], np.float32(0), grid)
    return kept
