"""The segments and chunks that JPEG, PNG and WebP files are made of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

JPEG = b"\xff\xd8\xff"
PNG = b"\x89PNG\r\n\x1a\n"
_SCAN, _END, _RESTARTS = 0xDA, 0xD9, range(0xD0, 0xD8)
_FILL = re.compile(rb"\xff*")
MOST_PARTS, MOST_FILL = 200_000, 65_536
"""Segments or chunks of a file, and bytes FF before a marker: no program writes more, and decoders
take their time with each.
"""


@dataclass(frozen=True)
class Chunk:
    """One segment or chunk: what kind it is, where all of it lies, and where its payload starts."""

    kind: bytes
    start: int
    payload: int
    end: int


def is_webp(data: bytes) -> bool:
    """Whether a file begins as WebP files do."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def jpeg_segments(data: bytes) -> Iterator[Chunk]:
    """The segments of a JPEG; the last begins with the first scan and goes on to the file's end.

    Raises ValueError where a segment is cut short or no marker stands where one belongs.
    """
    at = 2
    while at + 4 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF:
            raise ValueError("no marker where one belongs")
        if marker == 0xFF:
            at = _filled(data, at) - 1
            continue
        if marker in _RESTARTS:
            raise ValueError("a marker where none belongs")
        if marker in {_SCAN, _END}:
            yield Chunk(bytes([marker]), at, at, len(data))
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        yield _part(data, bytes([marker]), at, at + 4, end)
        at = end
    raise ValueError("the file ends before the picture begins")


def png_chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks of a PNG up to its end chunk; raises ValueError where the file ends before it."""
    at = len(PNG)
    while at + 12 <= len(data):
        kind = data[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        yield _part(data, kind, at, at + 8, end)
        if kind == b"IEND":
            return
        at = end
    raise ValueError("the file ends before the picture does")


def is_overgrown(data: bytes) -> bool:
    """Whether a JPEG, PNG or WebP has more parts, or more filling between them, than there can be.

    Takes time in proportion to the file.
    """
    before = 2
    try:
        for count, part in enumerate(_parts(data)):
            if count >= MOST_PARTS or part.start - before > MOST_FILL:
                return True
            before = part.end
    except ValueError:
        return _filled(data, before) - before > MOST_FILL
    return False


def _filled(data: bytes, at: int) -> int:
    """Where a run of bytes FF ends that begins here."""
    found = _FILL.match(data, at)
    return at if found is None else found.end()


def _parts(data: bytes) -> Iterator[Chunk]:
    if data.startswith(JPEG):
        return jpeg_segments(data)
    if data.startswith(PNG):
        return png_chunks(data)
    return webp_chunks(data) if is_webp(data) else iter(())


def webp_chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks of a WebP file; raises ValueError where one is cut short."""
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield _part(data, data[at : at + 4], at, at + 8, at + 8 + size)
        at += 8 + size + size % 2


def _part(data: bytes, kind: bytes, start: int, payload: int, end: int) -> Chunk:
    if not payload - 2 <= end <= len(data):
        raise ValueError("the file ends inside a segment")
    return Chunk(kind, start, payload, end)
