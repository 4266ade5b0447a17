"""A photo's file without its metadata: not a pixel is coded anew where the container allows it."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from zlib import crc32

from PIL import Image

from imaging.decode.containers import (
    JPEG,
    PNG,
    Chunk,
    is_webp,
    jpeg_segments,
    png_chunks,
    webp_chunks,
)
from imaging.decode.content import PNG_LEFT_OUT, content_hash, is_of_picture
from imaging.decode.orientation import orientation
from imaging.decode.photo import decode
from imaging.photo import PhotoFile

_EXIF = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0%c\0\0\0\0\0\0\0"
"""EXIF data with nothing but an orientation."""
_PNG_PICTURE = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"}
    | {b"cICP", b"bKGD"}
)
_WEBP_PICTURE = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"})
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_END, _IN_SCANS = 0xD9, {0xC4, 0xDA, 0xDB, 0xDC, 0xDD}
"""Markers of a JPEG: its end; tables, scans, the count of lines, how often scans restart."""


@dataclass(frozen=True, eq=False)
class Stripped:
    """The bytes of a file without metadata; `suffix` is empty where its own one still holds."""

    data: bytes
    suffix: str


def stripped(file: PhotoFile, *, upright: bool) -> Stripped:
    """The file with its picture and its colours alone.

    With `upright` its orientation stays, so that it is seen as before; else it is seen as its
    pixels are stored. What is neither JPEG, PNG nor WebP, or could not be told apart, becomes a
    PNG, upright and in sRGB. Raises PhotoError.
    """
    turn = orientation(file.data) if upright else 1
    try:
        data = _without_rest(file.data)
        kept = _rebuilt(data, turn)
        if kept is not None and (not upright or content_hash(kept) == content_hash(data)):
            return Stripped(kept, "")
    except ValueError:
        # Its structure is broken, and what it holds besides its picture can't be told.
        pass
    made = BytesIO()
    Image.fromarray(decode(file).pixels).save(made, "PNG", compress_level=1)
    return Stripped(made.getvalue(), ".png")


def _rebuilt(data: bytes, turn: int) -> bytes | None:
    if data.startswith(JPEG):
        return b"".join([data[:2], *_jpeg(data, turn)])
    if data.startswith(PNG):
        return b"".join([PNG, *_png(data, turn)])
    if is_webp(data) and turn == 1:
        return _webp(data)
    return None


def _exif(turn: int) -> bytes:
    return _EXIF % turn


def _jpeg(data: bytes, turn: int) -> Iterator[bytes]:
    if turn != 1:
        said = b"Exif\0\0" + _exif(turn)
        yield b"\xff\xe1" + (len(said) + 2).to_bytes(2, "big") + said
    for part in jpeg_segments(data):
        if is_of_picture(data, part) or _is_plain_head(data, part):
            yield data[part.start : part.end]


def _is_plain_head(data: bytes, part: Chunk) -> bool:
    """Whether a segment says no more than that it is a JPEG: it may hold a small picture too."""
    plain = part.kind == b"\xe0" and part.end - part.payload == 14
    return plain and data.startswith(b"JFIF\0", part.payload)


def _without_rest(data: bytes) -> bytes:
    """A JPEG up to its end; cameras hang other pictures behind. Raises ValueError."""
    if not data.startswith(JPEG):
        return data
    at = next(part.start for part in jpeg_segments(data) if part.kind in (b"\xda", b"\xd9"))
    while True:
        found = _MARKER.search(data, at)
        if found is None:
            raise ValueError("the file ends before the picture does")
        kind, at = found[0][1], found.end()
        if kind == _END:
            return data[:at]
        if kind not in _IN_SCANS:
            raise ValueError("there is more than a picture between its parts")
        at += int.from_bytes(data[at : at + 2], "big")


def _png(data: bytes, turn: int) -> Iterator[bytes]:
    for place, part in enumerate(png_chunks(data)):
        if part.kind not in _PNG_PICTURE | PNG_LEFT_OUT:
            raise ValueError("there is a chunk that may hold anything")
        if part.kind in _PNG_PICTURE:
            yield data[part.start : part.end]
        if not place and turn != 1:
            yield _chunk(b"eXIf", _exif(turn))


def _chunk(kind: bytes, payload: bytes) -> bytes:
    body = kind + payload
    return struct.pack(">I", len(payload)) + body + struct.pack(">I", crc32(body))


def _webp(data: bytes) -> bytes:
    parts = []
    for part in webp_chunks(data):
        whole = data[part.start : part.end] + b"\0" * ((part.end - part.start) % 2)
        if part.kind == b"VP8X":
            # Two bits say that EXIF and XMP are there.
            whole = whole[:8] + bytes([whole[8] & ~0x0C]) + whole[9:]
        if part.kind not in _WEBP_PICTURE | {b"EXIF", b"XMP "}:
            raise ValueError("there is a chunk that may hold anything")
        if part.kind in _WEBP_PICTURE:
            parts.append(whole)
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body
