import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from imaging.framing import FRAMINGS, Framing, Mask, Probabilities, Size, fill, fit
from imaging.mask.measure import measure, measured
from imaging.mask.outline import SMALLEST_PART, draw_mask, draw_part, main_parts, sure_above
from imaging.mask.rle import encode, encode_part

GRID = Size(64, 64)
PHOTO = Size(640, 320)


def two_parts(second: int, peak: float = 0.7) -> Probabilities:
    """A map with a part of 200 grid pixels and one of `second`, all of 0.7, on 0.1.

    `peak` stands in one pixel of the second part.
    """
    grid = np.full((64, 64), 0.1, np.float32)
    grid[20:30, 10:30] = 0.7
    grid.reshape(-1, 64)[32 : 32 + second // 10, 40:50] = 0.7
    grid[32, 44] = peak
    return grid


@pytest.mark.parametrize(
    ("second", "peak", "kept"),
    [(50, 0.7, False), (70, 0.7, True), (120, 0.7, True), (10, 0.74, False), (10, 0.75, True)],
)
def test_a_part_that_is_small_beside_the_greatest_is_left_out_unless_it_is_sure(
    second: int, peak: float, kept: bool
) -> None:
    assert (second / 200 >= SMALLEST_PART or peak >= sure_above(0.5)) == kept
    framing = fit(PHOTO, GRID)
    mask = draw_mask(two_parts(second, peak), framing, 0.5)
    whole = framing.map_to_photo(two_parts(second, peak)) >= 0.5
    assert mask[:, :350].any()
    assert (mask[:, :350] == whole[:, :350]).all()
    assert whole[:, 350:].any()
    assert mask[:, 350:].any() == kept
    assert kept == (mask == whole).all()


def test_the_map_itself_is_left_as_it_was() -> None:
    grid = two_parts(10)
    before = grid.copy()
    draw_mask(grid, fit(PHOTO, GRID), 0.5)
    assert (grid == before).all()


def test_what_lies_beside_the_photo_counts_for_nothing() -> None:
    grid = two_parts(10)
    grid[:12] = 0.9  # the black above a wide photo
    framing = fit(PHOTO, GRID)
    assert not grid[framing.inside][:4].max() > 0.1
    assert draw_mask(grid, framing, 0.5).any()


def test_probable_lesion_counts_more_than_doubtful_lesion_of_the_same_area() -> None:
    grid = np.zeros((64, 64), np.float32)
    grid[:10, :10], grid[20:25, 20:25] = 0.5, 0.7  # 50 and 17.5
    assert main_parts(grid, 0.5) is grid
    grid[20:25, 20:25], grid[:10, :10] = 0.5, 0.7  # 12.5 and 70
    assert not main_parts(grid, 0.5)[20:25, 20:25].any()


def test_an_empty_map_gives_an_empty_mask() -> None:
    assert not draw_mask(np.zeros((64, 64), np.float32), fill(PHOTO, GRID), 0.4).any()


maps = arrays(np.float32, (9, 11), elements=st.floats(0, 1, width=16))


@given(maps, st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0]))
def test_only_whole_parts_are_left_out_and_never_the_greatest(
    grid: Probabilities, threshold: float
) -> None:
    kept = main_parts(grid, threshold)
    changed = kept != grid
    assert (kept[changed] == 0).all()
    assert (grid[changed] >= threshold).all()
    above = grid >= threshold
    assert above.any() == (kept >= threshold)[above].any()
    assert (main_parts(kept, max(threshold, 1e-3)) == kept).all() or threshold == 0


def plainly_drawn(grid: Probabilities, framing: Framing, threshold: float) -> Mask:
    """What a mask is by definition: the whole map on the whole photo."""
    kept = grid.copy()
    kept[framing.inside] = main_parts(grid[framing.inside], threshold)
    mask: Mask = framing.map_to_photo(kept) >= threshold
    return mask


def assert_same(grid: Probabilities, framing: Framing, threshold: float) -> None:
    plain, drawn = (
        plainly_drawn(grid, framing, threshold),
        draw_part(grid, framing, threshold),
    )
    assert np.array_equal(drawn.on(framing.photo), plain)
    assert encode_part(drawn, framing.photo) == encode(plain)
    assert measured(drawn.area, framing.photo) == measure(plain)


sides = st.integers(1, 150)
any_map = arrays(
    np.float32,
    st.tuples(sides, sides).map(lambda s: (s[0] // 6 + 1, s[1] // 6 + 1)),
    elements=st.floats(0, 1, width=32),
    fill=st.sampled_from([0.0, 0.25, 1.0]),
)


@given(any_map, sides, sides, st.sampled_from(sorted(FRAMINGS)), st.data())
def test_a_mask_drawn_where_it_lies_is_the_whole_one_bit_for_bit(
    grid: Probabilities, width: int, height: int, framing: str, data: st.DataObject
) -> None:
    # A number of the map itself, and its neighbours, lie on the very edge.
    own = float(data.draw(st.sampled_from(grid.ravel().tolist())))
    above, below = (float(np.nextafter(np.float32(own), np.float32(to))) for to in (2, -1))
    threshold = data.draw(st.sampled_from([0.0, 0.5, 1.0, own, above, below]))
    assert_same(grid, FRAMINGS[framing](Size(width, height), Size.of(grid)), threshold)


@pytest.mark.parametrize("size", [Size(4032, 3024), Size(3000, 4001), Size(1999, 1501)])
def test_so_it_is_on_photos_as_cameras_take_them(size: Size) -> None:
    rows, columns = np.mgrid[0:256, 0:256]
    noise = np.random.default_rng(0).normal(0, 0.2, (256, 256))
    far = np.hypot((columns - 150) / 60, (rows - 120) / 40)
    grid = (1 / (1 + np.exp(6 * (far - 1) + noise))).astype(np.float16).astype(np.float32)
    for threshold in (0.1, 0.5, 0.9):
        assert_same(grid, fit(size, Size(256, 256)), threshold)
