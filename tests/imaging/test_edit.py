from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imaging.edit import PatchError, apply_patch, difference, revert_patch, stroke
from imaging.framing import Mask
from imaging.values import Patch

Point = tuple[float, float]
masks = hnp.arrays(np.bool_, st.tuples(st.integers(1, 40), st.integers(1, 40)))
coordinates = st.floats(-20, 60)
lines = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=5)
radii = st.floats(0.1, 15)
Layout = Callable[[Mask], Mask]
layouts: st.SearchStrategy[Layout] = st.sampled_from([np.ascontiguousarray, np.asfortranarray])


@st.composite
def two_masks(draw: st.DrawFn) -> tuple[Mask, Mask]:
    first = draw(masks)
    return first, draw(hnp.arrays(np.bool_, first.shape))


def distance(shape: tuple[int, int], points: list[Point]) -> npt.NDArray[np.float64]:
    """From every pixel's centre to the line, by looking at every pixel."""
    rows, columns = np.mgrid[: shape[0], : shape[1]] + 0.5
    centres = columns + 1j * rows
    path = [complex(*point) for point in points]
    nearest = np.full(shape, np.inf)
    for start, end in zip(path, [*path[1:], path[-1]], strict=True):
        way = end - start
        share = ((centres - start) * way.conjugate()).real / abs(way) ** 2 if abs(way) > 1e-9 else 0
        nearest = np.minimum(nearest, np.abs(centres - start - np.clip(share, 0, 1) * way))
    return nearest


@given(masks, lines, radii, st.booleans())
def test_a_stroke_sets_what_the_brush_passes_and_nothing_else(
    mask: Mask, points: list[Point], radius: float, value: bool
) -> None:
    painted = mask.copy()
    patch = stroke(mask, points, radius, value)
    if patch is not None:
        apply_patch(painted, patch)
    away = distance((mask.shape[0], mask.shape[1]), points)
    assert (painted[away < radius - 1e-6] == value).all()
    beyond = away > radius + 1e-6
    assert np.array_equal(painted[beyond], mask[beyond])
    assert (patch is None) == np.array_equal(painted, mask)


@given(masks, lines, radii, st.booleans())
def test_drawing_a_patch_changes_no_mask(
    mask: Mask, points: list[Point], radius: float, value: bool
) -> None:
    before = mask.copy()
    stroke(mask, points, radius, value)
    assert np.array_equal(mask, before)


@given(masks, st.lists(st.tuples(lines, radii, st.booleans()), max_size=6))
def test_strokes_taken_back_one_by_one_leave_no_trace(
    mask: Mask, strokes: list[tuple[list[Point], float, bool]]
) -> None:
    live = mask.copy()
    states: list[Mask] = []
    patches: list[Patch] = []
    for points, radius, value in strokes:
        patch = stroke(live, points, radius, value)
        if patch is not None:
            states.append(live.copy())
            patches.append(patch)
            apply_patch(live, patch)
    final = live.copy()
    for patch, state in zip(reversed(patches), reversed(states), strict=True):
        revert_patch(live, patch)
        assert np.array_equal(live, state)
    assert np.array_equal(live, mask)
    for patch in patches:
        apply_patch(live, patch)
    assert np.array_equal(live, final)


@given(two_masks(), layouts, layouts)
def test_a_difference_leads_from_one_mask_to_the_other_and_back(
    pair: tuple[Mask, Mask], layout: Layout, other: Layout
) -> None:
    before, after = layout(pair[0]), other(pair[1])
    patch = difference(before, after)
    if patch is None:
        assert np.array_equal(before, after)
        return
    live = before.copy(order="K")
    apply_patch(live, patch)
    assert np.array_equal(live, after)
    revert_patch(live, patch)
    assert np.array_equal(live, before)


@given(two_masks())
def test_a_difference_has_the_tightest_box(pair: tuple[Mask, Mask]) -> None:
    patch = difference(*pair)
    rows, columns = np.nonzero(pair[0] != pair[1])
    if patch is None:
        assert rows.size == 0
        return
    assert (patch.left, patch.top) == (columns.min(), rows.min())
    assert patch.width == columns.max() - columns.min() + 1
    assert patch.height == rows.max() - rows.min() + 1


@given(two_masks())
def test_the_way_a_mask_lies_in_memory_makes_no_other_patch(pair: tuple[Mask, Mask]) -> None:
    before, after = pair
    turned = difference(np.asfortranarray(before), np.asfortranarray(after))
    assert turned == difference(np.ascontiguousarray(before), np.ascontiguousarray(after))


@given(two_masks())
def test_a_patch_is_refused_on_another_mask_which_stays_as_it_is(pair: tuple[Mask, Mask]) -> None:
    patch = difference(*pair)
    assume(patch is not None)
    assert patch is not None
    after = pair[1].copy()
    with pytest.raises(PatchError, match="another mask"):
        apply_patch(after, patch)
    assert np.array_equal(after, pair[1])
    before = pair[0].copy()
    with pytest.raises(PatchError, match="another mask"):
        revert_patch(before, patch)
    assert np.array_equal(before, pair[0])


def dot() -> tuple[Mask, Patch]:
    mask = np.zeros((20, 30), np.bool_)
    patch = stroke(mask, [(10, 10)], 4, True)
    assert patch is not None
    return mask, patch


@pytest.mark.parametrize("left", [-3, 28])
def test_a_patch_that_reaches_outside_is_refused(left: int) -> None:
    mask, patch = dot()
    with pytest.raises(PatchError, match="outside"):
        apply_patch(mask, replace(patch, left=left))
    assert not mask.any()


def test_a_damaged_patch_is_refused_before_anything_changes() -> None:
    mask, patch = dot()
    _, smaller = dot()
    other = difference(mask, np.ones_like(mask))
    assert other is not None
    for bits in (b"", b"nonsense", patch.bits[:-3], other.bits):
        with pytest.raises(PatchError, match="damaged"):
            apply_patch(mask, replace(smaller, bits=bits))
    assert not mask.any()


def test_nothing_to_do_is_no_patch() -> None:
    mask = np.zeros((20, 30), np.bool_)
    assert stroke(mask, [(10, 10)], 4, False) is None
    assert stroke(mask, [(-100, -100), (-50, -80)], 4, True) is None
    assert stroke(mask, [], 4, True) is None
    assert difference(mask, mask.copy()) is None
