"""Drawn from a smaller copy, a photo looks as it would drawn from all its pixels."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.framing import Framing, Pixels, Size, fit
from imaging.view.pyramid import SMALLEST, draw_region, pyramid


def picture(size: Size) -> Pixels:
    """Soft shapes with more noise than photos have."""
    rows, columns = np.mgrid[0 : size.height, 0 : size.width]
    waves = np.sin(rows / 40) * np.cos(columns / 25) * 90 + 128
    noise = np.random.default_rng(1).integers(-20, 21, (size.height, size.width, 3))
    return np.asarray(np.clip(waves[..., None] + noise, 0, 255), np.uint8)


def test_each_copy_is_half_as_large_until_it_is_small() -> None:
    levels = pyramid(picture(Size(2001, 1000)))
    assert [Size.of(level) for level in levels] == [
        Size(2001, 1000),
        Size(1000, 500),
        Size(500, 250),
    ]
    assert sum(level.nbytes for level in levels) < 1.34 * levels[0].nbytes
    assert max(levels[-1].shape) < 2 * SMALLEST


@pytest.mark.parametrize("size", [Size(30, 20), Size(3000, 1)])
def test_a_picture_without_room_for_one_has_no_copy(size: Size) -> None:
    assert len(pyramid(picture(size))) == 1


@given(
    zoom=st.floats(1, 30),
    left=st.floats(0, 1),
    top=st.floats(0, 1),
)
def test_it_looks_like_the_whole(zoom: float, left: float, top: float) -> None:
    photo, grid = Size(1600, 1200), Size(80, 50)
    whole = fit(photo, grid)
    width, height = round(whole.width * zoom), round(whole.height * zoom)
    framing = Framing(
        "fit",
        photo,
        grid,
        -round(left * max(0, width - grid.width)),
        -round(top * max(0, height - grid.height)),
        width,
        height,
    )
    levels = levels_of_a_photo()
    expected = framing.picture_to_grid(levels[0]).astype(int)
    off = np.abs(draw_region(levels, framing) - expected)
    assert off.mean() < 3
    assert off.max() <= 24


def test_near_views_are_made_of_all_pixels() -> None:
    framing = Framing("fit", Size(1600, 1200), Size(80, 50), -300, -300, 1600, 1200)
    levels = levels_of_a_photo()
    assert np.array_equal(draw_region(levels, framing), framing.picture_to_grid(levels[0]))


@cache
def levels_of_a_photo() -> tuple[Pixels, ...]:
    return tuple(pyramid(picture(Size(1600, 1200))))
