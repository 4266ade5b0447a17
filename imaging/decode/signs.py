"""How a photo's format is told by how its file begins, and what is said of all other files."""

from collections.abc import Callable

from imaging.decode.containers import JPEG, PNG, is_webp
from imaging.decode.formats import FORMATS, NAMES, Format
from imaging.decode.heif import is_avif, is_heif

_RAWS = (b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FUJIFILMCCD-RAW", b"FOVb")
_VIDEOS = frozenset({b"qt  ", b"mp41", b"mp42", b"isom", b"M4V ", b"avc1"})
RAW = (
    "{name} is a camera's raw file, not yet a picture. Export it from the camera's program as JPEG "
    "or TIFF."
)


def recognise(data: bytes) -> Format | None:
    """The format that a file begins as, whatever its name says; None for none that is opened."""
    return next((_BY_NAME[name] for name, begins in _SIGNS if begins(data)), None)


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


_BY_NAME = {each.name: each for each in FORMATS}
_SIGNS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("JPEG", _beginning(JPEG)),
    ("PNG", _beginning(PNG)),
    ("AVIF", is_avif),
    ("HEIC", is_heif),
    ("WEBP", is_webp),
    ("TIFF", _beginning(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    ("GIF", _beginning(b"GIF87a", b"GIF89a")),
    ("JPEG 2000", _beginning(b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")),
    ("BMP", _is_bitmap),
)
"""How each begins; AVIF before HEIC, whose brands it may bear."""
