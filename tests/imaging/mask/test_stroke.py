"""A stroke covers what its brush passes, leaves no trace when it is taken back, and is one edit."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imaging.framing import Mask
from imaging.mask.edit import apply_patch, revert_patch, unpacked
from imaging.mask.stroke import Stroke, Stroked

Point = tuple[float, float]
Layout = Callable[[Mask], Mask]
masks = hnp.arrays(np.bool_, st.tuples(st.integers(1, 40), st.integers(1, 40)))
layouts: st.SearchStrategy[Layout] = st.sampled_from([np.ascontiguousarray, np.asfortranarray])
coordinates = st.one_of(st.floats(-20, 60), st.integers(-20, 60).map(float))
ways = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=5)


@dataclass(frozen=True)
class Drawn:
    """A stroke to be drawn."""

    way: list[Point]
    radius: float
    value: bool

    def on(self, mask: Mask) -> Stroked | None:
        stroke = Stroke(mask, self.radius, self.value)
        for point in self.way:
            stroke.extend(*point)
        made = stroke.so_far()
        return None if made is None else made()

    def away(self, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
        """From every pixel's centre to the way, by looking at every pixel."""
        rows, columns = np.mgrid[: shape[0], : shape[1]] + 0.5
        centres = columns + 1j * rows
        path = [complex(*point) for point in self.way]
        nearest = np.full(shape, np.inf)
        for start, end in zip(path, [*path[1:], path[-1]], strict=True):
            way = end - start
            along = ((centres - start) * way.conjugate()).real
            share = along / abs(way) ** 2 if abs(way) > 1e-9 else 0
            apart = np.abs(centres - start - np.clip(share, 0, 1) * way)
            nearest = np.minimum(nearest, apart)
        return nearest


strokes = st.builds(Drawn, ways, st.floats(0.1, 15), st.booleans())


@given(masks, layouts, strokes)
def test_a_stroke_sets_what_the_brush_passes_and_nothing_else(
    mask: Mask, layout: Layout, drawn: Drawn
) -> None:
    before, painted = mask.copy(), layout(mask.copy())
    made = drawn.on(painted)
    away = drawn.away(mask.shape)
    assert (painted[away < drawn.radius - 1e-6] == drawn.value).all()
    beyond = away > drawn.radius + 1e-6
    assert np.array_equal(painted[beyond], before[beyond])
    assert (made is None) == np.array_equal(painted, before)


@given(masks, layouts, strokes)
def test_a_stroke_knows_all_that_it_covered(mask: Mask, layout: Layout, drawn: Drawn) -> None:
    made = drawn.on(layout(mask.copy()))
    if made is None:
        return
    patch, whole = made.patch, np.zeros(mask.shape, np.bool_)
    box = slice(patch.top, patch.top + patch.height), slice(patch.left, patch.left + patch.width)
    whole[box] = unpacked(made.covered, patch)
    away = drawn.away(mask.shape)
    assert whole[away < drawn.radius - 1e-6].all()
    assert not whole[away > drawn.radius + 1e-6].any()


@given(masks, layouts, st.lists(strokes, max_size=6))
def test_strokes_taken_back_one_by_one_leave_no_trace(
    mask: Mask, layout: Layout, drawn: list[Drawn]
) -> None:
    live = layout(mask.copy())
    states = [live.copy()]
    made: list[Stroked] = []
    for each in drawn:
        stroked = each.on(live)
        if stroked is not None:
            states.append(live.copy())
            made.append(stroked)
    for stroked, state in zip(reversed(made), reversed(states[:-1]), strict=True):
        revert_patch(live, stroked.patch)
        assert np.array_equal(live, state)
    for stroked in made:
        apply_patch(live, stroked.patch)
    assert np.array_equal(live, states[-1])


@given(masks, layouts, strokes)
def test_what_is_said_to_have_changed_has(mask: Mask, layout: Layout, drawn: Drawn) -> None:
    live = layout(mask.copy())
    stroke = Stroke(live, drawn.radius, drawn.value)
    for point in drawn.way:
        before = live.copy()
        part = stroke.extend(*point)
        assert (part is None) == np.array_equal(before, live)
        if part is not None:
            before[part] = live[part]
            assert np.array_equal(before, live)


def test_the_edit_so_far_is_not_changed_by_what_is_drawn_after_it() -> None:
    mask = np.zeros((30, 40), np.bool_, order="F")
    stroke = Stroke(mask, 3, True)
    stroke.extend(10, 10)
    seen = mask.copy()
    early = stroke.so_far()
    stroke.extend(30, 20)
    assert early is not None
    replayed = np.zeros((30, 40), np.bool_)
    apply_patch(replayed, early().patch)
    assert np.array_equal(replayed, seen)
    late = stroke.so_far()
    assert late is not None
    replayed = np.zeros((30, 40), np.bool_)
    apply_patch(replayed, late().patch)
    assert np.array_equal(replayed, mask)


def test_a_stroke_beside_the_photo_is_nothing() -> None:
    mask = np.zeros((20, 30), np.bool_)
    assert Drawn([(-100, -100), (-50, -80)], 4, True).on(mask) is None
    assert not mask.any()
