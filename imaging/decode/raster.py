"""Whether all of a TIFF or a BMP is there: what is stored as it is, a decoder takes as it is."""

from collections.abc import Iterator

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

_PLACES = ((324, 325), (273, 279))
"""Tags of where the tiles or the strips of a TIFF lie, and of how long they are."""
_JPEG_END = b"\xff\xd9"
_JPEG_2000_BEGIN = b"\xff\x4f\xff\x51"
"""The first two markers of a codestream; what stands before them may hold a whole JPEG."""
_BLOCK = 4096
"""What is copied to a disk is copied in multiples of so many bytes."""


def raster_ends_early(data: bytes, picture: Image.Image) -> bool:
    """Whether zeros stand where the last blocks of a copy should, or coded pixels have no end.

    Zeros are black, which a picture may end with; but hardly from the first byte of a block on.
    """
    if picture.format == "JPEG2000":
        # OpenJPEG takes a file that ends behind the head of its first tile for a grey picture.
        return _JPEG_END not in data.partition(_JPEG_2000_BEGIN)[2]
    coding = picture.info.get("compression")
    if isinstance(picture, TiffImageFile) and coding == "jpeg":
        return any(_JPEG_END not in strip[-4:] for strip in _strips(data, picture))
    begin = len(data.rstrip(b"\0"))
    stored = picture.format == "BMP" or coding == "raw"
    return stored and begin % _BLOCK == 0 and len(data) - begin >= _BLOCK


def _strips(data: bytes, picture: TiffImageFile) -> Iterator[bytes]:
    for offsets, lengths in _PLACES:
        starts, sizes = picture.tag_v2.get(offsets, ()), picture.tag_v2.get(lengths, ())
        yield from (data[at : at + size] for at, size in zip(starts, sizes, strict=False))
