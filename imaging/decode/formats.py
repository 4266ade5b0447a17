"""Which formats are opened, and what their files are called."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """A format: its name for a person, Pillow's, and the ends of its files' names."""

    name: str
    decoder: str
    suffixes: frozenset[str]


def _format(name: str, decoder: str, *suffixes: str) -> Format:
    return Format(name, decoder, frozenset(suffixes))


_JPEG = _format("JPEG", "JPEG", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo")
_PNG = _format("PNG", "PNG", ".png")
_HEIC = _format("HEIC", "HEIF", ".heic", ".heif", ".hif")
_WEBP = _format("WEBP", "WEBP", ".webp")
_TIFF = _format("TIFF", "TIFF", ".tif", ".tiff")
_BMP = _format("BMP", "BMP", ".bmp", ".dib")
_GIF = _format("GIF", "GIF", ".gif")
_AVIF = _format("AVIF", "AVIF", ".avif")
_JPEG_2000 = _format("JPEG 2000", "JPEG2000", ".jp2", ".j2k", ".jpf", ".jpx", ".j2c")

FORMATS = (_JPEG, _PNG, _HEIC, _WEBP, _TIFF, _BMP, _GIF, _AVIF, _JPEG_2000)
PHOTO_SUFFIXES = frozenset().union(*(each.suffixes for each in FORMATS))
NAMES = f"{', '.join(each.name for each in FORMATS[:-1])} or {FORMATS[-1].name}"
