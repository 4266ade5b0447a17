"""A hash of what a picture is, without the metadata that may change around it.

JPEG: all but application and comment segments, plus the orientation and the colour profile.
PNG: all but text, time, resolution and EXIF chunks, plus the orientation. WebP: all but EXIF and
XMP chunks and the one that says which chunks there are, plus the orientation. HEIC and AVIF: the
data of all items but EXIF and XMP, and what is said of them. Anything else: the whole file.
"""

from collections.abc import Iterator
from hashlib import sha256

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
from imaging.decode.orientation import orientation

PNG_LEFT_OUT = frozenset({b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf", b"pHYs"})
_WEBP_LEFT_OUT = frozenset({b"EXIF", b"XMP ", b"VP8X"})
_ITEMS_LEFT_OUT = frozenset({b"Exif", b"mime", b"uri "})
_COMMENT = b"\xfe"
_APPLICATION = frozenset(bytes([marker]) for marker in range(0xE0, 0xF0))
_PROFILE, _ADOBE = b"\xe2", b"\xee"


def content_hash(data: bytes) -> str:
    """SHA-256, hexadecimal, of a file's picture; equal for a file that was only re-tagged."""
    kind, turn = _kind(data), orientation(data)
    digest = sha256(f"{kind}:{turn}:".encode())
    try:
        for part in _parts(data):
            digest.update(memoryview(data)[part.start : part.end])
    except ValueError:
        # A file with broken structure is hashed whole; decoding it says what is wrong.
        return sha256(b"file:" + data).hexdigest()
    return digest.hexdigest()


def _kind(data: bytes) -> str:
    if data.startswith(JPEG):
        return "jpeg"
    if data.startswith(PNG):
        return "png"
    if is_webp(data):
        return "webp"
    return "heif" if is_heif(data) or is_avif(data) else "file"


def _parts(data: bytes) -> Iterator[Chunk]:
    """The parts of a file that make up its picture, in order."""
    if data.startswith(JPEG):
        return (part for part in jpeg_segments(data) if is_of_picture(data, part))
    if data.startswith(PNG):
        return (part for part in png_chunks(data) if part.kind not in PNG_LEFT_OUT)
    if is_webp(data):
        return _chunks(data)
    if is_heif(data) or is_avif(data):
        return _items(data)
    return iter([Chunk(b"", 0, 0, len(data))])


def _chunks(data: bytes) -> Iterator[Chunk]:
    if 8 + int.from_bytes(data[4:8], "little") > len(data):
        raise ValueError("the file ends before the picture does")
    return (part for part in webp_chunks(data) if part.kind not in _WEBP_LEFT_OUT)


def _items(data: bytes) -> Iterator[Chunk]:
    listed = read_catalogue(data)
    if listed is None or listed.properties is None:
        raise ValueError("a file without a list of its items")
    yield Chunk(
        b"iprp", listed.properties.payload, listed.properties.payload, listed.properties.end
    )
    for number, kind in sorted(listed.kinds.items()):
        if kind not in _ITEMS_LEFT_OUT:
            for start, end in item_spans(data, listed, number):
                yield Chunk(kind, start, start, end)


def is_of_picture(data: bytes, part: Chunk) -> bool:
    """Whether a segment of a JPEG says what its picture is."""
    if part.kind == _PROFILE:
        return data.startswith(b"ICC_PROFILE\0", part.payload)
    # Adobe's segment says how the colours are coded: without it the picture is another one.
    return part.kind == _ADOBE or (part.kind not in _APPLICATION and part.kind != _COMMENT)
