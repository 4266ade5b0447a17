"""The orientation in EXIF or XMP: read here, applied here, and nowhere else."""

import warnings
from contextlib import suppress

from PIL import ExifTags, Image

from imaging.decode.heif import is_avif, is_heif
from imaging.decode.metadata import exif, xmp_orientation
from imaging.framing import Mask, Pixels, Size

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BACKWARDS = frozenset({3, 4, 6, 7})
"""Where the first stored row comes to lie last."""
_ALONG, _UPSIDE_DOWN, _MIRRORED = {5, 6, 7, 8}, {3, 4, 6, 7}, {2, 3, 7, 8}
"""What undoes an orientation: columns for rows, then the order of rows, and that of columns."""


def orientation(data: bytes) -> int:
    """The orientation, 1 to 8, of a whole file; 1 where there is none or it makes no sense.

    EXIF counts before XMP. Always 1 for HEIC: it has a rotation of its own, which its decoder
    applies, and its EXIF orientation is a copy that must not be applied once more; a TIFF's decoder
    applies its orientation as well.
    """
    if is_heif(data) and not is_avif(data):
        return 1
    for said in (_by_exif, xmp_orientation):
        # Broken metadata raise all kinds of errors, and the pixels may be fine.
        with suppress(Exception), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = said(data)
            if isinstance(value, int) and value in range(1, 9):
                return value
    return 1


def _by_exif(data: bytes) -> object:
    return exif(data).get(ExifTags.Base.Orientation)


def upright_size(size: Size, turn: int) -> Size:
    """A stored size after an orientation is applied."""
    return Size(size.height, size.width) if turn >= 5 else size


def upright(picture: Image.Image, turn: int) -> Image.Image:
    """A stored picture after an orientation is applied."""
    return picture.transpose(_TURNS[turn]) if turn in _TURNS else picture


def turned_back(mask: Mask, turn: int) -> Mask:
    """A mask (H, W) of an upright picture, as that is stored under an orientation from 1 to 8."""
    back = mask.T if turn in _ALONG else mask
    if turn in _UPSIDE_DOWN:
        back = back[::-1]
    return back[:, ::-1] if turn in _MIRRORED else back


def turned_upright(mask: Mask, turn: int) -> Mask:
    """A mask (H, W) of a picture as it is stored under an orientation, on the upright one."""
    back = mask[:, ::-1] if turn in _MIRRORED else mask
    if turn in _UPSIDE_DOWN:
        back = back[::-1]
    return back.T if turn in _ALONG else back


def turned_rows(pixels: Pixels, turn: int, top: int, count: int) -> Pixels:
    """Where in an upright picture (H, W, 3) the rows from `top` on of a stored one lie; a view."""
    along = 1 if turn >= 5 else 0
    first = pixels.shape[along] - top - count if turn in _BACKWARDS else top
    return pixels[:, first : first + count] if along else pixels[first : first + count]
