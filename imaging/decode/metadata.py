"""What a file says beside its picture: EXIF and XMP, wherever a format keeps them."""

import re
import zlib
from collections.abc import Container, Iterator
from io import BytesIO

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
from imaging.decode.heif import is_avif, is_heif, item_spans, read_catalogue

_EXIF = b"Exif\0\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_PNG_XMP = (b"XML:com.adobe.xmp",)
_PNG_EXIF = (b"Raw profile type exif", b"Raw profile type APP1")
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_LONGEST = 2**24
"""Bytes of an unpacked text: more is no metadata."""
_ORIENTATION = re.compile(rb"""tiff:Orientation(?:\s*=\s*["']|>)\s*([1-8])\b""")


def exif(data: bytes) -> Image.Exif:
    """The EXIF data of a file; empty where there are none. Raises all kinds of errors on bad ones.

    An AVIF's orientation is what its decoder says: a file may turn its picture by other means.
    """
    found = Image.Exif()
    if is_avif(data):
        with Image.open(BytesIO(data), formats=("AVIF",)) as picture:
            return picture.getexif()
    found.load(next(_exif_payloads(data), b""))
    return found


def xmp_orientation(data: bytes) -> int | None:
    """The orientation that a file's XMP data say; None where they say none."""
    found = (_ORIENTATION.search(text) for text in _xmp_payloads(data))
    return next((int(match[1]) for match in found if match), None)


def _exif_payloads(data: bytes) -> Iterator[bytes]:
    if data.startswith(JPEG):
        yield from (text for text in _segments(data, _EXIF))
    elif data.startswith(PNG):
        chunks = list(png_chunks(data))
        yield from (data[p.payload : p.end - 4] for p in chunks if p.kind == b"eXIf")
        yield from map(_profile, _texts(data, chunks, _PNG_EXIF))
    elif is_webp(data):
        yield from (data[p.payload : p.end] for p in webp_chunks(data) if p.kind == b"EXIF")
    elif is_heif(data):
        # Four bytes say how far behind them the data begin.
        for item in _heif_items(data, b"Exif"):
            yield item[4 + int.from_bytes(item[:4], "big") :]


def _xmp_payloads(data: bytes) -> Iterator[bytes]:
    if data.startswith(JPEG):
        yield from _segments(data, _XMP)
    elif data.startswith(PNG):
        yield from _texts(data, list(png_chunks(data)), _PNG_XMP)
    elif is_webp(data):
        yield from (data[p.payload : p.end] for p in webp_chunks(data) if p.kind == b"XMP ")


def _segments(data: bytes, beginning: bytes) -> Iterator[bytes]:
    for part in jpeg_segments(data):
        if part.kind == b"\xe1" and data.startswith(beginning, part.payload):
            yield data[part.payload + len(beginning) : part.end]


def _heif_items(data: bytes, kind: bytes) -> Iterator[bytes]:
    listed = read_catalogue(data)
    for number in () if listed is None else listed.kinds:
        if listed is not None and listed.kinds[number] == kind:
            yield b"".join(data[start:end] for start, end in item_spans(data, listed, number))


def _texts(data: bytes, chunks: list[Chunk], keywords: Container[bytes]) -> Iterator[bytes]:
    """The texts of a PNG under one of these keywords, unpacked."""
    for part in (each for each in chunks if each.kind in _TEXTS):
        keyword, _, rest = data[part.payload : part.end - 4].partition(b"\0")
        if keyword not in keywords:
            continue
        if part.kind == b"tEXt":
            yield rest
        elif part.kind == b"zTXt":
            yield _unpacked(rest[1:])
        elif part.kind == b"iTXt" and len(rest) > 2:
            text = rest[2:].split(b"\0", 2)[-1]
            yield _unpacked(text) if rest[0] else text


def _unpacked(data: bytes) -> bytes:
    return zlib.decompressobj().decompress(data, _LONGEST)


def _profile(text: bytes) -> bytes:
    """A profile that is written in hexadecimal: its name, its length, and itself."""
    raw = bytes.fromhex(b"".join(text.split(b"\n")[3:]).decode("ascii"))
    return raw.removeprefix(_EXIF)
