"""A picture as half cells: two rows of pixels in one line of text, equal neighbours joined."""

import numpy as np
import numpy.typing as npt

from imaging.framing import Pixels

Codes = npt.NDArray[np.int64]
"""A colour for each pixel as one number, int64 (height, width)."""

_CUBE = np.array((0, 95, 135, 175, 215, 255), np.int64)
_GREYS = np.arange(8, 248, 10)
_PATTERN = np.array([[0, 4, 1, 5], [6, 2, 7, 3]], np.int64)
"""As high as a line of cells, so that each line can be drawn alone."""
_SPREAD = 32
"""A little less than the cube's steps, so that the mask's line stays plain."""


def true_colours(pixels: Pixels) -> Codes:
    """24-bit colours (red, green, blue from the top) of a picture (H, W, 3)."""
    wide = pixels.astype(np.int64)
    codes: Codes = wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]
    return codes


def table_colours(pixels: Pixels) -> Codes:
    """xterm's fixed colours, 16 to 255, for a picture whose first row is the upper of a cell.

    Dithered: without it the steps of the 6×6×6 cube draw borders on skin where there are none.
    """
    height, width = pixels.shape[:2]
    offsets = (2 * _PATTERN + 1 - _PATTERN.size) * _SPREAD // (2 * _PATTERN.size)
    tiled = np.tile(offsets, (height // 2 + 1, width // 4 + 1))[:height, :width, None]
    return _nearest(np.clip(pixels + tiled, 0, 255))


def _nearest(colours: npt.NDArray[np.int64]) -> Codes:
    """The nearest colours in the cube and among the 24 greys, of (H, W, 3) from 0 to 255."""
    steps = np.searchsorted((_CUBE[1:] + _CUBE[:-1]) // 2, colours)
    grey = np.clip((colours.sum(axis=-1) // 3 - 3) // 10, 0, 23)
    off_cube = ((_CUBE[steps] - colours) ** 2).sum(axis=-1)
    off_grey = ((_GREYS[grey][..., None] - colours) ** 2).sum(axis=-1)
    in_cube = 16 + steps @ np.array((36, 6, 1))
    codes: Codes = np.where(off_grey < off_cube, 232 + grey, in_cube)
    return codes


def runs(upper: Codes, lower: Codes) -> list[tuple[int, int, int]]:
    """Cells that look the same, from left to right: upper colour, lower colour, how many.

    `upper` and `lower` are (W,), the two pixels of each cell.
    """
    changes = (upper[1:] != upper[:-1]) | (lower[1:] != lower[:-1])
    starts = np.flatnonzero(np.concatenate(([True], changes)))
    lengths = np.diff(starts, append=len(upper))
    return list(zip(upper[starts].tolist(), lower[starts].tolist(), lengths.tolist(), strict=True))
