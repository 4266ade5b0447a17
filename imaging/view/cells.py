"""A picture as the cells of a terminal: a glyph, its ink and the ground beneath, for each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imaging.framing import Mask, Pixels

Codes = npt.NDArray[np.int64]
"""A colour for each pixel, or cell, as one number, int64 (height, width)."""
GLYPHS = " ▗▖▄▝▐▞▟▘▚▌▙▀▜▛█"
"""By which quarters of a cell have the ink: 8 above left, 4 above right, 2 below left, 1."""
BLANK, LOWER = 0, 3
"""Of `GLYPHS`: no ink, and the lower half."""

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


@dataclass(frozen=True, eq=False)
class Cells:
    """Lines of cells, (lines, columns) each: a place in `GLYPHS`, uint8, and two colours.

    A blank's ink says nothing.
    """

    glyphs: npt.NDArray[np.uint8]
    ink: Codes
    ground: Codes

    def piece(self, line: int, columns: slice) -> "Cells":
        """A part of one line."""
        part = slice(line, line + 1), columns
        return Cells(self.glyphs[part], self.ink[part], self.ground[part])

    def runs(self, line: int) -> list[tuple[int, int, int, int]]:
        """A line's cells that look the same, from the left: glyph, ink, ground, how many.

        A blank's ink is its ground.
        """
        glyphs, ground = self.glyphs[line], self.ground[line]
        ink = np.where(glyphs == BLANK, ground, self.ink[line])
        looks = np.stack([glyphs, ink, ground])
        starts = np.flatnonzero(np.append(True, (looks[:, 1:] != looks[:, :-1]).any(axis=0)))
        lengths = np.diff(starts, append=looks.shape[1])
        return [
            (glyph, ink, ground, count)
            for (glyph, ink, ground), count in zip(
                looks[:, starts].T.tolist(), lengths.tolist(), strict=True
            )
        ]


def half_cells(codes: Codes) -> Cells:
    """Two rows of pixels to a line of cells; `codes` is (2 × lines, columns)."""
    upper, lower = codes[0::2], codes[1::2]
    glyphs = np.where(upper == lower, BLANK, LOWER).astype(np.uint8)
    return Cells(glyphs, lower, upper)


Planes = npt.NDArray[np.float32]
"""The three channels one after the other, (3, lines, columns) or more."""
_CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))
_BITS = np.array((8, 4, 2, 1), np.uint8)
_ALONE = np.array((8, 4, 2, 1, 3, 5, 6), np.uint8)
"""The seven ways to part four quarters in two, as places in `GLYPHS`: one alone, or two and two."""
_INKED = ((_ALONE[:, None] & _BITS) > 0).T
"""Which quarters have the ink in each of them, (4, 7)."""


def quadrant_cells(pixels: Pixels, firm: Mask) -> Cells:
    """Two rows and two columns of pixels to a cell, in 24-bit colours.

    `pixels` is (2 × lines, 2 × columns, 3). A cell has two colours: its four pixels are parted
    where that loses least, and each side has its mean. Pixels that are `firm` are not mixed with
    others.
    """
    quarters = [
        np.ascontiguousarray(pixels[row::2, column::2].transpose(2, 0, 1), np.float32)
        for row, column in _CORNERS
    ]
    total = quarters[0] + quarters[1] + quarters[2] + quarters[3]
    way = _best(quarters, total)
    inked = [places[way] for places in _INKED]
    _keep_apart(inked, [firm[row::2, column::2] for row, column in _CORNERS])
    count = np.sum(inked, axis=0, dtype=np.float32)
    ink = np.zeros_like(total)
    for quarter, has in zip(quarters, inked, strict=True):
        ink += quarter * has
    colours = [_code(ink / count), _code((total - ink) / (4 - count))]
    glyphs = np.sum([has * bit for has, bit in zip(inked, _BITS, strict=True)], axis=0)
    alike = colours[0] == colours[1]
    return Cells(np.where(alike, BLANK, glyphs).astype(np.uint8), *colours)


def _best(quarters: list[Planes], total: Planes) -> npt.NDArray[np.int64]:
    """Which of the seven ways leaves least within its two sides, as the sum of squares.

    That is the one with most between them (analysis of variance): of n pixels that sum up to s,
    where all four have the mean m, (s - n m)² (1/n + 1/(4 - n)).
    """
    mean, half = total / 4, total / 2
    last = quarters[3]
    apart = [(quarter - mean, 4 / 3) for quarter in quarters]
    apart += [(other + last - half, 1.0) for other in reversed(quarters[:3])]
    between = [weight * np.square(each).sum(axis=0) for each, weight in apart]
    return np.asarray(np.argmax(between, axis=0))


def _keep_apart(inked: list[Mask], firm: list[Mask]) -> None:
    """Have the ink where pixels are firm, in each cell where some are and others are not."""
    some = np.logical_or.reduce(firm) & ~np.logical_and.reduce(firm)
    for has, is_firm in zip(inked, firm, strict=True):
        np.copyto(has, is_firm, where=some)


def _code(colours: npt.NDArray[np.floating]) -> Codes:
    red, green, blue = np.rint(colours).astype(np.int64)
    code: Codes = red << 16 | green << 8 | blue
    return code
