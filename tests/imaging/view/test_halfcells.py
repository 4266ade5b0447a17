from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rich.color import Color

from imaging.framing import Pixels
from imaging.view.halfcells import Codes, runs, table_colours, true_colours
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
    found = runs(codes[0], codes[1])
    cells = [(upper, lower) for upper, lower, length in found for _ in range(length)]
    assert cells == list(zip(*codes.tolist(), strict=True))
    assert all(one[:2] != other[:2] for one, other in pairwise(found))


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
