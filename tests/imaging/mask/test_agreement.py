import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from imaging.framing import Mask
from imaging.mask.agreement import Agreement, agreement, bootstrap_interval, expected_jaccard

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


def test_the_expected_jaccard_counted_by_hand() -> None:
    map_ = np.array([[0.9, 0.6, 0.2, 0.0]], np.float32)
    assert expected_jaccard(map_, map_ >= 0.5) == pytest.approx(1.5 / 2.2)
    assert expected_jaccard(map_, map_ >= 0.95) == 0


@given(hnp.arrays(np.float32, shapes, elements=st.floats(0, 1, width=32)), st.floats(0.05, 0.95))
def test_certainty_is_expected_to_agree_fully_and_doubt_less(
    map_: npt.NDArray[np.float32], threshold: float
) -> None:
    found = expected_jaccard(map_, map_ >= threshold)
    assert 0 <= found <= 1 + 1e-6
    certain = (map_ >= threshold).astype(np.float32)
    if certain.any():
        assert expected_jaccard(certain, certain > 0) == 1
        assert found <= expected_jaccard(certain, certain > 0) + 1e-6


def test_what_is_expected_is_what_is_found_on_average() -> None:
    random = np.random.default_rng(3)
    map_ = random.random((60, 60)).astype(np.float32) ** 2
    mask = map_ >= 0.4
    found = [agreement(mask, random.random(map_.shape) < map_).jaccard for _ in range(50)]
    assert np.mean(found) == pytest.approx(expected_jaccard(map_, mask), abs=0.01)
