"""Which formats are opened, what their files are called, and how one is told by how it begins."""

from collections.abc import Callable
from dataclasses import dataclass

from imaging.decode.containers import JPEG, PNG, is_webp
from imaging.decode.heif import is_avif, is_heif


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

_RAWS = (b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FUJIFILMCCD-RAW", b"FOVb")
_VIDEOS = frozenset({b"qt  ", b"mp41", b"mp42", b"isom", b"M4V ", b"avc1"})
RAW = (
    "{name} is a camera's raw file, not yet a picture. Export it from the camera's program as JPEG "
    "or TIFF."
)


def recognise(data: bytes) -> Format | None:
    """The format that a file begins as, whatever its name says; None for none that is opened."""
    return next((found for found, begins in _SIGNS if begins(data)), None)


def _is_bitmap(data: bytes) -> bool:
    # Two letters alone are no sign: behind them a bitmap says how long its header is.
    return data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in {
        12,
        40,
        52,
        56,
        64,
        108,
        124,
    }


def why_not(name: str, data: bytes) -> str:
    """The sentence on a file that is of no format which is opened."""
    if data[128:132] == b"DICM":
        return (
            f"{name} is a DICOM file, which may name a patient. Export the picture in it as PNG or "
            "TIFF."
        )
    if data.startswith(_RAWS):
        return RAW.format(name=name)
    if data[4:8] == b"ftyp" and data[8:12] == b"crx ":
        return RAW.format(name=name)
    if data[4:8] == b"ftyp" and data[8:12] in _VIDEOS:
        return f"{name} is a video, not a photo. Save a frame of it as JPEG or PNG."
    return f"{name} is no photo, whatever its name says. Save it as {NAMES}."


def _beginning(*signs: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(signs)


_SIGNS: tuple[tuple[Format, Callable[[bytes], bool]], ...] = (
    (_JPEG, _beginning(JPEG)),
    (_PNG, _beginning(PNG)),
    (_AVIF, is_avif),
    (_HEIC, is_heif),
    (_WEBP, is_webp),
    (_TIFF, _beginning(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    (_GIF, _beginning(b"GIF87a", b"GIF89a")),
    (_JPEG_2000, _beginning(b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")),
    (_BMP, _is_bitmap),
)
"""How each begins; AVIF before HEIC, whose brands it may bear."""
