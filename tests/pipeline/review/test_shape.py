"""Shapes: when they are closed, and what they leave: one edit that a threshold respects."""

from typing import Literal

import numpy as np
import pytest

from db.values import DraftEdit, Origin, Tool
from imaging.framing import Mask, Size, fit
from imaging.values import Prediction, Receipt
from pipeline.errors import NothingToRepair
from pipeline.review.editor import Editor
from pipeline.review.shape import Shape, make_shape
from tests.support.saved import Saved

SIZE = Size(40, 30)
SQUARE = [(10.0, 10.0), (20.0, 10.0), (20.0, 20.0), (10.0, 20.0)]


Order = Literal["F", "C"]


def bare(order: Order = "F") -> Mask:
    return np.zeros((SIZE.height, SIZE.width), np.bool_, order=order)


def square() -> Mask:
    mask = bare()
    mask[10:20, 10:20] = True
    return mask


def test_a_lasso_is_closed_where_it_is_lifted() -> None:
    lasso = Shape(Tool.LASSO)
    assert not lasso.press((1, 1), 2)
    assert lasso.follows
    for point in ((5, 1), (5, 5), (5, 5)):
        lasso.move(point)
    assert lasso.release((5, 5))
    assert lasso.border((5, 5)) == [(1, 1), (5, 1), (5, 5)]


def test_a_lasso_without_an_inside_is_no_shape() -> None:
    lasso = Shape(Tool.LASSO)
    lasso.press((1, 1), 2)
    lasso.move((2, 2))
    assert not lasso.release((2, 2))


def test_with_keys_a_lasso_ends_at_the_second_press() -> None:
    lasso = Shape(Tool.LASSO)
    lasso.press((1, 1), 2)
    lasso.move((9, 1))
    assert lasso.press((9, 9), 2)
    assert lasso.border((9, 9)) == [(1, 1), (9, 1), (9, 9)]


def test_a_polygon_is_closed_at_its_first_point() -> None:
    polygon = Shape(Tool.POLYGON)
    for point in ((1, 1), (9, 1)):
        assert not polygon.press(point, 2)
        assert not polygon.release(point)
        polygon.move((5, 5))
    # Too few corners yet: it is one more.
    assert not polygon.press((1, 2), 2)
    assert not polygon.press((9, 9), 2)
    assert polygon.press((2, 2), 2)
    assert polygon.border((2, 2)) == [(1, 1), (9, 1), (1, 2), (9, 9), (2, 2)]


def test_points_are_taken_back_one_by_one() -> None:
    polygon = Shape(Tool.POLYGON)
    polygon.press((1, 1), 2)
    polygon.press((9, 1), 2)
    polygon.step_back()
    assert polygon.border((5, 5)) == [(1, 1), (5, 5)]
    polygon.step_back()
    polygon.step_back()
    assert not polygon.begun


def test_a_box_goes_from_corner_to_corner_by_drag_and_by_keys() -> None:
    box = Shape(Tool.BOX)
    assert not box.press((10, 20), 2)
    assert not box.release((10, 20))
    assert box.release((20, 10))
    corners = {(10, 20), (20, 20), (20, 10), (10, 10)}
    assert set(box.border((20, 10))) == corners
    box.drop()
    assert not box.press((10, 20), 2)
    assert box.press((20, 10), 2)
    assert set(box.border((20, 10))) == corners


@pytest.mark.parametrize("order", ["F", "C"])
def test_a_shape_is_one_edit_of_its_tool_that_adds_or_cuts(order: Order) -> None:
    saved = Saved()
    editor = Editor(bare(order), 0.5, None, saved)
    editor.draw_shape(Tool.LASSO, SQUARE, adds=True)
    assert np.array_equal(editor.mask, square())
    editor.draw_shape(Tool.BOX, [(5, 5), (15, 5), (15, 25), (5, 25)], adds=False)
    expected = square()
    expected[:, :15] = False
    assert np.array_equal(editor.mask, expected)
    assert editor.edits == 2
    assert editor.origin is Origin.BRUSH
    editor.undo()
    assert np.array_equal(editor.mask, square())
    editor.undo()
    assert not editor.mask.any()


def test_a_shape_that_would_change_nothing_says_why() -> None:
    with pytest.raises(NothingToRepair, match="in the outline already"):
        make_shape(square(), Tool.LASSO, SQUARE, adds=True)
    with pytest.raises(NothingToRepair, match="outside the outline already"):
        make_shape(bare(), Tool.LASSO, SQUARE, adds=False)
    for border in (SQUARE[:2], [(10.0, 10.0)] * 3):
        with pytest.raises(NothingToRepair, match="no pixel"):
            make_shape(bare(), Tool.POLYGON, border, adds=True)


def test_a_threshold_leaves_what_a_shape_drew() -> None:
    grid = Size(20, 15)
    framing = fit(SIZE, grid)
    receipt = Receipt("lesion", "5f" * 32, "onnxruntime", "CPU", 12.0)
    probabilities = np.full((grid.height, grid.width), 0.6, np.float32)
    editor = Editor(bare(), 0.5, Prediction(probabilities, framing, receipt), Saved())
    editor.draw_shape(Tool.POLYGON, SQUARE, adds=True)
    editor.draw_shape(Tool.BOX, [(25, 5), (35, 5), (35, 15), (25, 15)], adds=True)
    editor.draw_shape(Tool.LASSO, [(30, 5), (35, 5), (35, 15), (30, 15)], adds=False)
    editor.set_threshold(0.4)
    assert editor.mask[10:20, 10:20].all()
    assert editor.mask[0, 0]
    assert not editor.mask[5:15, 30:35].any()
    editor.set_threshold(0.9)
    expected = square()
    expected[5:15, 25:30] = True
    assert np.array_equal(editor.mask, expected)


def test_what_is_stored_makes_the_mask_again() -> None:
    saved = Saved()
    editor = Editor(bare(), 0.5, None, saved)
    editor.draw_shape(Tool.LASSO, SQUARE, adds=True)
    line: tuple[DraftEdit, ...] = tuple(editor._line)
    assert line[0].tool is Tool.LASSO
    again = Editor(bare(), 0.5, None, Saved())
    again.replay(line, 1)
    assert np.array_equal(again.mask, editor.mask)
