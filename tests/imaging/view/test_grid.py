import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imaging.framing import ALL, NONE, SOME, Coverage, Framing, Mask, Part, Pixels, Size, fit
from imaging.view.grid import (
    Circle,
    around,
    contrasted,
    draw_coverage,
    marks,
    painted,
    place_picture,
    seen_part,
    widened,
)
from imaging.view.overlay import (
    BORDER,
    TINT,
    Colour,
    Ink,
    Pens,
    Shown,
    border,
    overlay,
    thickened,
)

framings = st.builds(
    fit,
    st.builds(Size, st.integers(1, 300), st.integers(1, 300)),
    st.builds(Size, st.integers(1, 60), st.integers(1, 60)),
)


masks = hnp.arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12)))


def whole(array: Coverage | Mask | Pixels) -> Part:
    return slice(0, array.shape[0]), slice(0, array.shape[1])


@st.composite
def shown(draw: st.DrawFn) -> tuple[Pixels, Coverage, Part]:
    height, width = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    picture = draw(hnp.arrays(np.uint8, (height, width, 3)))
    covers = st.sampled_from([NONE, SOME, ALL])
    coverage = draw(hnp.arrays(np.uint8, (height, width), elements=covers))
    rows = sorted(draw(st.tuples(st.integers(0, height), st.integers(0, height))))
    columns = sorted(draw(st.tuples(st.integers(0, width), st.integers(0, width))))
    return picture, coverage, (slice(*rows), slice(*columns))


@given(framings)
def test_beside_the_picture_is_the_colour_that_was_asked_for(framing: Framing) -> None:
    picture = np.full((framing.photo.height, framing.photo.width, 3), 200, np.uint8)
    grid = place_picture(picture, framing, (1, 2, 3))
    assert (grid[framing.inside] == 200).all()
    beside = np.ones(grid.shape[:2], np.bool_)
    beside[framing.inside] = False
    assert (grid[beside] == (1, 2, 3)).all()


@given(framings, st.data())
def test_every_pixel_of_a_box_is_seen_in_its_part(framing: Framing, data: st.DataObject) -> None:
    left = data.draw(st.integers(0, framing.photo.width - 1))
    top = data.draw(st.integers(0, framing.photo.height - 1))
    width = data.draw(st.integers(1, framing.photo.width - left))
    height = data.draw(st.integers(1, framing.photo.height - top))
    before = np.zeros((framing.photo.height, framing.photo.width), np.bool_)
    after = before.copy()
    after[top : top + height, left : left + width] = True
    changed = np.zeros((framing.grid.height, framing.grid.width), np.uint8)
    changed[framing.inside] = framing.mask_to_grid(after, framing.inside)
    changed[seen_part(framing, (slice(top, top + height), slice(left, left + width)))] = NONE
    assert not changed.any()


@given(shown(), st.floats(0, 1), st.floats(0, 1))
def test_a_part_alone_is_drawn_as_it_is_in_the_whole(
    scene: tuple[Pixels, Coverage, Part], tint: float, line: float
) -> None:
    picture, coverage, part = scene
    ink, edge = Ink(tint, line), border(coverage)
    alone = draw_coverage(picture[part], coverage[part], edge[part], ink)
    assert np.array_equal(alone, draw_coverage(picture, coverage, edge, ink)[part])


@given(shown())
def test_at_half_strength_the_line_is_solid(scene: tuple[Pixels, Coverage, Part]) -> None:
    picture, coverage, _ = scene
    edge = border(coverage)
    for what in (Shown.OUTLINE, Shown.BOTH):
        drawn = draw_coverage(picture, coverage, edge, what.ink(0.5))
        assert (drawn[edge] == BORDER).all()
        assert np.array_equal(drawn[coverage == NONE], picture[coverage == NONE])
    inner = (coverage == ALL) & ~edge
    assert np.array_equal(
        draw_coverage(picture, coverage, edge, Shown.BOTH.ink(0.5))[inner],
        overlay(picture, coverage == ALL, 0.5, TINT)[inner],
    )


@given(shown())
def test_the_outline_alone_leaves_the_lesion_as_it_is(
    scene: tuple[Pixels, Coverage, Part],
) -> None:
    picture, coverage, _ = scene
    edge = border(coverage)
    drawn = draw_coverage(picture, coverage, edge, Shown.OUTLINE.ink(1.0))
    assert np.array_equal(drawn[~edge], picture[~edge])


def test_a_fill_alone_shows_what_is_covered_in_part() -> None:
    picture = np.full((1, 3, 3), 100, np.uint8)
    coverage = np.array([[NONE, SOME, ALL]], np.uint8)
    drawn = draw_coverage(picture, coverage, border(coverage), Shown.FILL.ink(0.5))
    none, some, every = drawn[0, :, 0].tolist()
    assert none < some < every


@given(shown())
def test_without_ink_the_photo_is_bare(scene: tuple[Pixels, Coverage, Part]) -> None:
    picture, coverage, _ = scene
    for ink in (Shown.NOTHING.ink(1.0), Shown.BOTH.ink(0.0)):
        assert np.array_equal(draw_coverage(picture, coverage, border(coverage), ink), picture)


def test_what_is_shown_goes_around() -> None:
    seen = [Shown.OUTLINE]
    while (after := seen[-1].following()) not in seen:
        seen.append(after)
    assert set(seen) == set(Shown)
    assert after is Shown.OUTLINE


@given(shown(), st.integers(0, 4))
def test_a_widened_part_stays_inside(scene: tuple[Pixels, Coverage, Part], by: int) -> None:
    _, coverage, part = scene
    wide = widened(part, by, whole(coverage))
    for line, wider, length in zip(part, wide, coverage.shape, strict=True):
        assert wider.start == max(0, line.start - by)
        assert wider.stop == min(length, line.stop + by)


@given(st.floats(-5, 45), st.floats(-5, 45), st.floats(0, 12), st.booleans())
def test_the_circle_runs_around_what_the_brush_covers(
    x: float, y: float, radius: float, plus: bool
) -> None:
    size = 40
    drawn_marks = marks((slice(0, size), slice(0, size)), Circle(x, y, radius), plus)
    for row, column in np.argwhere(drawn_marks):
        distance = math.hypot(column + 0.5 - x, row + 0.5 - y)
        in_middle = abs(column - math.floor(x)) + abs(row - math.floor(y)) <= 1
        assert in_middle or radius <= distance < radius + 1
    assert not drawn_marks.any() or plus or not drawn_marks.all()


@given(st.floats(0, 30), st.floats(0, 30), st.floats(0, 12))
def test_all_of_the_brush_lies_in_the_part_around_it(x: float, y: float, radius: float) -> None:
    for across in (1, 2):
        circle = Circle(across * x, y, radius, across)
        part = around(circle, 2)
        everywhere = marks((slice(-20, 60), slice(-40, 120)), circle, True)
        assert marks(part, circle, True).sum() == everywhere.sum()


def test_on_narrow_pixels_a_circle_is_as_round() -> None:
    square, narrow = (
        marks((slice(0, 40), slice(0, 40 * across)), Circle(20 * across, 20, 9, across), True)
        for across in (1, 2)
    )
    assert np.array_equal(narrow[:, ::2] | narrow[:, 1::2], square) or (
        np.abs(narrow.sum() - 2 * square.sum()) < 0.2 * square.sum()
    )
    rows, columns = np.nonzero(narrow)
    assert np.ptp(columns) == pytest.approx(2 * np.ptp(rows), abs=2)


def test_the_eraser_is_a_minus() -> None:
    part = slice(0, 9), slice(0, 9)
    plus, minus = (marks(part, Circle(4.5, 4.5, 30), kind) for kind in (True, False))
    assert np.argwhere(minus).tolist() == [[4, 3], [4, 4], [4, 5]]
    assert (plus & ~minus).sum() == 2


@given(masks, st.integers(1, 5))
def test_a_wide_line_holds_the_thin_one_in_its_middle(line: Mask, width: int) -> None:
    thick, before, behind = np.zeros_like(line), (width - 1) // 2, width // 2
    for row, column in np.argwhere(line).tolist():
        rows = slice(max(0, row - before), row + behind + 1)
        thick[rows, max(0, column - before) : column + behind + 1] = True
    assert np.array_equal(thickened(line, width), thick)


def test_a_mask_is_drawn_with_its_pens() -> None:
    picture, coverage = np.full((3, 4, 3), 100, np.uint8), np.full((3, 4), ALL)
    line = np.zeros((3, 4), np.bool_)
    line[1] = True
    pens = Pens(Colour(1, 2, 3), Colour(255, 0, 0))
    drawn = draw_coverage(picture, coverage, line, Shown.BOTH.ink(0.5, pens))
    assert (drawn[1] == (1, 2, 3)).all()
    assert (drawn[0] == overlay(picture[:1], coverage[:1] == ALL, 0.5, (255, 0, 0))[0]).all()


@pytest.mark.parametrize(("ground", "mark"), [(0, 255), (60, 255), (190, 0), (255, 0)])
def test_marks_stand_out(ground: int, mark: int) -> None:
    pixels = np.full((2, 2, 3), ground, np.uint8)
    where = np.array([[True, False], [False, False]])
    seen = contrasted(pixels, where)
    assert (seen[0, 0] == mark).all()
    assert (seen[~where] == ground).all()
    assert tuple(painted(pixels, where, BORDER)[0, 0]) == BORDER
