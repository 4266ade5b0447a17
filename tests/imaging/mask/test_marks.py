import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.framing import Probabilities
from imaging.mask.marks import Marks, balanced, lesion_of, where_marked


def outline(*boxes: tuple[int, int, int, int]) -> Probabilities:
    """Certain lesion in boxes (top, bottom, left, right) of 20×30 pixels."""
    drawn = np.zeros((20, 30), np.float32)
    for top, bottom, left, right in boxes:
        drawn[top:bottom, left:right] = 1
    return drawn


@given(st.floats(0.01, 0.99), st.floats(0, 1, width=32))
def test_balanced_moves_the_threshold_to_a_half_and_keeps_the_order(
    threshold: float, value: float
) -> None:
    both = balanced(np.array([[threshold, value]], np.float32), threshold)[0]
    assert both[0] == pytest.approx(0.5, abs=1e-5)
    assert np.sign(round(float(both[1] - both[0]), 4)) in {0, np.sign(value - threshold)}
    assert 0 <= both[1] <= 1


def test_pixels_are_those_under_the_points_and_of_the_picture() -> None:
    marks = Marks(inside=((0.0, 0.0), (29.9, 19.9), (30.0, 5.0), (-0.1, 5.0), (2.5, 7.5)))
    assert marks.pixels(marks.inside, (20, 30)).tolist() == [[0, 0], [19, 29], [7, 2]]
    assert marks.pixels(marks.outside, (20, 30)).shape == (0, 2)


def test_a_lesion_that_no_mark_is_on_stays_as_it_was() -> None:
    before = outline((5, 15, 5, 10), (0, 3, 15, 18))
    after = outline((5, 15, 5, 14), (0, 3, 15, 17), (17, 19, 20, 25)) * np.float32(0.9)
    found = where_marked(before, after, Marks(inside=((12.5, 10.5),)))
    assert (lesion_of(found) == lesion_of(outline((5, 15, 5, 14), (0, 3, 15, 18)))).all()
    assert (found[0:3, 15:18] == 1).all()


def test_a_marked_lesion_may_change_all_around() -> None:
    before, after = outline((5, 15, 5, 10)), outline((3, 13, 4, 14))
    found = where_marked(before, after, Marks(inside=((12.5, 10.5),)))
    assert (found == after).all()


def test_a_change_against_its_mark_is_taken_back() -> None:
    before, after = outline((5, 15, 5, 10)), outline((8, 15, 5, 10))
    found = where_marked(before, after, Marks(inside=((6.5, 6.5),)))
    assert (found == before).all()


def test_each_kind_of_mark_changes_its_own_lesion() -> None:
    before = outline((5, 15, 5, 10), (0, 3, 20, 25))
    after = outline((5, 15, 5, 14))
    marks = Marks(inside=((12.5, 10.5),), outside=((22.5, 1.5),))
    assert (where_marked(before, after, marks) == after).all()


def test_marks_that_the_outline_obeyed_already_change_nothing() -> None:
    before, after = outline((5, 15, 5, 10)), outline((3, 13, 4, 14))
    marks = Marks(inside=((7.5, 7.5),), outside=((25.5, 15.5), (100.0, 0.0)))
    assert (where_marked(before, after, marks) == before).all()
