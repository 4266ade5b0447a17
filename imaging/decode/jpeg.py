"""Whether a JPEG holds all of its picture, which libjpeg fills up with grey where it doesn't."""

import re
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from imaging.decode.containers import Chunk, jpeg_segments

_SCAN, _END, _FIRST_RESTART = 0xDA, 0xD9, 0xD0
_FRAMES = frozenset(bytes([kind]) for kind in range(0xC0, 0xD0)) - {b"\xc4", b"\xc8", b"\xcc"}
_PROGRESSIVE = frozenset({b"\xc2", b"\xca"})
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends a scan: in it, a byte FF of the picture is followed by 00, or by a restart's number."""
_COEFFICIENTS = 64
_ROWS = 64
"""Rows of a picture that are looked at in one go."""
_GREYS = frozenset({127, 128})
_NOISE = bytes(number * 73 % 255 for number in range(256))
"""Bytes that are sure to draw something, and no marker."""


@dataclass(frozen=True)
class _Scan:
    """One pass over the picture: of which components, and which bits of which coefficients."""

    components: bytes
    coefficients: range
    low_bit: int


@dataclass(frozen=True)
class _Layout:
    """The scans of the first picture in a file; `last` and `end` bound the last one's data."""

    components: bytes
    progressive: bool
    scans: tuple[_Scan, ...]
    last: int
    end: int


def jpeg_ends_early(data: bytes, picture: Image.Image) -> bool:
    """Whether a JPEG's end is missing, or was missing when somebody closed it with an end marker.

    `picture` is what was decoded of it, at any size.
    """
    try:
        layout = _layout(data)
    except EOFError:
        return True
    except ValueError:
        return False  # Odd, but decoders forgive more than is written here.
    if layout.progressive or len(layout.scans) > 1:
        return not _all_sent(layout) or _wants_more(data, layout)
    return _ends_grey(picture) and _wants_more(data, layout)


def _layout(data: bytes) -> _Layout:
    """Raises EOFError where the end marker is missing, ValueError where the structure is odd."""
    *header, scan = jpeg_segments(data)
    if scan.kind != bytes([_SCAN]) or data.rfind(bytes([0xFF, _END]), scan.start) < 0:
        raise EOFError("no end marker")
    frame = next((part for part in header if part.kind in _FRAMES), None)
    if frame is None:
        raise ValueError("a scan without a frame")
    scans, at = [], scan.start
    while True:
        found, last = _scan(data, at)
        scans.append(found)
        at = end = _next_marker(data, last)
        while data[at + 1] not in {_SCAN, _END}:
            at = _next_marker(data, at + 2 + _length(data, at + 2))
        if data[at + 1] == _END:
            break
    return _Layout(_components(data, frame), frame.kind in _PROGRESSIVE, tuple(scans), last, end)


def _components(data: bytes, frame: Chunk) -> bytes:
    count = data[frame.payload + 5]
    return data[frame.payload + 6 : frame.end : 3][:count]


def _scan(data: bytes, at: int) -> tuple[_Scan, int]:
    """The scan whose marker stands here, and where its data begin."""
    begin = at + 2 + _length(data, at + 2)
    count = data[at + 4]
    if begin - at != 8 + 2 * count or begin >= len(data):
        raise ValueError("a scan's header is cut short")
    components = data[at + 5 : at + 5 + 2 * count : 2]
    first, last, bits = data[begin - 3 : begin]
    if last >= _COEFFICIENTS:
        raise ValueError("a scan of coefficients that there are not")
    return _Scan(components, range(first, last + 1), bits & 15), begin


def _length(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _next_marker(data: bytes, at: int) -> int:
    """Where the next marker that is no restart stands."""
    found = _MARKER.search(data, at)
    if found is None:
        raise EOFError("no end marker")
    return found.end() - 2


def _all_sent(layout: _Layout) -> bool:
    """Whether every coefficient of every component was sent down to its last bit."""
    sent = {
        (component, coefficient)
        for scan in layout.scans
        if scan.low_bit == 0
        for component in scan.components
        for coefficient in scan.coefficients
    }
    return len(sent) >= len(set(layout.components)) * _COEFFICIENTS


def _ends_grey(picture: Image.Image) -> bool:
    """Whether the last pixel is what is drawn where nothing is left to draw from."""
    pixel = picture.getpixel((picture.width - 1, picture.height - 1))
    return _GREYS.issuperset(pixel if isinstance(pixel, tuple) else (pixel,))


def _wants_more(data: bytes, layout: _Layout) -> bool:
    """Whether more bytes behind the last scan change the picture: a whole one needs none."""
    more = data[: layout.end] + _more(data, layout) + data[layout.end :]
    return _drawn(more) != _drawn(data)


def _more(data: bytes, layout: _Layout) -> bytes:
    """Noise, then more of it behind each restart marker that could come next."""
    markers = [bytes([0xFF, _FIRST_RESTART + number]) for number in range(8)]
    latest = max(range(8), key=lambda number: data.rfind(markers[number], layout.last, layout.end))
    following = [markers[(latest + step) % 8] for step in range(1, 9)]
    if data.rfind(markers[latest], layout.last, layout.end) < 0:
        following = markers
    return _NOISE + b"".join(marker + _NOISE for marker in following)


def _drawn(data: bytes) -> int:
    """A checksum of all pixels."""
    with Image.open(BytesIO(data), formats=("JPEG",)) as picture:
        checksum = 0
        for top in range(0, picture.height, _ROWS):
            bottom = min(picture.height, top + _ROWS)
            checksum = zlib.crc32(picture.crop((0, top, picture.width, bottom)).tobytes(), checksum)
        return checksum
