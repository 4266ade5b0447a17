"""What is written as Sixel is read as the picture that it was."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.support.sixel import draw
from tui.surface.sixel import encode, encode_indices

SHAPES = st.tuples(st.integers(1, 20), st.integers(1, 40))
COLOURS = st.integers(0, 9)
SHARES = np.rint(np.arange(101) * 2.55).astype(np.uint8)
"""The values of a colour that Sixel can tell apart."""


@given(
    indices=SHAPES.flatmap(
        lambda shape: arrays.arrays(np.uint8, shape, elements=st.integers(0, 9))
    ),
    palette=arrays.arrays(np.uint8, (10, 3), elements=st.sampled_from(SHARES.tolist())),
)
def test_each_pixel_is_read_back_in_its_colour(indices: np.ndarray, palette: np.ndarray) -> None:
    before = np.full((*indices.shape, 3), 77, np.uint8)
    assert np.array_equal(draw(encode_indices(indices, palette), before), palette[indices])


def test_a_photo_s_colours_are_near_enough() -> None:
    across, down = np.meshgrid(np.linspace(0, 1, 200), np.linspace(0, 1, 18))
    skin = np.stack([200 + 40 * across, 140 + 50 * down, 110 + 40 * across * down], axis=-1)
    photo = skin.astype(np.uint8)
    read = draw(encode(photo), np.zeros_like(photo))
    assert np.abs(read.astype(int) - photo).max() <= 14
