"""A lens shows all of a photo, its lesion, or any part as near as its pixels."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imaging.framing import Size, fit
from imaging.view.lens import CLOSEST, Lens

sides = st.integers(1, 6000)
photos = st.builds(Size, sides, sides).filter(
    lambda size: max(size.width, size.height) <= 40 * min(size.width, size.height)
)
grids = st.builds(Size, st.integers(8, 400), st.integers(8, 240))
fractions = st.floats(0, 1)


@st.composite
def lenses(draw: st.DrawFn) -> Lens:
    photo, grid = draw(photos), draw(grids)
    x, y = draw(fractions) * photo.width, draw(fractions) * photo.height
    return Lens.whole(photo, grid).zoomed(draw(st.floats(1, 100)), x, y)


@given(photos, grids)
def test_the_whole_photo_fits(photo: Size, grid: Size) -> None:
    assert replace(Lens.whole(photo, grid).framing, name="fit") == fit(photo, grid)


@given(lenses())
def test_no_room_is_wasted_beside_a_photo_that_goes_on(lens: Lens) -> None:
    framing = lens.framing
    rows, columns = framing.inside
    assert rows.stop - rows.start == min(framing.height, framing.grid.height)
    assert columns.stop - columns.start == min(framing.width, framing.grid.width)


@given(lenses(), st.floats(0.01, 100), fractions, fractions)
def test_a_zoom_keeps_its_point_where_it_is_unless_an_edge_is_in_the_way(
    lens: Lens, factor: float, x: float, y: float
) -> None:
    x, y = x * lens.photo.width, y * lens.photo.height
    after = lens.zoomed(factor, x, y)
    for axis, (before, now) in enumerate(
        zip(lens.framing.point_to_grid(x, y), after.framing.point_to_grid(x, y), strict=True)
    ):
        framing = after.framing
        start, length = [(framing.left, framing.width), (framing.top, framing.height)][axis]
        grid = [framing.grid.width, framing.grid.height][axis]
        held = length <= grid or start in (0, grid - length)
        assert held or abs(before - now) <= 1


@given(lenses(), st.floats(0.01, 100))
def test_it_is_never_farther_than_the_whole_and_never_nearer_than_single_pixels(
    lens: Lens, factor: float
) -> None:
    framing = lens.zoomed(factor, 0, 0).framing
    whole = fit(lens.photo, lens.grid)
    assert framing.width >= whole.width
    assert framing.width <= max(whole.width, CLOSEST * lens.photo.width)


@given(photos, grids)
def test_single_pixels_can_be_seen(photo: Size, grid: Size) -> None:
    assume(max(photo.width, photo.height) * CLOSEST >= max(grid.width, grid.height))
    framing = Lens.whole(photo, grid).zoomed(1e6, 0, 0).framing
    assert framing.width >= CLOSEST * photo.width - 1


@given(lenses(), st.floats(-200, 200), st.floats(-200, 200))
def test_panning_moves_by_grid_pixels_and_back(lens: Lens, across: float, down: float) -> None:
    there = lens.panned(across, down)
    assert (there.framing.width, there.framing.height) == (lens.framing.width, lens.framing.height)
    assert abs(there.framing.left - lens.framing.left) <= abs(across) + 1
    assert abs(there.framing.top - lens.framing.top) <= abs(down) + 1
    # What lay at an edge is left at once: nothing was saved up behind it.
    beyond = lens.panned(1e6, 1e6)
    back = beyond.panned(-3, -3).framing
    assert back.left == min(0, beyond.framing.left + 3) or lens.framing.width <= lens.grid.width


@given(lenses(), fractions, fractions, st.floats(0, 10))
def test_it_follows_a_point_only_as_far_as_it_must(
    lens: Lens, x: float, y: float, margin: float
) -> None:
    x, y = x * lens.photo.width, y * lens.photo.height
    after = lens.following(x, y, margin)
    column, row = after.framing.point_to_grid(x, y)
    assert -1 <= column <= lens.grid.width + 1
    assert -1 <= row <= lens.grid.height + 1
    again = after.following(x, y, margin).framing
    assert abs(again.left - after.framing.left) <= 1
    assert abs(again.top - after.framing.top) <= 1
    assert after.following(*middle(after), margin).framing == after.framing


def middle(lens: Lens) -> tuple[float, float]:
    return lens.framing.point_to_photo(lens.grid.width / 2, lens.grid.height / 2)


@given(lenses(), st.data())
def test_around_a_lesion_all_of_it_is_seen(lens: Lens, data: st.DataObject) -> None:
    photo, grid = lens.photo, lens.grid
    left = data.draw(st.integers(0, photo.width - 1))
    top = data.draw(st.integers(0, photo.height - 1))
    part = (
        slice(top, data.draw(st.integers(top + 1, photo.height))),
        slice(left, data.draw(st.integers(left + 1, photo.width))),
    )
    framing = Lens.around(part, photo, grid).framing
    corners = [(part[1].start, part[0].start), (part[1].stop, part[0].stop)]
    for x, y in corners:
        column, row = framing.point_to_grid(x, y)
        assert -1 <= column <= grid.width + 1
        assert -1 <= row <= grid.height + 1


def test_a_lesion_fills_the_view() -> None:
    photo, grid = Size(4000, 3000), Size(100, 76)
    framing = Lens.around((slice(1000, 1400), slice(2000, 2400)), photo, grid).framing
    left, top = framing.point_to_grid(2000, 1000)
    right, bottom = framing.point_to_grid(2400, 1400)
    assert bottom - top == pytest.approx(76 / 1.5, abs=1)
    assert (left + right) / 2 == pytest.approx(50, abs=1)


@given(lenses(), grids)
def test_on_another_grid_its_middle_stays(lens: Lens, grid: Size) -> None:
    after = lens.on(grid)
    assert after.grid == grid
    assert (after.x, after.y) == (lens.x, lens.y)
    assert after.zoom <= max(lens.zoom, 1.0)
