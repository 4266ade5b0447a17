"""Masks as PNG files, written fast and read strictly."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from imaging.framing import Mask
from imaging.mask import rle
from imaging.values import Rle
from pipeline.errors import LabelError

_FAST = (
    cv2.IMWRITE_PNG_COMPRESSION,
    1,
    cv2.IMWRITE_PNG_STRATEGY,
    cv2.IMWRITE_PNG_STRATEGY_RLE,
)
"""Masks are long runs: the smallest files as well as the least time."""
Numbers = npt.NDArray[np.unsignedinteger]
"""Which lesion each pixel (H, W) is of, from 1 on; 0 for none."""


def grey(mask: Mask) -> bytes:
    """A mask (H, W) as an 8-bit PNG of 0 and 255."""
    return encoded(np.ascontiguousarray(mask).view(np.uint8) * np.uint8(255))


def encoded(pixels: Numbers) -> bytes:
    """A grey picture (H, W) of 8 or 16 bits as a PNG."""
    done, data = cv2.imencode(".png", pixels, _FAST)
    if not done:
        raise OSError("a mask could not be written as PNG")
    return data.tobytes()


def decoded(data: bytes, name: str) -> Numbers:
    """The numbers of a grey PNG (H, W). Raises LabelError."""
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        found = None
    if found is None or found.ndim != 2 or found.dtype not in (np.uint8, np.uint16):
        raise LabelError(f"{name} is no grey picture that could be a mask. Save it as a grey PNG.")
    return np.asarray(found)


def read_grey(path: Path) -> Numbers:
    """The numbers of a PNG file (H, W). Raises LabelError."""
    try:
        return decoded(path.read_bytes(), path.name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise LabelError(f"{path} can't be read ({reason}). Check its disk.") from error


def lesion_of(numbers: Numbers, name: str) -> Mask:
    """The mask of a picture of 0 and one other value. Raises LabelError where there are more."""
    mask: Mask = numbers > 0
    if mask.any() and (numbers[mask] != numbers.max()).any():
        raise LabelError(
            f"{name} has more than two values, so what of it is lesion can't be told. "
            "Save it in black and white."
        )
    return mask


def numbered(lesions: tuple[Rle, ...]) -> Numbers:
    """Which lesion each pixel (H, W) is of; in 16 bits where 8 are too few. There is one."""
    kind = np.uint8 if len(lesions) <= np.iinfo(np.uint8).max else np.uint16
    size = lesions[0].size
    numbers = np.zeros((size.height, size.width), kind)
    for number, lesion in enumerate(lesions, 1):
        numbers[rle.decode(lesion)] = number
    return numbers


def told_apart(numbers: Numbers) -> tuple[Rle, ...]:
    """The lesions of a picture of numbers, in the order of those."""
    return tuple(rle.encode(numbers == number) for number in np.unique(numbers) if number)
