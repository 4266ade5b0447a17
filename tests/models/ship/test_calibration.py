"""What a probability says is what is found; doubts come first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.ship.calibration import (
    Scaling,
    calibration_error,
    fit_scaling,
    mean_entropy,
    rank_correlation,
    reliability,
    share_caught,
    sigmoid,
)

RANDOM = np.random.default_rng(7)


def drawn(scaling: Scaling, photos: int = 40) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Logits of photos of several sizes, and truths as often lesion as the scaling says."""
    logits = [RANDOM.normal(0, 3, (40, 30 + photo)) for photo in range(photos)]
    truths = [RANDOM.random(x.shape) < sigmoid(scaling.scale * x + scaling.bias) for x in logits]
    return logits, truths


@pytest.mark.parametrize("true", [Scaling(1.0, 0.0), Scaling(0.6, -0.5), Scaling(1.7, 0.8)])
def test_scale_and_bias_are_found_again(true: Scaling) -> None:
    found = fit_scaling(*drawn(true))
    assert found.scale == pytest.approx(true.scale, abs=0.05)
    assert found.bias == pytest.approx(true.bias, abs=0.05)


def test_steep_logits_are_scaled_down_too() -> None:
    logits, truths = drawn(Scaling(1.0, 0.5))
    found = fit_scaling([40 * x for x in logits], truths)
    assert found.scale == pytest.approx(1 / 40, abs=0.002)
    assert found.bias == pytest.approx(0.5, abs=0.05)


def test_every_photo_counts_the_same_whatever_its_size() -> None:
    small, large = np.full((4, 4), 1.0), np.full((400, 400), 1.0)
    # One constant logit can only be matched to the mean truth over photos, half and half.
    found = fit_scaling(
        [small, large, -small, -large], [small * 1, large * 0, small * 0, large * 1]
    )
    assert float(sigmoid(np.array(found.scale + found.bias))) == pytest.approx(0.5, abs=1e-4)


def test_overconfident_probabilities_have_an_error_and_scaled_ones_hardly_any() -> None:
    true = Scaling(0.5, 0.0)
    logits, truths = drawn(true)
    said = [sigmoid(x) for x in logits]
    assert calibration_error(reliability(said, truths)) > 0.1
    scaling = fit_scaling(logits, truths)
    calibrated = [sigmoid(x * scaling.scale + scaling.bias) for x in logits]
    bins = reliability(calibrated, truths)
    assert calibration_error(bins) < 0.02
    assert sum(one.share for one in bins) == pytest.approx(1)


def test_only_doubts_are_counted() -> None:
    sure_and_wrong = np.array([0.001, 0.999, 0.5, 0.5])
    truth = np.array([1, 0, 1, 0])
    (only,) = reliability([sure_and_wrong], [truth])
    assert (only.said, only.found, only.share) == (0.5, 0.5, 1)


def test_ranks_not_values_are_correlated() -> None:
    x = np.array([1.0, 2.0, 3.0, 4.0])
    assert rank_correlation(x, np.exp(x)) == pytest.approx(1)
    assert rank_correlation(x, -(x**3)) == pytest.approx(-1)
    # Ties share their rank: by hand, (1, 2.5, 2.5, 4) against (1, 2, 3, 4).
    assert rank_correlation(np.array([1.0, 2.0, 2.0, 9.0]), x) == pytest.approx(4.5 / 22.5**0.5)
    assert rank_correlation(x, np.ones(4)) == 0


@given(arrays(np.float64, 12, elements=st.floats(0, 1)), st.floats(0.1, 1))
def test_what_is_caught_lies_between_none_and_all(doubts: np.ndarray, share: float) -> None:
    misses = np.arange(12) % 3 == 0
    assert 0 <= share_caught(doubts, misses, share) <= 1
    assert share_caught(doubts, misses, 1.0) == 1
    assert share_caught(doubts, np.zeros(12, bool), share) == 1


def test_the_most_doubtful_third_catches_what_is_in_it() -> None:
    doubts = np.array([0.9, 0.1, 0.8, 0.2, 0.7, 0.3])
    assert share_caught(doubts, np.array([True, False, False, False, True, False])) == 0.5
    assert share_caught(doubts, np.array([True, False, True, False, False, False])) == 1


def test_entropy_is_greatest_where_nothing_is_known() -> None:
    assert mean_entropy(np.full((3, 3), 0.5)) == pytest.approx(np.log(2))
    assert mean_entropy(np.array([0.0, 1.0])) == pytest.approx(0, abs=1e-5)
