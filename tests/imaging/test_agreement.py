import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imaging.agreement import Agreement, agreement, bootstrap_interval
from imaging.framing import Mask

shapes = st.tuples(st.integers(1, 20), st.integers(1, 20))
values = hnp.arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 1))


@st.composite
def two_masks(draw: st.DrawFn) -> tuple[Mask, Mask]:
    shape = draw(shapes)
    return draw(hnp.arrays(np.bool_, shape)), draw(hnp.arrays(np.bool_, shape))


def test_a_case_counted_by_hand() -> None:
    first = np.array([[True, True, True, False]])
    second = np.array([[False, True, True, True]])
    assert agreement(first, second) == Agreement(dice=4 / 6, jaccard=2 / 4)


def test_empty_masks() -> None:
    empty, full = np.zeros((3, 4), np.bool_), np.ones((3, 4), np.bool_)
    assert agreement(empty, empty) == Agreement(1, 1)
    assert agreement(empty, full) == Agreement(0, 0)


@given(two_masks())
def test_it_is_the_same_both_ways_and_full_only_where_masks_are_equal(
    pair: tuple[Mask, Mask],
) -> None:
    found = agreement(*pair)
    assert found == agreement(pair[1], pair[0])
    assert 0 <= found.jaccard <= found.dice <= 1
    assert (found.jaccard == 1) == np.array_equal(*pair)
    assert found.dice == pytest.approx(2 * found.jaccard / (1 + found.jaccard))


def test_masks_of_two_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="can't be compared"):
        agreement(np.zeros((3, 4), np.bool_), np.zeros((4, 3), np.bool_))


@given(values)
def test_an_interval_lies_among_the_values_and_can_be_had_again(
    scores: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    low, high = bootstrap_interval(scores, draws=200)
    assert scores.min() - 1e-9 <= low <= high <= scores.max() + 1e-9
    assert bootstrap_interval(scores, draws=200) == (low, high)


def test_an_interval_is_as_wide_as_theory_says() -> None:
    scores = np.random.default_rng(1).normal(0.7, 0.2, 400)
    low, high = bootstrap_interval(scores)
    assert low < scores.mean() < high
    assert high - low == pytest.approx(2 * 1.96 * scores.std() / 20, rel=0.1)


def test_an_interval_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        bootstrap_interval(np.array([]))
