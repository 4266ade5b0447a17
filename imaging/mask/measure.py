"""What is measured on a mask."""

import numpy as np

from imaging.framing import Mask
from imaging.values import Measurements


def measure(mask: Mask) -> Measurements:
    """The area of a mask (H, W) in pixels and as a fraction of the photo."""
    area = int(np.count_nonzero(mask))
    return Measurements(area, area / mask.size)
