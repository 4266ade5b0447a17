"""What a review has come to, counted from the decisions that stand."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.store import Store
from db.values import DecisionKind
from imaging.mask import rle
from imaging.mask.agreement import agreement
from pipeline.review.statistics import (
    NO_MODEL,
    Histogram,
    Spread,
    histogram_of_seconds,
    read_statistics,
)
from tests.db.conftest import correct, new_photo, outline, revision_of, verdict
from tests.support.databases import new_store

WEST = timezone(timedelta(hours=-5))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(new_store(tmp_path / "nevus.db")) as store:
        yield store


def decide(store: Store, photo_id: int, kind: DecisionKind, reviewer: str = "ada") -> None:
    store.decide(verdict(store, photo_id, kind, reviewer))


def date_decisions(store: Store, *moments: str) -> None:
    """Have the decisions, the first first, be made at these moments."""
    with closing(sqlite3.connect(store.path)) as connection, connection:
        for number, moment in enumerate(moments, 1):
            connection.execute("UPDATE decision SET created_at = ? WHERE id = ?", (moment, number))


def test_only_what_stands_is_counted_for_whose_it_is(store: Store) -> None:
    photos = [outline(store, f"{number}.jpg", "a" * 64) for number in range(5)]
    photos += [outline(store, f"{number}.jpg", "b" * 64) for number in range(5, 7)]
    bare = store.take_in(new_photo("bare.jpg")).photo_id
    decide(store, photos[0], DecisionKind.ACCEPTED)
    before = revision_of(store, photos[1])
    after = correct(store, photos[1])
    decide(store, photos[2], DecisionKind.SKIPPED)
    # Said by one and then by another, whose word stands.
    decide(store, photos[3], DecisionKind.REJECTED)
    decide(store, photos[3], DecisionKind.NO_LESION, "bo")
    decide(store, photos[5], DecisionKind.ACCEPTED, "bo")
    correct(store, bare, "bo")
    decide(store, photos[6], DecisionKind.ACCEPTED, "eve")
    store.take_back("eve")
    found = read_statistics(store)
    assert found.total.kinds == {
        DecisionKind.ACCEPTED: 2,
        DecisionKind.CORRECTED: 2,
        DecisionKind.NO_LESION: 1,
        DecisionKind.SKIPPED: 1,
    }
    assert [(share.name, share.reviewed) for share in found.reviewers] == [("bo", 3), ("ada", 2)]
    # Two models of one name; what was drawn where there was no outline is nobody's.
    assert {share.name: share.reviewed for share in found.models} == {
        "lesion aaaaaa": 3,
        "lesion bbbbbb": 1,
        NO_MODEL: 1,
    }
    assert found.total.seconds == Spread(5, 1.5, 1.5, 1.5)
    masks = (rle.decode(store.mask(revision)) for revision in (before, after))
    alike = agreement(*masks).dice
    assert found.dices == {alike: 1}
    assert found.total.changed == Spread(1, alike, alike, alike)
    assert found.total.taken == Spread(3, alike, 1.0, 1.0)
    assert found.compared == 3
    assert read_statistics(store, latest=1).compared == 0


def test_what_was_reviewed_by_when_is_told_in_the_time_of_a_place(store: Store) -> None:
    for number in range(4):
        decide(store, outline(store, f"{number}.jpg"), DecisionKind.ACCEPTED)
    date_decisions(
        store,
        "2026-03-02 01:10:00.000000",
        "2026-03-02 01:19:59.999999",
        "2026-03-02 01:20:00.000000",
        "2026-03-04 18:59:59.000000",
    )
    assert read_statistics(store, WEST).reviewed == (
        (datetime(2026, 3, 1, 20, 10), 0),
        (datetime(2026, 3, 1, 20, 20), 2),
        (datetime(2026, 3, 1, 20, 30), 3),
        (datetime(2026, 3, 4, 13, 50), 3),
        (datetime(2026, 3, 4, 14), 4),
    )


def test_what_was_reviewed_just_now_is_told_of_no_later_moment(store: Store) -> None:
    decide(store, outline(store, "a.jpg"), DecisionKind.ACCEPTED)
    (begun, none), (last, one) = read_statistics(store, UTC).reviewed
    assert (none, one) == (0, 1)
    assert begun < last <= datetime.now(UTC).replace(tzinfo=None)


def test_of_nothing_there_is_nothing_to_tell(store: Store) -> None:
    outline(store, "a.jpg")
    found = read_statistics(store)
    assert (found.total.kinds, found.reviewed, found.total.taken) == ({}, (), None)


@given(st.lists(st.sampled_from([0.25, 0.5, 0.75, 1.0, 3.0]), min_size=1))
def test_half_of_all_lie_between_the_quartiles(numbers: list[float]) -> None:
    found = Spread.of({number: numbers.count(number) for number in numbers})
    assert found is not None
    assert found.count == len(numbers)
    for value, part in ((found.lower, 0.25), (found.median, 0.5), (found.upper, 0.75)):
        assert sum(number <= value for number in numbers) >= part * len(numbers)
        assert sum(number < value for number in numbers) < part * len(numbers)


@given(st.lists(st.floats(0, 10_000)))
def test_each_number_stands_in_one_bar(numbers: list[float]) -> None:
    found = {number: numbers.count(number) for number in numbers}
    assert sum(histogram_of_seconds(found).counts) == len(numbers)
    assert Histogram.of({0.0: 1, 0.99: 2, 1.0: 3, 7.0: 4}, 1.0, 3).counts == (3, 3, 4)
