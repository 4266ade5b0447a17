from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rich.color import Color

from imaging.framing import Mask, Pixels
from imaging.view.cells import (
    GLYPHS,
    Codes,
    half_cells,
    quadrant_cells,
    table_colours,
    true_colours,
)
from imaging.view.overlay import BORDER

pictures = st.tuples(st.integers(1, 6), st.integers(1, 9)).flatmap(
    lambda cells: hnp.arrays(np.uint8, (2 * cells[0], cells[1], 3))
)
TABLE = np.array([tuple(Color.from_ansi(code).get_truecolor()) for code in range(256)])


def plain(colour: tuple[int, int, int]) -> Pixels:
    return np.full((4, 8, 3), colour, np.uint8)


@given(pictures)
def test_a_true_colour_is_the_pixels_own(pixels: Pixels) -> None:
    codes = true_colours(pixels)
    back = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=-1)
    assert np.array_equal(back, pixels)


@given(hnp.arrays(np.int64, st.tuples(st.just(2), st.integers(1, 40)), elements=st.integers(0, 2)))
def test_runs_are_the_cells_and_no_two_neighbours_look_the_same(codes: Codes) -> None:
    found = half_cells(codes).runs(0)
    cells = [
        (ground, ink if glyph else ground)
        for glyph, ink, ground, count in found
        for _ in range(count)
    ]
    assert cells == list(zip(*codes.tolist(), strict=True))
    assert all(one[:3] != other[:3] for one, other in pairwise(found))


squares = st.tuples(st.integers(1, 4), st.integers(1, 5)).flatmap(
    lambda cells: st.tuples(
        hnp.arrays(np.uint8, (2 * cells[0], 2 * cells[1], 3)),
        hnp.arrays(np.bool_, (2 * cells[0], 2 * cells[1])),
    )
)


def quarters_of(pixels: npt.NDArray[Any], line: int, column: int) -> npt.NDArray[Any]:
    cell = pixels[2 * line : 2 * line + 2, 2 * column : 2 * column + 2]
    return cell.reshape(4, *cell.shape[2:])


def loss(quarters: npt.NDArray[Any], glyph: int) -> float:
    """What is lost of four pixels when they have two colours, as the sum of squares."""
    inked = np.array([bool(glyph & bit) for bit in (8, 4, 2, 1)])
    sides = [quarters[side].astype(float) for side in (inked, ~inked) if side.any()]
    return float(sum(((side - side.mean(axis=0)) ** 2).sum() for side in sides))


@given(squares)
def test_quadrants_lose_as_little_as_two_colours_can(square: tuple[Pixels, Mask]) -> None:
    pixels, _ = square
    cells = quadrant_cells(pixels, np.zeros(pixels.shape[:2], np.bool_))
    for line, column in np.ndindex(cells.glyphs.shape):
        quarters = quarters_of(pixels, line, column)
        least = min(loss(quarters, glyph) for glyph in range(16))
        # Where two means are the same colour by rounding, the cell is blank.
        assert loss(quarters, int(cells.glyphs[line, column])) <= least + 4


@given(squares)
def test_firm_pixels_are_mixed_with_no_others(square: tuple[Pixels, Mask]) -> None:
    pixels, firm = square
    pixels[firm] = (95, 215, 175)
    cells = quadrant_cells(pixels, firm)
    for line, column in np.ndindex(cells.glyphs.shape):
        is_firm, glyph = quarters_of(firm, line, column), int(cells.glyphs[line, column])
        if is_firm.any():
            inked = np.array([bool(glyph & bit) for bit in (8, 4, 2, 1)])
            code = cells.ink[line, column] if inked[is_firm].all() and glyph else None
            seen = cells.ground[line, column] if code is None else code
            assert seen == 95 << 16 | 215 << 8 | 175


def test_a_half_cell_is_a_quadrant_cell_too() -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[1] = 200
    assert GLYPHS[quadrant_cells(pixels, np.zeros((2, 2), np.bool_)).glyphs[0, 0]] == "▄"


@given(pictures)
def test_fixed_colours_are_those_that_no_theme_changes(pixels: Pixels) -> None:
    codes = table_colours(pixels)
    assert codes.shape == pixels.shape[:2]
    assert codes.min() >= 16
    assert codes.max() <= 255


@given(pictures)
def test_a_line_of_cells_alone_is_as_it_is_in_the_picture(pixels: Pixels) -> None:
    whole = table_colours(pixels)
    for top in range(0, len(pixels), 2):
        assert np.array_equal(table_colours(pixels[top : top + 2]), whole[top : top + 2])


def test_the_line_of_a_mask_stays_plain() -> None:
    codes = np.unique(table_colours(plain(BORDER)))
    assert TABLE[codes].tolist() == [list(BORDER)]


@given(st.tuples(*[st.integers(95, 215)] * 3))
def test_fixed_colours_are_right_on_average(colour: tuple[int, int, int]) -> None:
    seen = TABLE[table_colours(plain(colour))].mean(axis=(0, 1))
    assert np.abs(seen - colour).max() <= 20
