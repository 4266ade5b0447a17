"""Cells as what a terminal is sent: no colour is set twice, and a whole picture is made at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imaging.view.cells import BLANK, GLYPHS, Cells, Codes

RESET = "\x1b[0m"
FILLER = b"\0"
"""Stands where a word has less to say than four bytes; it is taken out at the end."""
Words = npt.NDArray[np.uint32]
"""Four bytes of text each."""
Where = npt.NDArray[np.bool_]


def _words(*texts: str) -> Words:
    return np.frombuffer(b"".join(text.encode().ljust(4, FILLER) for text in texts), np.uint32)


(NOTHING,) = _words("")
SHAPES = _words(*GLYPHS)
NUMBERS, LAST = (_words(*(f"{number}{end}" for number in range(256))) for end in ";m")
"""Each number from 0 to 255, before another one and at the end of what is set."""


@dataclass(frozen=True)
class Dialect:
    """How a colour is written: its kind, and how many numbers follow."""

    kind: int
    numbers: int

    def numbers_of(self, codes: Codes) -> list[Codes]:
        """A colour's numbers in the order in which they are written."""
        return [codes >> 8 * place & 255 for place in reversed(range(self.numbers))]


TRUE = Dialect(kind=2, numbers=3)
"""24 bits."""
TABLE = Dialect(kind=5, numbers=1)
"""One of 256 fixed colours."""


def encode(cells: Cells, dialect: Dialect) -> list[str]:
    """Each line as text that a terminal draws wherever its cursor stands, and whatever was before.

    Every cell takes the same words, of which those that say nothing new are filler.
    """
    new_ink, new_ground = _news(cells)
    ink, ground = dialect.numbers_of(cells.ink), dialect.numbers_of(cells.ground)
    kind = f";{dialect.kind};"
    words = [
        *_said(new_ink, *_words("\x1b[38", kind)),
        *(np.where(new_ink, NUMBERS[number], NOTHING) for number in ink[:-1]),
        np.where(new_ink, np.where(new_ground, NUMBERS[ink[-1]], LAST[ink[-1]]), NOTHING),
        np.where(new_ground, np.where(new_ink, *_words("48", "\x1b[48")), NOTHING),
        *_said(new_ground, *_words(kind)),
        *(np.where(new_ground, NUMBERS[number], NOTHING) for number in ground[:-1]),
        np.where(new_ground, LAST[ground[-1]], NOTHING),
        SHAPES[cells.glyphs],
    ]
    return [_text(line) + RESET for line in np.stack(words, axis=-1)]


def _text(words: Words) -> str:
    return words.tobytes().translate(None, FILLER).decode()


def _said(where: Where, *words: np.uint32) -> list[Words]:
    return [np.where(where, word, NOTHING) for word in words]


def _news(cells: Cells) -> tuple[Where, Where]:
    """Where another ink and another ground are set than the line has by then."""
    ground = np.ones(cells.ground.shape, np.bool_)
    ground[:, 1:] = cells.ground[:, 1:] != cells.ground[:, :-1]
    inked = cells.glyphs != BLANK
    # The last cell with ink before each one, if there is one.
    places = np.where(inked, np.arange(inked.shape[1]), -1)
    before = np.full(places.shape, -1)
    np.maximum.accumulate(places[:, :-1], axis=1, out=before[:, 1:])
    ink = np.take_along_axis(cells.ink, np.maximum(before, 0), axis=1)
    return inked & ((before < 0) | (ink != cells.ink)), ground
