"""What a photo may take of memory, reckoned from its header before any of it is decoded.

Measured at 40 megapixels, a kind of picture in a process of its own; `python -m benchmarks.bombs`
has those that claim more than they hold. HEIC and AVIF of 10 bits or without chroma subsampling are
reckoned by estimate.
"""

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from imaging.decode.colour import is_plain
from imaging.decode.webp import webp_size
from imaging.framing import Size

MOST_PIXELS = 250_000_000
"""Of any photo, whatever memory it may take: masks are stored for no more."""
SMALLEST_SIDE = 16
_OUTLINED = 6.0
"""Bytes a pixel of a mask that is drawn and measured, whatever the photo was decoded by."""
_WHOLE = 3.5
"""Bytes a pixel of the picture that comes out, and of the rows in work."""
_WEBP = 17.0
_STORED = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}
"""Bytes a pixel in Pillow, by mode; of all others 4."""
_BITS, _TILE_WIDTH, _TILE_HEIGHT = 258, 322, 323
"""Tags of TIFF."""


def refuse_unopened(name: str, data: bytes, most: int) -> str | None:
    """Why a photo is not even opened, as a sentence; None where it may be, by at most `most` bytes.

    Of a WebP alone: its decoder takes memory for the picture, and asks for its size only then.
    """
    size = webp_size(data)
    if size is None:
        return None
    return _refuse(name, size, len(data) + round(_WEBP * size.width * size.height), most)


def refuse(name: str, data: bytes, picture: Image.Image, *, whole: bool, most: int) -> str | None:
    """Why a photo is not decoded, as a sentence; None where it may be, by at most `most` bytes.

    `picture` is opened, not loaded; `whole` is at its full size.
    """
    return _refuse(name, Size(*picture.size), bytes_needed(data, picture, whole=whole), most)


def _refuse(name: str, size: Size, needed: int, most: int) -> str | None:
    what = f"{name} is {size.width}×{size.height} pixels"
    if min(size.width, size.height) < SMALLEST_SIDE:
        return (
            f"{what}, too small to show a lesion (at least {SMALLEST_SIDE} a side). Leave it out."
        )
    if size.width * size.height > MOST_PIXELS:
        return (
            f"{what}, more than nevus opens ({MOST_PIXELS // 10**6} megapixels). Save it smaller."
        )
    if needed > most:
        return (
            f"{what}: opening it would take {needed / 1e9:.1f} GB of memory, more than a photo may "
            f"take ({most / 1e9:g} GB). Save it smaller or as a plain JPEG, or allow more with "
            "--memory."
        )
    return None


def bytes_needed(data: bytes, picture: Image.Image, *, whole: bool) -> int:
    """The most memory that decoding and outlining a photo takes, its file included."""
    pixels = picture.width * picture.height
    beside = 0.0 if is_plain(picture) else _STORED.get(picture.mode, 4)
    a_pixel = _decoding(picture, whole=whole) + beside + (_WHOLE if whole else 0.5)
    return len(data) + round(pixels * max(a_pixel, _OUTLINED))


def _decoding(picture: Image.Image, *, whole: bool) -> float:
    """Bytes a pixel while a library decodes, Pillow's own copy included."""
    stored, bands = float(_STORED.get(picture.mode, 4)), len(picture.getbands())
    if isinstance(picture, TiffImageFile):
        return stored + _strip(picture)
    match picture.format:
        case "JPEG" | "MPO":
            # What looks whether it ends early decodes all of it once more.
            coefficients = 2 * bands if picture.info.get("progressive") else 0
            stored = stored * (2 if whole else 1) + coefficients
        case "WEBP":
            stored = _WEBP
        case "AVIF":
            stored = 14
        case "HEIF":
            # Its planes have two bytes a value where it has more than 8 bits.
            stored = 9 if picture.info.get("bit_depth", 8) == 8 else 14
        case "JPEG2000":
            stored = 2 * stored + 4 * bands
    return stored


def _strip(picture: TiffImageFile) -> float:
    """Bytes a pixel of a strip or a tile, which may be as large as the picture, or larger."""
    tags, pixels = picture.tag_v2, picture.width * picture.height
    bits: int = sum(tags.get(_BITS, (8,)))
    tile: int = tags.get(_TILE_WIDTH, 0) * tags.get(_TILE_HEIGHT, 0)
    return bits / 8 * max(1.0, tile / pixels)
