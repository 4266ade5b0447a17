"""Reviewers in processes of their own and one who takes photos in, on one database at once."""

import pytest

from benchmarks.people import work

pytestmark = pytest.mark.slow

STEPS = 6


def test_nothing_is_lost_nobody_is_locked_out_and_no_photo_is_handed_to_two() -> None:
    report = work(reviewers=3, steps=STEPS, seconds=600, pause=0.02)
    assert report.faults == []
    assert report.done["looked"] == 3 * STEPS
    assert report.done["decided"]
    assert report.lags
