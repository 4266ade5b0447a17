import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from imaging.mask.stroke import Stroke
from pipeline.review.brush import FINEST, FIRST_WIDTH, WIDEST, aim, radius_on_photo, resize_brush

widths = st.floats(0.1, 500)
steps = st.sampled_from((1.0, 2.0))
longest = st.floats(1, 500)
dots = st.floats(0.01, 200)


@given(widths, st.integers(-60, 60), steps, longest)
def test_a_brush_is_no_narrower_than_a_step_and_no_wider_than_half_the_photo(
    width: float, by: int, step: float, longest: float
) -> None:
    resized = resize_brush(width, by, step, longest)
    assert step <= resized <= max(step, WIDEST * longest)


@given(widths, steps, dots)
def test_side_by_side_two_lines_of_any_brush_touch(width: float, step: float, dot: float) -> None:
    assert 2 * radius_on_photo(width, step, dot) >= step * dot


coarse = st.floats(2 * FINEST / FIRST_WIDTH, 200)


@given(coarse, coarse)
def test_on_the_screen_it_is_as_wide_on_every_photo(one: float, other: float) -> None:
    radii = [radius_on_photo(FIRST_WIDTH, 1.0, dot) for dot in (one, other)]
    assert abs(radii[0] / one - radii[1] / other) < 1e-9


def test_a_step_back_undoes_a_step() -> None:
    wider = resize_brush(FIRST_WIDTH, 1, 1.0, 300)
    assert wider > FIRST_WIDTH
    assert abs(resize_brush(wider, -1, 1.0, 300) - FIRST_WIDTH) < 1e-9


places = st.floats(0, 9, exclude_max=True)


@given(places, places, steps, st.floats(0.01, 0.5))
def test_the_finest_brush_paints_the_pixel_under_it_and_no_other(
    x: float, y: float, step: float, dot: float
) -> None:
    mask = np.zeros((9, 9), np.bool_)
    radius = radius_on_photo(step, step, dot)
    Stroke(mask, radius, True).extend(*aim(x, y, radius))
    assert np.argwhere(mask).tolist() == [[math.floor(y), math.floor(x)]]


@given(places, places, st.floats(2 * FINEST, 50))
def test_a_wider_brush_paints_where_it_is(x: float, y: float, radius: float) -> None:
    assert aim(x, y, radius) == (x, y)
