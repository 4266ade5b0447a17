"""Label Studio's brush: a picture of four channels, run by run, in bits.

32 bits say how many values there are, 5 how many bits a value has less one, four times 4 how many
bits the length of a run takes less one. Then, run by run: 1 bit whether all its values are alike, 2
which of the four lengths it has, the length less one, and its value, or all of them.
"""

import numpy as np

from imaging.framing import Mask, Size
from imaging.mask import rle
from imaging.values import Rle

_CHANNELS, _WORD = 4, 8
_LENGTHS = (3, 4, 8, 16)
_LONGEST = 1 << _LENGTHS[-1]
_HEAD = "{:05b}" + "{:04b}" * len(_LENGTHS)


def brush_of(mask: Mask) -> list[int]:
    """A mask (H, W) as bytes, each from 0 to 255."""
    line = np.ascontiguousarray(mask).ravel()
    edges = np.flatnonzero(np.diff(line, prepend=line[0]))
    lengths = np.diff(edges, prepend=0, append=len(line)) * _CHANNELS
    first = bool(line[0])
    bits = [f"{len(line) * _CHANNELS:032b}", _HEAD.format(_WORD - 1, *(n - 1 for n in _LENGTHS))]
    for place, length in enumerate(lengths.tolist()):
        bits.append(_run(length, 255 if first ^ bool(place % 2) else 0))
    return list(_packed("".join(bits)))


def _run(length: int, value: int) -> str:
    whole, rest = divmod(length, _LONGEST)
    return _block(_LONGEST, value) * whole + (_block(rest, value) if rest else "")


def _block(length: int, value: int) -> str:
    which = next(which for which, bits in enumerate(_LENGTHS) if length <= 1 << bits)
    return f"1{which:02b}{length - 1:0{_LENGTHS[which]}b}{value:08b}"


def _packed(bits: str) -> bytes:
    filled = bits + "0" * (-len(bits) % 8)
    return int(filled, 2).to_bytes(len(filled) // 8, "big")


def rle_of(brush: list[int], size: Size) -> Rle:
    """The mask of a brush on a photo of this size. Raises ValueError where it makes no sense."""
    line = _values(_Bits(bytes(brush)), size.width * size.height * _CHANNELS)
    # The last channel is how opaque it is: the others are a colour.
    opaque = line.reshape(size.height, size.width, _CHANNELS)[:, :, -1] > 127
    return rle.encode(opaque)


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._bits = f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}" if data else ""
        self._at = 0

    def take(self, count: int) -> int:
        """The next bits, as a number. Raises ValueError where they end."""
        end = self._at + count
        if end > len(self._bits):
            raise ValueError("it ends in the middle of a run")
        self._at, taken = end, self._bits[self._at : end]
        return int(taken, 2)


def _values(bits: _Bits, expected: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    if bits.take(32) != expected:
        raise ValueError("it is of a photo of another size")
    word = bits.take(5) + 1
    lengths = [bits.take(4) + 1 for _ in range(4)]
    values, at = np.zeros(expected, np.uint8), 0
    while at < expected:
        alike = bits.take(1)
        end = at + 1 + bits.take(lengths[bits.take(2)])
        if end > expected:
            raise ValueError("a run is longer than the photo")
        values[at:end] = bits.take(word) if alike else [bits.take(word) for _ in range(end - at)]
        at = end
    return values
