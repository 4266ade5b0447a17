"""A mask that a person drew, read from any kind of picture that is plainly one."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from imaging.framing import Mask
from models.evaluate.pairs import Pair, PairsError

Grey = npt.NDArray[np.uint8]
_HALF, _NEAR = 128, 48
"""Where lesion begins, and how far from black and white a lossy file may take them."""
_BETWEEN = 0.02
"""The share of pixels, along borders mostly, that may lie between the two."""


def read_mask(pair: Pair) -> Mask:
    """A pair's true mask, bool (H, W). Raises PairsError where it isn't plainly one.

    Of two values the higher is lesion, whatever they are; so is what is seen where all that is seen
    has one colour; of greys, as lossy files and smooth borders have them, the lighter half.
    """
    try:
        with Image.open(pair.mask) as picture:
            grey = _grey(picture)
    except (OSError, ValueError) as error:
        raise PairsError(f"{pair.mask} can't be read ({error}).") from error
    values = np.unique(grey)
    if len(values) <= 2:
        return np.asarray(grey == values[-1]) if values[-1] else np.zeros(grey.shape, np.bool_)
    between = (grey > _NEAR) & (grey < 255 - _NEAR)
    if between.mean() > _BETWEEN:
        raise PairsError(
            f"{pair.mask} is not plainly a mask: {between.mean():.0%} of it is neither dark nor "
            "light. Save the lesion white and all else black."
        )
    return np.asarray(grey >= _HALF)


def _grey(picture: Image.Image) -> Grey:
    """The picture in grey; black where it is seen through, white for what is seen of one colour."""
    if not picture.has_transparency_data:
        wide = picture.mode.startswith("I")
        grey = np.asarray(picture if wide else picture.convert("L"))
        # 16 bits: convert would cut off what is above 255.
        return np.asarray(grey.astype(np.uint32) // (257 if grey.max() > 255 else 1), np.uint8)
    colours = np.asarray(picture.convert("RGBA"))
    seen, grey = colours[..., 3], np.asarray(picture.convert("RGBA").convert("L"))
    if len(np.unique(grey[seen > 0])) <= 1:
        return seen
    return np.asarray(np.where(seen > 0, grey, 0), np.uint8)
