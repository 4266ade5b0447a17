"""Seconds on a photo, and photos a second."""

import random
from itertools import pairwise

from pipeline.review.pace import Pace
from tui.steady import STEPS, Steady
from tui.stopwatch import Stopwatch
from tui.widgets.progress import Rate, time_left


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_seconds_add_up_over_all_the_times_a_photo_is_shown() -> None:
    clock = Clock()
    watch = Stopwatch(clock)
    watch.start(1)
    clock.now += 5
    watch.start(2)
    clock.now += 7
    watch.start(1)
    clock.now += 1
    assert watch.seconds(1) == 6
    assert watch.seconds(2) == 7


def test_nothing_is_counted_while_nothing_is_shown() -> None:
    clock = Clock()
    watch = Stopwatch(clock)
    watch.start(1)
    clock.now += 2
    watch.stop()
    clock.now += 60
    assert watch.seconds(1) == 2


def test_a_decided_photo_starts_from_zero() -> None:
    clock = Clock()
    watch = Stopwatch(clock)
    watch.start(1)
    clock.now += 2
    watch.reset(1)
    clock.now += 2
    assert watch.seconds(1) == 0


def test_the_rate_is_that_of_the_last_seconds() -> None:
    clock = Clock()
    rate = Rate(clock)
    rate.add(0)
    assert rate.per_second() is None
    clock.now += 2
    rate.add(10)
    assert rate.per_second() == 5
    for done in range(11, 31):
        clock.now += 1
        rate.add(done)
    assert rate.per_second() == 1


def test_time_left_is_rough() -> None:
    assert [time_left(seconds) for seconds in (0.2, 45, 150, 7200)] == [
        "1 s left",
        "45 s left",
        "2 min left",
        "2.0 h left",
    ]


def test_a_time_that_goes_to_and_fro_is_told_as_one_and_one_that_passes_step_by_step() -> None:
    steady, told = Steady(), []
    for seconds in (640, 560, 690, 510, 610):
        steady.see(seconds)
        told.append(steady.told)
    assert told == [600.0] * 5
    for seconds in range(600, 0, -1):
        steady.see(seconds)
        if steady.told != told[-1]:
            told.append(steady.told)
    assert told[5:] == [step for step in reversed(STEPS) if step < 600]
    steady.see(None)
    assert steady.told is None


def test_the_time_left_does_not_jump_from_photo_to_photo() -> None:
    dice, clock, steady = random.Random(3), Clock(), Steady()
    pace, told = Pace(clock), []
    pace.begin()
    for waiting in range(300, 100, -1):
        # Most are quick, and some are corrected for long.
        clock.now += 40 if dice.random() < 0.1 else dice.uniform(2, 6)
        pace.decide()
        steady.see(pace.seconds_left(waiting))
        told.append(steady.told)
    changes = sum(before != after for before, after in pairwise(told))
    assert changes < 20
    assert {None} == {*told[:2]}
