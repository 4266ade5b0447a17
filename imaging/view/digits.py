"""Numbers, plus and minus in as few pixels as they can be read in."""

import numpy as np

from imaging.framing import Mask

HEIGHT, WIDTH = 5, 3
"""Pixels of a digit."""
_ROWS = (
    "### .#. ### ### #.# ### ### ### ### ###",
    "#.# ##. ..# ..# #.# #.. #.. ..# #.# #.#",
    "#.# .#. ### .## ### ### ### ..# ### ###",
    "#.# .#. #.. ..# ..# ..# #.# ..# #.# ..#",
    "### ### ### ### ..# ### ### ..# ### ###",
)
_DRAWN = np.array([[pixel == "#" for pixel in row] for row in _ROWS])
PLUS: Mask = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.bool_)
MINUS: Mask = np.array([[1, 1, 1]], np.bool_)


def digits(number: int) -> Mask:
    """A number from 0 on, bool (HEIGHT, width): WIDTH for each digit, and one between two."""
    starts = [int(digit) * (WIDTH + 1) for digit in str(number)]
    drawn = [_DRAWN[:, start : start + WIDTH] for start in starts]
    gap = np.zeros((HEIGHT, 1), np.bool_)
    parts = [each for digit in drawn for each in (digit, gap)][:-1]
    joined: Mask = np.concatenate(parts, axis=1)
    return joined
