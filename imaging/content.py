"""A hash of what a picture is, without the metadata that may change around it.

JPEG: all but application and comment segments, plus the orientation and the colour profile.
PNG: all but text and time chunks and EXIF, plus the orientation. Anything else: the whole file.
"""

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO

from PIL import ExifTags, Image

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_LEFT_OUT = frozenset({b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf", b"pHYs"})
_PICTURE_DATA = frozenset({0xDA, 0xD9})
"""Start of scan and end of image: everything from here on is the picture."""
_COMMENT = 0xFE
_APPLICATION = range(0xE0, 0xF0)
_PROFILE, _ADOBE = 0xE2, 0xEE


def content_hash(data: bytes) -> str:
    """SHA-256, hexadecimal, of a file's picture; equal for a file that was only re-tagged."""
    try:
        if data.startswith(b"\xff\xd8"):
            return _digest("jpeg", _jpeg_parts(data), _orientation(data))
        if data.startswith(_PNG):
            return _digest("png", _png_parts(data), _orientation(data))
    except (IndexError, ValueError, OSError, SyntaxError):
        pass  # A file with broken structure is hashed whole; decoding it says what is wrong.
    return _digest("file", iter([data]), 1)


def _digest(kind: str, parts: Iterator[bytes], orientation: int) -> str:
    digest = sha256(f"{kind}:{orientation}:".encode())
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _orientation(data: bytes) -> int:
    with Image.open(BytesIO(data), formats=("JPEG", "PNG")) as picture:
        value = picture.getexif().get(ExifTags.Base.Orientation, 1)
    return int(value) if isinstance(value, int) and 1 <= value <= 8 else 1


def _jpeg_parts(data: bytes) -> Iterator[bytes]:
    at = 2
    while at < len(data):
        if data[at] != 0xFF:
            raise ValueError("no marker where one belongs")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _PICTURE_DATA:
            yield data[at:]
            return
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at : at + 2 + length]
        if _is_picture(marker, segment):
            yield segment
        at += 2 + length
    raise ValueError("no scan")


def _is_picture(marker: int, segment: bytes) -> bool:
    if marker == _PROFILE:
        return segment[4:].startswith(b"ICC_PROFILE\0")
    return marker == _ADOBE or (marker not in _APPLICATION and marker != _COMMENT)


def _png_parts(data: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if len(kind) < 4:
            raise ValueError("a chunk is cut short")
        if kind not in _PNG_LEFT_OUT:
            yield data[at : at + 12 + length]
        at += 12 + length
