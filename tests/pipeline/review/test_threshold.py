from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.threshold import HIGHEST, LOWEST, ThresholdSteps, step_threshold


@given(st.integers(1, 19), st.integers(-40, 40))
def test_a_threshold_goes_in_steps_as_far_as_it_goes(start: int, steps: int) -> None:
    threshold = round(0.05 * start, 2)
    stepped = step_threshold(threshold, steps)
    assert stepped == min(max(round(threshold + 0.05 * steps, 2), LOWEST), HIGHEST)
    assert LOWEST <= stepped <= HIGHEST


def test_between_two_steps_it_keeps_what_it_has() -> None:
    assert step_threshold(0.37, 1) == 0.42


def test_steps_that_were_taken_are_asked_for_anew() -> None:
    asked = ThresholdSteps(1)
    assert asked.add(2)
    assert asked.take() == 3
    assert not asked.add(1)
    assert asked.take() == 3
