from time import perf_counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from db.values import DraftEdit
from imaging.framing import Size, fit
from imaging.values import Prediction, Receipt
from pipeline.draft import Box, Editor

HEIGHT, WIDTH = 40, 60


class Saved:
    """A draft kept in memory: the live line and its cursor, as a store keeps them."""

    def __init__(self) -> None:
        self.line: list[DraftEdit] = []
        self.cursor = 0

    def add(self, cursor: int, edit: DraftEdit) -> None:
        self.line[cursor:] = [edit]
        self.cursor = cursor + 1

    def move(self, cursor: int) -> None:
        self.cursor = cursor


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
    assert edited.extend_stroke(10, 10) == Box(7, 7, 6, 6)
    assert edited.mask[9, 9]
    assert saved.line == []
    box = edited.extend_stroke(30, 10)
    assert box is not None
    assert (box.top, box.height) == (7, 6)
    edited.end_stroke()
    assert (edited.edits, saved.cursor) == (1, 1)
    assert edited.undo() == Box(7, 7, 26, 6)
    assert not edited.mask.any()
    assert edited.redo() == Box(7, 7, 26, 6)
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


@settings(max_examples=60, deadline=None)
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


def test_on_twelve_megapixels_a_brush_touches_only_its_box() -> None:
    mask = np.zeros((3000, 4000), np.bool_, order="F")
    edited = Editor(mask, 0.5, prediction(3000, 4000), Saved())
    edited.begin_stroke(40, True)
    started = perf_counter()
    for step in range(50):
        edited.extend_stroke(500 + step * 20, 500 + step * 10)
    # A copy of the whole mask alone takes this long; fifty steps of a brush must not.
    each = (perf_counter() - started) / 50
    edited.end_stroke()
    assert each < 0.02
    assert edited.measurements().area_pixels > 50_000
