"""How far a queue is decided, at which pace, and what a sitting made of it."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.values import DecisionKind, QueueItem
from pipeline.review.pace import LEAST, LONGEST, Attention, Pace
from pipeline.review.sitting import Sitting
from pipeline.review.tally import Tally
from tests.db.conftest import FOLDER, new_photo, outline, verdict
from tests.support.databases import new_store

STANDS = st.none() | st.sampled_from(DecisionKind)


def item(photo_id: int, decision: DecisionKind | None) -> QueueItem:
    return QueueItem(photo_id, f"/p/{photo_id}", f"{photo_id}", decision, True, False, 0.1)


class Clock:
    """A time that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(
    st.lists(STANDS, min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 7), STANDS), max_size=12),
)
def test_a_tally_kept_by_changes_is_the_one_that_is_counted(
    stand: list[DecisionKind | None], changes: list[tuple[int, DecisionKind | None]]
) -> None:
    items = [item(number, decision) for number, decision in enumerate(stand)]
    tally = Tally.of(items)
    for number, decision in changes:
        place = number % len(items)
        before, items[place] = items[place], replace(items[place], decision=decision)
        tally = tally.change(before, items[place])
    counted = Tally.of(items)
    assert tally.kinds() == counted.kinds()
    assert (tally.photos, tally.waiting) == (counted.photos, counted.waiting)
    assert tally.decided + tally.waiting == len(items)


def test_skipped_photos_wait_and_are_told_last() -> None:
    stand = [None, *(kind for kind in reversed(DecisionKind))]
    tally = Tally.of(item(number, decision) for number, decision in enumerate(stand))
    assert (tally.photos, tally.decided, tally.waiting) == (6, 4, 2)
    assert [kind for kind, _ in tally.kinds()] == list(DecisionKind)


def test_the_header_counts_as_the_commands_do(tmp_path: Path) -> None:
    with closing(new_store(tmp_path / "nevus.db")) as store:
        for number, kind in enumerate(DecisionKind):
            store.decide(verdict(store, outline(store, f"{number}.jpg"), kind))
        store.take_in(new_photo("0 again.jpg", content="0.jpg"))
        outline(store, "waits.jpg")
        tally, counts = Tally.of(store.queue(FOLDER)), store.counts(FOLDER)
    assert (tally.photos, tally.decided, tally.waiting) == (6, 4, 2)
    assert (counts.photos, counts.decided, counts.waiting) == (6, 4, 2)


def test_pace_is_decisions_over_the_time_between_them_but_for_breaks() -> None:
    clock = Clock()
    attention = Attention(clock)
    pace = Pace(attention)
    pace.begin()
    for _ in range(LEAST):
        assert pace.per_minute() is None
        clock.now += 10
        attention.touch()
        pace.decide()
    pace.begin()
    assert pace.per_minute() == pytest.approx(6.0)
    assert pace.seconds_left(12) == pytest.approx(120.0)
    assert pace.seconds_left(0) is None
    clock.now += 100 * LONGEST
    attention.touch()
    pace.decide()
    spent = 10 * LEAST + LONGEST
    assert pace.per_minute() == pytest.approx(60 * (LEAST + 1) / spent)


def test_a_long_correction_is_no_break() -> None:
    clock = Clock()
    attention = Attention(clock)
    for _ in range(20):
        clock.now += LONGEST / 2
        attention.touch()
    assert attention() == pytest.approx(10 * LONGEST)
    clock.now += 20 * LONGEST
    assert attention() == pytest.approx(11 * LONGEST)


def test_what_is_taken_back_took_its_time_and_is_not_done() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.begin()
    for _ in range(LEAST + 1):
        clock.now += 10
        pace.decide()
    pace.take_back()
    assert pace.per_minute() == pytest.approx(60 * LEAST / (10 * (LEAST + 1)))


def test_a_sitting_is_what_stands_of_it() -> None:
    clock = Clock()
    sitting = Sitting(clock)
    assert sitting.summary().median_seconds is None
    for photo_id, seconds in ((1, 2.0), (2, 4.0), (3, 60.0), (1, 5.0)):
        sitting.decide(photo_id, DecisionKind.ACCEPTED, seconds)
    sitting.decide(4, DecisionKind.SKIPPED, 1.0)
    # The last of this photo's, none of an earlier sitting's.
    sitting.take_back(1)
    sitting.take_back(99)
    clock.now += 90
    sat = sitting.summary()
    assert sat.kinds == {DecisionKind.ACCEPTED: 3, DecisionKind.SKIPPED: 1}
    assert sat.median_seconds == pytest.approx(3.0)
    assert sat.seconds == pytest.approx(90.0)
