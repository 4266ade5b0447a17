"""Sixel: a picture as characters, six rows of pixels to a line of them, in a palette of its own.

https://vt100.net/docs/vt3xx-gp/chapter14.html
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from imaging.framing import Pixels

COLOURS = 256
"""In each piece of a picture at most."""
LONGEST = 9999
"""Pixels of a run of one letter."""
BAND = 6
EMPTY = ord("?")
Indices = npt.NDArray[np.uint8]
"""Which colour of a palette each pixel has, (H, W)."""
Words = npt.NDArray[np.uint64]
"""Eight bytes of text each, filled up with zeros that are taken out at the end."""


def _words(*texts: str) -> Words:
    return np.frombuffer(b"".join(text.encode().ljust(8, b"\0") for text in texts), np.uint64)


@cache
def _runs() -> tuple[Words, Words]:
    """What is written before a letter that is repeated so often, and where in such a word the
    letter stands, in bits."""
    lengths = range(2, LONGEST + 1)
    places = np.array([0, 0, *(8 * len(f"!{length}") for length in lengths)], np.uint64)
    return _words("", "", *(f"!{length}" for length in lengths)), places


NAMES = _words(*(f"$#{colour}" for colour in range(256)))
"""Back to the left, in this colour."""
(NEXT_BAND,) = _words("-")


def encode(pixels: Pixels) -> str:
    """A picture (H, W, 3) of at most 9999 columns, in the colours that suit it best."""
    # Late: few terminals want it.
    from PIL import Image

    swift, plain = Image.Quantize.FASTOCTREE, Image.Dither.NONE
    image = Image.fromarray(pixels).quantize(COLOURS, swift, dither=plain)
    palette = np.array(image.getpalette(), np.uint8).reshape(-1, 3)
    return encode_indices(np.asarray(image), palette)


def encode_indices(indices: Indices, palette: Pixels) -> str:
    """A picture of the colours of a palette (n, 3); what is drawn before is seen nowhere."""
    height, width = indices.shape
    used = np.unique(indices)
    shares = np.rint(palette[used] * (100 / 255)).astype(int)
    colours = "".join(
        f"#{colour};2;{red};{green};{blue}"
        for colour, (red, green, blue) in zip(used.tolist(), shares.tolist(), strict=True)
    )
    bands = [_band(indices[top : top + BAND]) for top in range(0, height, BAND)]
    drawn = np.concatenate(bands).tobytes().translate(None, b"\0").decode()
    return f'\x1bP0;1q"1;1;{width};{height}{colours}{drawn}\x1b\\'


def _band(indices: Indices) -> Words:
    """Six rows, or those that are left: for each colour that is there a line of letters."""
    used, places = np.unique(indices, return_inverse=True)
    columns = np.arange(indices.shape[1])
    letters = np.full((len(used), indices.shape[1]), EMPTY, np.uint8)
    for row, colours in enumerate(places.reshape(indices.shape)):
        letters[colours, columns] += 1 << row
    return np.append(_lines(used, letters), NEXT_BAND)


def _lines(used: Indices, letters: Indices) -> Words:
    """Each colour's name and its letters, run by run; an empty end is left out."""
    starts = np.ones(letters.shape, np.bool_)
    starts[:, 1:] = letters[:, 1:] != letters[:, :-1]
    lines, columns = np.nonzero(starts)
    ends = np.append(columns[1:], 0)
    ends[np.append(lines[1:] != lines[:-1], True)] = letters.shape[1]
    letter, length = letters[lines, columns], ends - columns
    words, places = _runs()
    runs = words[length] | letter.astype(np.uint64) << places[length]
    runs[(letter == EMPTY) & (ends == letters.shape[1])] = 0
    return np.insert(runs, np.flatnonzero(columns == 0), NAMES[used])
