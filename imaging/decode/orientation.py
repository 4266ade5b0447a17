"""The EXIF orientation: read here, applied here, and nowhere else."""

import warnings

from PIL import ExifTags, Image

from imaging.decode.containers import JPEG, PNG, is_webp, jpeg_segments, png_chunks, webp_chunks
from imaging.framing import Size

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_EXIF = b"Exif\0\0"


def orientation(data: bytes) -> int:
    """The orientation, 1 to 8, of a whole file; 1 where there is none or it makes no sense.

    Always 1 for HEIC: it has a rotation of its own, which its decoder applies, and its EXIF
    orientation is a copy that must not be applied once more.
    """
    exif = Image.Exif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exif.load(_payload(data))
            value = exif.get(ExifTags.Base.Orientation, 1)
    except Exception:  # Broken EXIF data raise all kinds of errors, and the pixels may be fine.
        return 1
    return value if isinstance(value, int) and value in _TURNS else 1


def upright_size(size: Size, turn: int) -> Size:
    """A stored size after an orientation is applied."""
    return Size(size.height, size.width) if turn >= 5 else size


def upright(picture: Image.Image, turn: int) -> Image.Image:
    """A stored picture after an orientation is applied."""
    return picture.transpose(_TURNS[turn]) if turn in _TURNS else picture


def _payload(data: bytes) -> bytes:
    """The EXIF data in a JPEG, PNG or WebP file, or nothing."""
    if data.startswith(JPEG):
        parts = (p for p in jpeg_segments(data) if p.kind == b"\xe1")
        found = (data[p.payload : p.end] for p in parts)
        return next((payload for payload in found if payload.startswith(_EXIF)), b"")
    if data.startswith(PNG):
        chunk = next((p for p in png_chunks(data) if p.kind == b"eXIf"), None)
        return data[chunk.payload : chunk.end - 4] if chunk else b""
    if is_webp(data):
        chunk = next((p for p in webp_chunks(data) if p.kind == b"EXIF"), None)
        return data[chunk.payload : chunk.end] if chunk else b""
    return b""
