"""A WebP's size, and whether it holds all of its picture: zeros in place of its code draw, too."""

from io import BytesIO

from PIL import Image

from imaging.decode.containers import Chunk, is_webp, webp_chunks
from imaging.framing import Size

_PICTURES = frozenset({b"VP8 ", b"VP8L"})
_ZEROS = bytes(16)
_SPARE = 8
"""More bytes than a coder leaves over at its end."""


def webp_size(data: bytes) -> Size | None:
    """The size that a WebP's first chunk says (RFC 9649); None of what is no WebP."""
    if not is_webp(data) or len(data) < 30:
        return None
    kind, numbers = data[12:16], data[20:30]
    if kind == b"VP8X":
        return Size(1 + _number(numbers[4:7]), 1 + _number(numbers[7:10]))
    if kind == b"VP8L":
        bits = _number(numbers[1:5])
        return Size(1 + bits % 2**14, 1 + (bits >> 14) % 2**14)
    if kind == b"VP8 ":
        return Size(_number(numbers[6:8]) % 2**14, _number(numbers[8:10]) % 2**14)
    return None


def webp_ends_early(data: bytes) -> bool:
    """Whether zeros stand where the last bytes of a picture's code should.

    Raises ValueError where a chunk is cut short.
    """
    return any(
        part.kind in _PICTURES and _ends_in_zeros(data, part) and _is_enough(data, part)
        for part in webp_chunks(data)
    )


def _ends_in_zeros(data: bytes, part: Chunk) -> bool:
    return data.endswith(_ZEROS, part.payload, part.end)


def _is_enough(data: bytes, part: Chunk) -> bool:
    """Whether the same is drawn without the last zeros: they were no code, then."""
    end = part.end - _SPARE
    body = data[: part.start + 4] + _size(end - part.payload) + data[part.payload : end]
    shorter = body + data[part.end :]
    shorter = shorter[:4] + _size(len(shorter) - 8) + shorter[8:]
    try:
        return _drawn(shorter) == _drawn(data)
    except Exception:  # What it needed is missing now; decoders say so in all kinds of ways.
        return False


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _size(number: int) -> bytes:
    return number.to_bytes(4, "little")


def _drawn(data: bytes) -> bytes:
    with Image.open(BytesIO(data), formats=("WEBP",)) as picture:
        return picture.tobytes()
