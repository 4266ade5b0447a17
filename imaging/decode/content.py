"""A hash of what a picture is, without the metadata that may change around it.

JPEG: all but application and comment segments, plus the orientation and the colour profile.
PNG: all but text, time, resolution and EXIF chunks, plus the orientation. Anything else: the whole
file.
"""

from collections.abc import Iterator
from hashlib import sha256

from imaging.decode.containers import JPEG, PNG, Chunk, jpeg_segments, png_chunks
from imaging.decode.orientation import orientation

_PNG_LEFT_OUT = frozenset({b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf", b"pHYs"})
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
    return "png" if data.startswith(PNG) else "file"


def _parts(data: bytes) -> Iterator[Chunk]:
    """The parts of a file that make up its picture, in order."""
    if data.startswith(JPEG):
        return (part for part in jpeg_segments(data) if _is_picture(data, part))
    if data.startswith(PNG):
        return (part for part in png_chunks(data) if part.kind not in _PNG_LEFT_OUT)
    return iter([Chunk(b"", 0, 0, len(data))])


def _is_picture(data: bytes, part: Chunk) -> bool:
    if part.kind == _PROFILE:
        return data.startswith(b"ICC_PROFILE\0", part.payload)
    # Adobe's segment says how the colours are coded: without it the picture is another one.
    return part.kind == _ADOBE or (part.kind not in _APPLICATION and part.kind != _COMMENT)
