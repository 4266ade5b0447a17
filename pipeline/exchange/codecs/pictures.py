"""Masks as PNG files, written fast and read strictly."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from imaging.decode.containers import PNG
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
_UP = 2
"""PNG's number for a row that is told by the one above."""
_GREY, _PALETTE = 0, 3
"""PNG's numbers for what a byte is."""
Numbers = npt.NDArray[np.unsignedinteger]
"""Which lesion each pixel (H, W) is of, from 1 on; 0 for none."""


def grey(mask: Mask) -> bytes:
    """A mask (H, W) as an 8-bit PNG of 0 and 255.

    Each row as what it is more than the one above, which is nothing nearly everywhere, and
    compressed as runs: half the time of OpenCV's encoder, and a third of Pillow's.
    """
    rows = cv2.transpose(mask.T.view(np.uint8)) if mask.flags.f_contiguous else mask.view(np.uint8)
    lines = _lines(np.asarray(rows, np.uint8))
    lines[:, 1:] *= np.uint8(255)
    return _png(lines, _GREY, b"")


def coloured(numbers: Numbers, palette: bytes) -> bytes:
    """Numbers (H, W) of 8 bits as a PNG in which a palette, RGB in turn, shows each as a colour."""
    return _png(_lines(numbers), _PALETTE, _chunk(b"PLTE", palette))


def _lines(rows: Numbers) -> npt.NDArray[np.uint8]:
    """A picture's bytes (H, W) as PNG has them before they are compressed (H, 1 + W)."""
    height, width = rows.shape
    lines = np.empty((height, width + 1), np.uint8)
    lines[:, 0] = _UP
    lines[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=lines[1:, 1:])
    return lines


def _png(lines: npt.NDArray[np.uint8], kind: int, palette: bytes) -> bytes:
    height, width = lines.shape
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_RLE)
    data = packer.compress(lines.data) + packer.flush()
    head = struct.pack(">IIBBBBB", width - 1, height, 8, kind, 0, 0, 0)
    return PNG + _chunk(b"IHDR", head) + palette + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, payload: bytes) -> bytes:
    body = kind + payload
    return struct.pack(">I", len(payload)) + body + struct.pack(">I", zlib.crc32(body))


def encoded(pixels: Numbers) -> bytes:
    """A grey picture (H, W) of 8 or 16 bits as a PNG."""
    done, data = cv2.imencode(".png", pixels, _FAST)
    if not done:
        raise OSError("a mask could not be written as PNG")
    return data.tobytes()


def decoded(data: bytes, name: str) -> Numbers:
    """The numbers of a grey PNG (H, W). Raises LabelError."""
    # It would print a line of its own over what is damaged.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        found = None
    if found is None or found.ndim != 2 or found.dtype not in (np.uint8, np.uint16):
        raise LabelError(f"{name} is damaged, or no grey picture that could be a mask.")
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
    if np.count_nonzero(mask) != np.count_nonzero(numbers == numbers.max(initial=1)):
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
