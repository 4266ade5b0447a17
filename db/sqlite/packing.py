"""A map of probabilities as the cache keeps it: float16, its bytes in two planes, compressed."""

import zlib

import numpy as np

from imaging.framing import Probabilities

_IN_PLANES = b"\1"
"""How it begins. Maps of before are whole float16 numbers, and begin as zlib's streams do."""


def packed(grid: Probabilities) -> bytes:
    """A map (h, w), float32, whose values are exact in float16.

    The high bytes hardly change from one pixel to the next and the low ones look random. Told
    apart, and searched for runs alone, they take a fifth less room and a third of the time.
    """
    halves = np.ascontiguousarray(grid, "<f2").view(np.uint8).reshape(-1, 2)
    packer = zlib.compressobj(1, strategy=zlib.Z_RLE)
    return _IN_PLANES + packer.compress(halves.T.tobytes()) + packer.flush()


def unpacked(data: bytes, height: int, width: int) -> Probabilities:
    """The map again. Raises ValueError where it is damaged."""
    try:
        if data.startswith(_IN_PLANES):
            planes = np.frombuffer(zlib.decompress(data[1:]), np.uint8).reshape(2, -1)
            halves = np.ascontiguousarray(planes.T).view("<f2")
        else:
            halves = np.frombuffer(zlib.decompress(data), "<f2")
    except zlib.error as error:
        raise ValueError(f"the map can't be unpacked: {error}") from error
    return halves.astype(np.float32).reshape(height, width)
