"""What is measured on a mask."""

import cv2
import numpy as np

from imaging.framing import Mask, Part, Size
from imaging.values import Measurements


def measure(mask: Mask) -> Measurements:
    """The area of a mask (H, W) in pixels and as a fraction of the photo."""
    return measured(int(np.count_nonzero(mask)), Size.of(mask))


def measured(area: int, photo: Size) -> Measurements:
    """What is said of a mask of so many pixels on a photo."""
    return Measurements(area, area / (photo.width * photo.height))


def bounding_box(mask: Mask) -> Part | None:
    """The rows and columns that hold all of a mask (H, W); None of an empty one."""
    # As it lies in memory: OpenCV would copy a mask that is turned.
    turned = mask.flags.f_contiguous
    lines = np.ascontiguousarray(mask.T if turned else mask).view(np.uint8)
    left, top, width, height = cv2.boundingRect(lines)
    if not width:
        return None
    across, along = slice(left, left + width), slice(top, top + height)
    return (across, along) if turned else (along, across)
