import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.values import Origin, Tool
from imaging.framing import Mask, Size, fit
from imaging.mask.outline import draw_mask
from imaging.mask.stroke import Stroke
from imaging.values import Prediction, Receipt
from pipeline.errors import NothingToRepair
from pipeline.review.editor import Editor, Past
from tests.support.saved import Saved
from tests.support.tries import tries

HEIGHT, WIDTH = 40, 60


def prediction(height: int = HEIGHT, width: int = WIDTH) -> Prediction:
    grid = np.linspace(0, 1, 32 * 32, dtype=np.float32).reshape(32, 32)
    return Prediction(
        grid, fit(Size(width, height), Size(32, 32)), Receipt("m", "0", "numpy", "CPU", 1)
    )


def editor(saved: Saved | None = None) -> Editor:
    mask = np.zeros((HEIGHT, WIDTH), np.bool_, order="F")
    return Editor(mask, 0.5, prediction(), saved or Saved())


def test_a_stroke_is_on_the_mask_at_once_and_one_edit_when_it_ends() -> None:
    saved = Saved()
    edited = editor(saved)
    edited.begin_stroke(3, True)
    assert edited.extend_stroke(10, 10) == (slice(7, 13), slice(7, 13))
    assert edited.mask[9, 9]
    assert saved.line == []
    part = edited.extend_stroke(30, 10)
    assert part is not None
    assert part[0] == slice(7, 13)
    edited.end_stroke()
    assert (edited.edits, saved.cursor) == (1, 1)
    assert edited.undo() == (slice(7, 13), slice(7, 33))
    assert not edited.mask.any()
    assert edited.redo() == (slice(7, 13), slice(7, 33))
    assert edited.mask[9, 29]


def test_a_stroke_that_changes_nothing_is_no_edit() -> None:
    edited = editor()
    edited.begin_stroke(3, False)
    assert edited.extend_stroke(10, 10) is None
    edited.end_stroke()
    assert (edited.edits, edited.can_undo) == (0, False)
    assert edited.extend_stroke(10, 10) is None


def test_a_stroke_beyond_the_photo_stays_inside() -> None:
    edited = editor()
    edited.begin_stroke(4, True)
    assert edited.extend_stroke(-50, -50) is None
    assert edited.extend_stroke(WIDTH, HEIGHT) is not None
    edited.end_stroke()
    edited.undo()
    assert not edited.mask.any()


def test_nothing_to_undo_or_redo_changes_nothing() -> None:
    edited = editor()
    assert edited.undo() is None
    assert edited.redo() is None


@pytest.mark.parametrize(
    ("paints", "at", "why"),
    [(True, 20, "in the outline"), (False, 20, "outside the outline"), (True, -50, "no pixel")],
)
def test_a_stroke_that_changes_nothing_says_why(paints: bool, at: int, why: str) -> None:
    edited = editor()
    edited.mask[:] = paints
    edited.begin_stroke(2, paints)
    edited.extend_stroke(at, at)
    with pytest.raises(NothingToRepair, match=why):
        edited.lift_brush()
    assert not edited.edits
    edited.lift_brush()


Step = st.one_of(
    st.tuples(st.just("paint"), st.floats(-5, 65), st.floats(-5, 45)),
    st.tuples(st.just("erase"), st.floats(-5, 65), st.floats(-5, 45)),
    st.tuples(st.just("threshold"), st.floats(0.05, 0.95), st.just(0.0)),
    st.tuples(st.just("undo"), st.just(0.0), st.just(0.0)),
    st.tuples(st.just("redo"), st.just(0.0), st.just(0.0)),
)


def take(edited: Editor, step: tuple[str, float, float]) -> None:
    kind, x, y = step
    if kind in ("paint", "erase"):
        edited.begin_stroke(4, kind == "paint")
        edited.extend_stroke(x, y)
        edited.extend_stroke(y, x)
        edited.end_stroke()
    elif kind == "threshold":
        edited.set_threshold(x)
    elif kind == "undo":
        edited.undo()
    else:
        edited.redo()


@settings(max_examples=tries(60), deadline=None)
@given(st.lists(Step, max_size=15))
def test_what_was_saved_replays_to_the_mask_that_was_seen(
    steps: list[tuple[str, float, float]],
) -> None:
    saved = Saved()
    edited = editor(saved)
    for step in steps:
        take(edited, step)
    replayed = editor()
    replayed.replay(tuple(saved.line), saved.cursor)
    assert np.array_equal(replayed.mask, edited.mask)
    assert (replayed.edits, replayed.can_redo) == (edited.edits, edited.can_redo)
    assert replayed.threshold == edited.threshold
    while edited.can_undo:
        edited.undo()
    assert not edited.mask.any()


def test_a_stroke_is_saved_as_it_is_made_and_stays_one_edit() -> None:
    saved = Saved()
    edited = editor(saved)
    edited.begin_stroke(3, True)
    assert not edited.unsaved
    edited.extend_stroke(10, 10)
    assert edited.unsaved
    edited.save_stroke()
    assert not edited.unsaved
    assert (len(saved.line), saved.cursor) == (1, 1)
    under_way = edited.mask.copy()
    assert np.array_equal(replayed(saved).mask, under_way)
    edited.extend_stroke(40, 20)
    assert edited.unsaved
    edited.end_stroke()
    assert not edited.unsaved
    assert (len(saved.line), saved.cursor, edited.edits) == (1, 1, 1)
    assert np.array_equal(replayed(saved).mask, edited.mask)
    edited.undo()
    assert not edited.mask.any()


def replayed(saved: Saved) -> Editor:
    edited = editor()
    edited.replay(tuple(saved.line), saved.cursor)
    return edited


Way = tuple[float, float, float, float, bool]
ways = st.tuples(
    st.floats(0, WIDTH),
    st.floats(0, HEIGHT),
    st.floats(0, WIDTH),
    st.floats(0, HEIGHT),
    st.booleans(),
)
thresholds = st.floats(0.05, 0.95)


@settings(max_examples=tries(60), deadline=None)
@given(st.lists(st.one_of(ways, thresholds), min_size=1, max_size=8), thresholds, st.booleans())
def test_what_a_brush_passed_keeps_its_value_at_any_threshold(
    steps: list[Way | float], last: float, restarts: bool
) -> None:
    saved = Saved()
    edited = editor(saved)
    by_hand = np.zeros((HEIGHT, WIDTH), np.int8)
    for step in steps:
        if isinstance(step, float):
            edited.set_threshold(step)
            continue
        *way, value = step
        before = edited.edits
        draw(edited, way, value)
        if edited.edits > before:
            by_hand[passed(way)] = 1 if value else -1
    if restarts:
        edited = replayed(saved)
    edited.set_threshold(last)
    assert edited.mask[by_hand > 0].all()
    assert not edited.mask[by_hand < 0].any()
    shape = prediction()
    drawn = draw_mask(shape.grid, shape.framing, last)
    untouched = by_hand == 0
    if edited.threshold == last:
        assert np.array_equal(edited.mask[untouched], drawn[untouched])


def draw(edited: Editor, way: list[float], value: bool) -> None:
    edited.begin_stroke(4, value)
    edited.extend_stroke(way[0], way[1])
    edited.extend_stroke(way[2], way[3])
    edited.end_stroke()


def passed(way: list[float]) -> Mask:
    """What a brush passes on this way, whatever was there."""
    blank = np.zeros((HEIGHT, WIDTH), np.bool_)
    stroke = Stroke(blank, 4, True)
    stroke.extend(way[0], way[1])
    stroke.extend(way[2], way[3])
    return blank


def test_a_threshold_that_changes_no_pixel_is_kept_so_that_the_next_one_is_reached() -> None:
    saved = Saved()
    edited = editor(saved)
    edited.draw_shape(Tool.BOX, [(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], adds=True)
    for threshold in (0.45, 0.4):
        assert edited.set_threshold(threshold) is None
        assert edited.threshold == threshold
    # At the threshold that it has, nothing is asked for.
    assert edited.set_threshold(0.4) is None
    assert (edited.edits, len(saved.line), bool(edited.mask.all())) == (3, 3, True)
    edited.undo()
    assert edited.threshold == 0.45


def test_what_was_drawn_on_the_way_to_the_base_keeps_its_value_too() -> None:
    saved = Saved()
    first = editor(saved)
    first.set_threshold(0.5)
    draw(first, [10, 19, 50, 21], True)
    draw(first, [10, 33, 50, 33], False)
    edited = Editor(first.mask.copy(order="K"), 0.5, prediction(), Saved(), Past(tuple(saved.line)))
    for value in (0.1, 0.99, 0.5):
        edited.set_threshold(value)
        assert edited.mask[20, 10:50].all()
        assert not edited.mask[33, 10:50].any()
    assert np.array_equal(edited.mask, first.mask)
    assert edited.origin is Origin.BRUSH


def test_a_mask_drawn_on_by_hand_is_by_hand_whatever_comes_after() -> None:
    edited = editor()
    origins = [edited.origin]
    edited.set_threshold(0.4)
    origins.append(edited.origin)
    draw(edited, [10, 10, 20, 5], True)
    edited.set_threshold(0.7)
    origins.append(edited.origin)
    assert origins == [Origin.MODEL, Origin.THRESHOLD, Origin.BRUSH]


def test_a_stroke_on_twelve_megapixels_touches_only_its_box() -> None:
    mask = np.zeros((3000, 4000), np.bool_, order="F")
    edited = Editor(mask, 0.5, prediction(3000, 4000), Saved())
    tracemalloc.start()
    try:
        edited.begin_stroke(40, True)
        for step in range(50):
            edited.extend_stroke(500 + step * 20, 500 + step * 10)
            edited.save_stroke()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    edited.end_stroke()
    assert edited.measurements().area_pixels > 50_000
    # Two masks are reserved and never filled; besides, a few copies of a box of 1,060×560.
    assert most < 2 * mask.size + 8_000_000
