import tracemalloc
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imaging.decode.photo import read_photo
from imaging.framing import (
    ALL,
    FRAMINGS,
    NONE,
    SOME,
    Framing,
    Pixels,
    Probabilities,
    Size,
    centre,
    fill,
    fit,
)
from tests.support.pictures import encoded, written

photo_sizes = st.builds(Size, st.integers(16, 700), st.integers(16, 700))
grid_sizes = st.builds(Size, st.integers(16, 128), st.integers(16, 128))
framings = st.builds(
    lambda frame, photo, grid: frame(photo, grid),
    st.sampled_from(sorted(FRAMINGS.values(), key=lambda frame: frame.__name__)),
    photo_sizes,
    grid_sizes,
)


def half_white(size: Size, edge: int, axis: int) -> Pixels:
    """A picture, white from `edge` on along an axis (0 is down, 1 is across)."""
    picture = np.zeros((size.height, size.width, 3), np.uint8)
    if axis == 0:
        picture[edge:] = 255
    else:
        picture[:, edge:] = 255
    return picture


def as_map(picture: Pixels) -> Probabilities:
    """A model that finds whatever is white."""
    return np.asarray(picture[..., 0] / 255, np.float32)


def edge_of(map_: Probabilities, axis: int) -> float:
    """Where a map that rises along an axis passes one half, between the pixels' centres."""
    line = map_[:, map_.shape[1] // 2] if axis == 0 else map_[map_.shape[0] // 2]
    above = np.flatnonzero(line >= 0.5)
    if above.size == 0:
        return float(line.size)
    first = int(above[0])
    if first == 0:
        return 0.0
    low, high = float(line[first - 1]), float(line[first])
    return first - 0.5 + (0.5 - low) / (high - low)


def seen_of_photo(framing: Framing, axis: int) -> tuple[float, float]:
    """The first and the last place along an axis of the photo that the grid holds, in pixels."""
    ends = framing.point_to_photo(0, 0), framing.point_to_photo(*grid_corner(framing))
    across = 1 - axis
    length = framing.photo.height if axis == 0 else framing.photo.width
    return max(0.0, ends[0][across]), min(float(length), ends[1][across])


def grid_corner(framing: Framing) -> tuple[float, float]:
    return float(framing.grid.width), float(framing.grid.height)


@given(framings, st.floats(0, 1), st.sampled_from([0, 1]))
@example(fit(Size(4000, 3000), Size(384, 384)), 0.4321, 1)
@example(centre(Size(4000, 3000), Size(384, 384)), 0.4321, 1)
@example(fill(Size(3000, 4000), Size(384, 384)), 0.777, 0)
@example(fill(Size(16, 60), Size(17, 16)), 0.40625, 0)
@example(centre(Size(16, 16), Size(27, 33)), 0.0, 1)
@example(centre(Size(16, 16), Size(86, 16)), 1.0, 0)
@example(centre(Size(16, 24), Size(23, 16)), 0.9375, 0)
def test_there_and_back_moves_no_edge_by_more_than_half_a_model_pixel(
    framing: Framing, share: float, axis: int
) -> None:
    length = framing.photo.height if axis == 0 else framing.photo.width
    model_pixel = length / (framing.height if axis == 0 else framing.width)
    first, last = seen_of_photo(framing, axis)
    edge = max(ceil(first), round(first + share * (last - first)))  # One that the grid holds.
    seen = framing.picture_to_grid(half_white(framing.photo, edge, axis))
    back = framing.map_to_photo(as_map(seen))
    found = edge_of(back, axis)
    if last - edge < model_pixel and found == length:
        return  # Less than a model pixel of white was seen, and none of it is left.
    if last - edge < 1 and model_pixel < 1:
        return  # Less than a pixel of a photo smaller than the grid: mixed with what was not seen.
    assert abs(found - edge) <= model_pixel * 0.505  # Eight bits round the edge by a little.


@given(framings)
def test_what_was_not_seen_is_background_and_counted(framing: Framing) -> None:
    everywhere = np.ones((framing.grid.height, framing.grid.width), np.float32)
    back = framing.map_to_photo(everywhere)
    assert back.shape == (framing.photo.height, framing.photo.width)
    unseen = float((back < 0.5).mean())
    rim = 2 / min(framing.photo.width, framing.photo.height)
    assert unseen == pytest.approx(framing.unseen_fraction, abs=rim + 0.02)
    if framing.name != "centre":
        assert framing.unseen_fraction == 0
        assert (back == 1).all()


@given(photo_sizes, grid_sizes)
def test_the_centre_fills_the_grid_and_keeps_the_aspect(photo: Size, grid: Size) -> None:
    framing = centre(photo, grid)
    white = framing.picture_to_grid(np.full((photo.height, photo.width, 3), 255, np.uint8))
    assert (white == 255).all()
    scale = max(grid.width / photo.width, grid.height / photo.height)
    assert abs(framing.width - photo.width * scale) <= 0.5
    assert abs(framing.height - photo.height * scale) <= 0.5
    assert framing.width == grid.width or framing.height == grid.height


@given(photo_sizes, grid_sizes)
def test_filling_stretches_the_photo_over_the_whole_grid(photo: Size, grid: Size) -> None:
    framing = fill(photo, grid)
    assert framing.point_to_grid(0, 0) == (0, 0)
    assert framing.point_to_grid(photo.width, photo.height) == (grid.width, grid.height)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["jpg", "png", "heic"])
@pytest.mark.parametrize("edge", [101, 500, 777])
def test_a_photo_decoded_small_frames_to_the_same_place(
    tmp_path: Path, kind: str, edge: int
) -> None:
    picture = half_white(Size(1000, 700), edge, axis=1)
    path = written(tmp_path / f"p.{kind}", encoded(picture, kind))
    photo = read_photo(path, 200)
    framing = fit(photo.size, Size(128, 128))
    seen = framing.picture_to_grid(photo.pixels)
    back = framing.map_to_photo(as_map(seen))
    assert abs(edge_of(back, axis=1) - edge) <= 1000 / 128 / 2


@st.composite
def close_ups(draw: st.DrawFn) -> tuple[Framing, Framing]:
    """A part of a photo that is shrunk or enlarged, wherever it lies, and the whole as large."""
    photo = draw(st.builds(Size, st.integers(2, 90), st.integers(2, 90)))
    width, height = draw(st.integers(1, 400)), draw(st.integers(1, 400))
    grid = draw(st.builds(Size, st.integers(1, 64), st.integers(1, 64)))
    left = -draw(st.integers(0, width - 1))
    top = -draw(st.integers(0, height - 1))
    whole = Framing("fit", photo, Size(width, height), 0, 0, width, height)
    return Framing("fit", photo, grid, left, top, width, height), whole


@given(close_ups(), st.integers(0, 2**32 - 1))
def test_a_part_is_as_it_is_in_the_whole_picture(views: tuple[Framing, Framing], seed: int) -> None:
    close, whole = views
    size = (whole.photo.height, whole.photo.width, 3)
    picture = np.random.default_rng(seed).integers(0, 256, size, np.uint8)
    part = close.picture_to_grid(picture)[close.inside].astype(int)
    assert np.abs(part - whole.picture_to_grid(picture)[close.seen]).max() <= 1


def test_a_close_up_makes_no_more_than_it_shows() -> None:
    photo, grid, zoom = Size(4000, 3000), Size(400, 200), 100
    width, height = photo.width * zoom // 10, photo.height * zoom // 10
    framing = Framing("fit", photo, grid, -width // 2, -height // 2, width, height)
    picture = np.zeros((photo.height, photo.width, 3), np.uint8)
    tracemalloc.start()
    framing.picture_to_grid(picture)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The picture itself has 36 million bytes, and all of it as large would have 3.6 thousand.
    assert most < 50 * grid.width * grid.height


@given(framings, st.floats(-100, 800), st.floats(-100, 800))
def test_points_come_back(framing: Framing, x: float, y: float) -> None:
    assert framing.point_to_photo(*framing.point_to_grid(x, y)) == pytest.approx((x, y), abs=1e-6)


@given(photo_sizes, grid_sizes)
def test_all_of_the_photo_is_seen_as_large_as_it_goes(photo: Size, grid: Size) -> None:
    framing = fit(photo, grid)
    corner = framing.point_to_grid(0, 0)
    opposite = framing.point_to_grid(photo.width, photo.height)
    assert corner == (framing.left, framing.top)
    assert opposite == (framing.left + framing.width, framing.top + framing.height)
    assert min(corner) >= 0
    assert opposite[0] <= grid.width
    assert opposite[1] <= grid.height
    assert framing.width == grid.width or framing.height == grid.height


@given(photo_sizes, grid_sizes)
def test_the_aspect_is_kept_to_half_a_grid_pixel(photo: Size, grid: Size) -> None:
    framing = fit(photo, grid)
    scale = min(grid.width / photo.width, grid.height / photo.height)
    assert abs(framing.width - max(1, photo.width * scale)) <= 0.5
    assert abs(framing.height - max(1, photo.height * scale)) <= 0.5


@given(photo_sizes, grid_sizes)
def test_beside_the_photo_is_black(photo: Size, grid: Size) -> None:
    framing = fit(photo, grid)
    seen = framing.picture_to_grid(np.full((photo.height, photo.width, 3), 255, np.uint8))
    assert seen.shape == (grid.height, grid.width, 3)
    assert np.count_nonzero(seen[..., 0]) == framing.width * framing.height
    inside = seen[framing.top : framing.top + framing.height]
    assert (inside[:, framing.left : framing.left + framing.width] == 255).all()


@given(photo_sizes, grid_sizes)
def test_a_map_lies_column_major_on_the_photo(photo: Size, grid: Size) -> None:
    back = fit(photo, grid).map_to_photo(np.full((grid.height, grid.width), 0.25, np.float32))
    assert back.shape == (photo.height, photo.width)
    assert back.dtype == np.float32
    assert back.flags.f_contiguous
    assert (back == 0.25).all()


def test_a_map_can_be_drawn_at_another_size() -> None:
    framing = fit(Size(4000, 3000), Size(64, 64))
    grid = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (64, 1))
    small = framing.map_to_photo(grid, Size(400, 300))
    assert small.shape == (300, 400)
    whole = framing.map_to_photo(grid)[5::10, 5::10]
    assert np.abs(small - whole).max() < 0.01


def owners(framing: Framing, axis: int) -> npt.NDArray[np.int64]:
    """For each photo row (or column) the grid row that its centre lies in, by plain fractions."""
    length = framing.height if axis == 0 else framing.width
    photo = framing.photo.height if axis == 0 else framing.photo.width
    return np.array([int(Fraction(2 * row + 1, 2) * length / photo) for row in range(photo)])


@given(photo_sizes, grid_sizes, st.integers(0, 2**32), st.sampled_from([0.0, 0.02, 0.5, 0.98, 1.0]))
def test_every_pixel_of_a_mask_is_seen(photo: Size, grid: Size, seed: int, share: float) -> None:
    framing = fit(photo, grid)
    mask = np.random.default_rng(seed).random((photo.height, photo.width)) < share
    seen = framing.mask_to_grid(np.asfortranarray(mask), framing.inside)
    assert np.array_equal(seen, framing.mask_to_grid(mask, framing.inside))
    place = np.ix_(owners(framing, 0), owners(framing, 1))
    if photo.width < framing.width or photo.height < framing.height:
        return
    spread = seen[place]
    assert (spread[mask] != NONE).all()
    assert (spread[~mask] != ALL).all()
    for kind, value in ((NONE, False), (ALL, True)):
        assert (mask[spread == kind] == value).all()


@given(st.builds(Size, st.integers(16, 60), st.integers(16, 60)), st.integers(0, 2**32))
def test_of_a_photo_smaller_than_the_grid_each_pixel_is_seen_as_it_is(
    photo: Size, seed: int
) -> None:
    framing = fit(photo, Size(128, 128))
    mask = np.random.default_rng(seed).random((photo.height, photo.width)) < 0.5
    seen = framing.mask_to_grid(mask, framing.inside)
    rows, columns = (
        [int(Fraction(2 * at + 1, 2 * length) * pixels) for at in range(length)]
        for length, pixels in ((framing.height, photo.height), (framing.width, photo.width))
    )
    assert np.array_equal(seen == ALL, mask[np.ix_(rows, columns)])
    assert not (seen == SOME).any()


def test_one_pixel_of_twelve_million_is_seen() -> None:
    framing = fit(Size(4000, 3000), Size(50, 38))
    mask = np.zeros((3000, 4000), np.bool_, order="F")
    mask[1500, 2000] = True
    speck = framing.mask_to_grid(mask, framing.inside)
    hole = framing.mask_to_grid(~mask, framing.inside)
    assert (speck == SOME).sum() == (hole == SOME).sum() == 1
    assert not (speck == ALL).any()
    assert not (hole == NONE).any()


@given(photo_sizes, grid_sizes, st.integers(0, 2**32), st.data())
def test_a_part_of_a_mask_alone_is_as_it_is_in_the_whole(
    photo: Size, grid: Size, seed: int, data: st.DataObject
) -> None:
    framing = fit(photo, grid)
    mask = np.random.default_rng(seed).random((photo.height, photo.width)) < 0.5
    places = st.tuples(st.integers(0, framing.height), st.integers(0, framing.height))
    top, bottom = sorted(data.draw(places))
    rows, columns = framing.inside
    part = slice(rows.start + top, rows.start + bottom), columns
    whole = framing.mask_to_grid(np.asfortranarray(mask), framing.inside)
    assert np.array_equal(framing.mask_to_grid(mask, part), whole[top:bottom])


@given(
    framings,
    st.floats(-0.5, 0.9),
    st.floats(-0.5, 0.9),
    st.floats(0.05, 1.5),
    st.integers(4, 90),
    st.integers(0, 2**32 - 1),
)
def test_a_map_on_a_square_of_the_photo_is_what_it_is_there_on_the_whole_photo(
    framing: Framing, across: float, down: float, part: float, size: int, seed: int
) -> None:
    photo, random = framing.photo, np.random.default_rng(seed)
    grid = random.random((framing.grid.height, framing.grid.width), np.float32)
    left, top, side = (
        across * photo.width,
        down * photo.height,
        part * min(photo.width, photo.height),
    )
    found = framing.map_to_square(grid, left, top, side, size)
    # On the photo drawn four times as large, whose pixels lie near enough to any point.
    finer = framing.map_to_photo(grid, Size(photo.width * 4, photo.height * 4))
    places = (np.arange(size) + 0.5) * side / size
    columns, rows = (np.floor((start + places) * 4).astype(int) for start in (left, top))
    border = 4 * 1.01 * max(photo.width / framing.width, photo.height / framing.height)
    within_x = (columns >= border) & (columns < photo.width * 4 - border)
    within_y = (rows >= border) & (rows < photo.height * 4 - border)
    close = found[np.ix_(within_y, within_x)] - finer[np.ix_(rows[within_y], columns[within_x])]
    coarse = 0.3 * max(framing.width / photo.width, framing.height / photo.height) + 0.02
    assert np.abs(close).max(initial=0) <= coarse
    assert not found[rows < -border].any()
    assert not found[:, columns > photo.width * 4 + border].any()
