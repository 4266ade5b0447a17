"""The photo's colours on the screen: more contrast, and the model's probabilities."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imaging.framing import Framing, Pixels, Size, centre, fill, fit
from imaging.view.lens import Lens
from imaging.view.look import draw_heat, map_to_screen, stretch_contrast

pictures = hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)))


@given(pictures)
def test_more_contrast_keeps_the_order_of_values(pixels: Pixels) -> None:
    stretched = stretch_contrast(pixels)
    for channel in range(3):
        before, after = pixels[..., channel].ravel(), stretched[..., channel].ravel()
        order = np.argsort(before, kind="stable")
        assert (np.diff(after[order].astype(int)) >= 0).all()


def test_faint_skin_is_spread_over_all_values() -> None:
    pixels = np.random.default_rng(1).integers(120, 140, (60, 60, 3), np.uint8)
    stretched = stretch_contrast(pixels)
    assert stretched.min() == 0
    assert stretched.max() == 255


@pytest.mark.parametrize("framed", [fit, fill, centre])
@pytest.mark.parametrize("zoom", [1.0, 3.0])
def test_a_probability_is_seen_where_it_lies_on_the_photo(
    framed: Callable[[Size, Size], Framing], zoom: float
) -> None:
    photo, grid = Size(400, 300), Size(64, 64)
    model = framed(photo, grid)
    probabilities = np.zeros((64, 64), np.float32)
    probabilities[40, 30] = 1.0
    x, y = model.point_to_photo(30.5, 40.5)
    screen = Lens.whole(photo, Size(200, 150)).zoomed(zoom, x, y).framing
    seen = map_to_screen(probabilities, model, screen)
    row, column = np.unravel_index(seen.argmax(), seen.shape)
    there = screen.point_to_photo(column + 0.5, row + 0.5)
    assert there == pytest.approx((x, y), abs=photo.width / 64 / 2 + 1)


def test_what_the_model_did_not_see_is_cold() -> None:
    photo = Size(400, 100)
    model = centre(photo, Size(32, 32))
    seen = map_to_screen(np.ones((32, 32), np.float32), model, fit(photo, Size(80, 20)))
    assert (seen[:, :20] == 0).all()
    assert (seen[5:15, 35:45] == 1).all()


def test_hot_is_lighter_than_cold() -> None:
    pixels = np.full((1, 2, 3), 100, np.uint8)
    cold, hot = draw_heat(pixels, np.array([[0.0, 1.0]], np.float32))[0].astype(int)
    assert hot.sum() > cold.sum() + 100
