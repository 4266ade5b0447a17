"""Masks as COCO's compressed run-length encoding, through pycocotools."""

import numpy as np
from pycocotools import mask as coco

from imaging.framing import Mask, Size
from imaging.values import Rle


def encode(mask: Mask) -> Rle:
    """Encode a mask (H, W); a column-major one is taken as it lies in memory."""
    encoded = coco.encode(np.asfortranarray(mask).view(np.uint8))
    return Rle(Size.of(mask), bytes(encoded["counts"]))


def decode(rle: Rle) -> Mask:
    """The mask (H, W) of an encoding, column-major in memory and writable."""
    counts = {"size": [rle.size.height, rle.size.width], "counts": rle.counts}
    decoded: Mask = coco.decode(counts).view(np.bool_)
    return decoded
