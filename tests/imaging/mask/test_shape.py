"""A shape holds the pixels whose centres its border winds around, and no others."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from imaging.framing import Mask, Size
from imaging.mask.shape import Point, fill_shape

PHOTO = Size(14, 11)
# Halves and thirds: borders through the very middles of pixels, and beside them.
places = st.sampled_from([number / 6 for number in range(-20, 110)])
borders = st.lists(st.tuples(places, places), min_size=3, max_size=9)


def filled(border: list[Point]) -> Mask:
    whole = np.zeros((PHOTO.height, PHOTO.width), np.bool_)
    found = fill_shape(border, PHOTO)
    if found is not None:
        part, inside = found
        whole[part] = inside
    return whole


def turns(border: list[Point], x: float, y: float) -> float:
    """How often a border goes around a point, by the angles that it is seen under."""
    total = 0.0
    for (x0, y0), (x1, y1) in zip(border, [*border[1:], border[0]], strict=True):
        angle = math.atan2(y1 - y, x1 - x) - math.atan2(y0 - y, x0 - x)
        total += (angle + math.pi) % math.tau - math.pi
    return total / math.tau


def away(border: list[Point], x: float, y: float) -> float:
    """How far a point is from the border."""
    nearest = math.inf
    for (x0, y0), (x1, y1) in zip(border, [*border[1:], border[0]], strict=True):
        across, down = x1 - x0, y1 - y0
        length = across**2 + down**2
        along = 0.0 if not length else ((x - x0) * across + (y - y0) * down) / length
        along = min(max(along, 0.0), 1.0)
        nearest = min(nearest, math.hypot(x0 + along * across - x, y0 + along * down - y))
    return nearest


@given(borders)
def test_it_holds_what_the_border_winds_around(border: list[Point]) -> None:
    mask = filled(border)
    for row, column in np.ndindex(mask.shape):
        x, y = column + 0.5, row + 0.5
        if away(border, x, y) > 1e-6:
            assert mask[row, column] == (round(turns(border, x, y)) != 0)


@given(borders, st.integers(0, 8), st.booleans())
def test_where_it_begins_and_which_way_it_goes_is_the_same(
    border: list[Point], first: int, back: bool
) -> None:
    turned = border[first % len(border) :] + border[: first % len(border)]
    clear = all(
        away(border, column + 0.5, row + 0.5) > 1e-6
        for row, column in np.ndindex(PHOTO.height, PHOTO.width)
    )
    assert not clear or np.array_equal(filled(border), filled(turned[::-1] if back else turned))


def test_shapes_side_by_side_share_no_pixel_and_leave_none() -> None:
    left = filled([(2, 2), (6.5, 2), (6.5, 9), (2, 9)])
    right = filled([(6.5, 2), (12, 2), (12, 9), (6.5, 9)])
    assert not (left & right).any()
    assert np.array_equal(left | right, filled([(2, 2), (12, 2), (12, 9), (2, 9)]))


def test_a_lasso_that_crosses_its_end_has_no_hole() -> None:
    circle = [(7 + 4 * math.cos(step / 5), 5 + 4 * math.sin(step / 5)) for step in range(40)]
    assert math.tau < 40 / 5
    assert np.array_equal(filled(circle), filled(circle[:32]))


def test_beside_the_photo_and_without_a_size_it_holds_nothing() -> None:
    assert fill_shape([(20, 20), (30, 20), (30, 30)], PHOTO) is None
    assert fill_shape([(3, 3), (3, 3), (3, 3)], PHOTO) is None
    assert fill_shape([(3.6, 3), (3.8, 3), (3.7, 9)], PHOTO) is None
