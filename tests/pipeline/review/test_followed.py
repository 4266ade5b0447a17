"""Whether the queue must be read again is known without reading it."""

from collections.abc import Callable

import pytest

from benchmarks.sql import sent
from db.claims import Holder
from db.columns import now
from db.store import Store
from db.values import DecisionKind, QueueItem, Remarks
from pipeline.review.followed import FollowedQueue
from tests.db.conftest import FOLDER, new_photo, outline, verdict

Change = Callable[[Store], object]
FIRST, SECOND, GONE = (f"{FOLDER}/{name}.jpg" for name in ("first", "second", "gone"))


@pytest.fixture
def followed(store: Store) -> FollowedQueue:
    """A queue of two photos, read whole; a third is gone."""
    for name in ("first", "second", "gone"):
        outline(store, f"{name}.jpg", predicted_jaccard=0.5)
    store.mark_gone(GONE)
    followed = FollowedQueue(store, FOLDER, "ada")
    list(followed.read())
    return followed


def decide(store: Store, reviewer: str = "bob") -> None:
    store.decide(verdict(store, 1, DecisionKind.ACCEPTED, reviewer))


def forget(store: Store) -> None:
    [photo] = store.photos_called(FIRST)
    store.forget_photo(photo, "bob")


def come_back_as_another_goes(store: Store) -> None:
    store.take_in(new_photo("gone.jpg"))
    store.mark_gone(FIRST)


CHANGES: dict[str, Change] = {
    "comes": lambda store: store.take_in(new_photo("new.jpg")),
    "comes with an outline": lambda store: outline(store, "new.jpg"),
    "is outlined anew": lambda store: outline(store, "first.jpg", "n" * 64),
    "goes": lambda store: store.mark_gone(FIRST),
    "comes back": lambda store: store.take_in(new_photo("gone.jpg")),
    "comes back as another one goes": come_back_as_another_goes,
    "is set aside": lambda store: store.set_aside(new_photo("bad.jpg").stat, "It is empty."),
    "is forgotten": forget,
}
NO_CHANGES: dict[str, Change] = {
    "nothing": lambda _store: None,
    "a claim": lambda store: store.claim_all([1], Holder("bob", now(), ""), now()),
    "a decision": decide,
    "a remark": lambda store: store.remark(1, "bob", Remarks(note="hair")),
    "one that is gone already": lambda store: store.mark_gone(GONE),
}


def read(followed: FollowedQueue) -> list[QueueItem]:
    return list(followed.read())


@pytest.mark.parametrize("what", CHANGES)
def test_where_a_photo_has_come_or_gone_it_is_to_be_read_again(
    store: Store, followed: FollowedQueue, what: str
) -> None:
    assert followed.is_listed()
    CHANGES[what](store)
    assert not followed.is_listed()
    read(followed)
    assert followed.is_listed()


@pytest.mark.parametrize("what", NO_CHANGES)
def test_where_none_has_it_is_not(store: Store, followed: FollowedQueue, what: str) -> None:
    before = [item.path for item in read(followed)]
    NO_CHANGES[what](store)
    assert followed.is_listed()
    assert [item.path for item in read(followed)] == before


def test_what_comes_while_it_is_read_is_not_missed(store: Store, followed: FollowedQueue) -> None:
    for change in ("goes", "comes"):
        reading = followed.read()
        next(reading)
        CHANGES[change](store)
        assert not followed.is_listed()
        list(reading)
        assert not followed.is_listed()


def test_a_reading_that_was_left_tells_nothing(followed: FollowedQueue) -> None:
    reading = followed.read()
    next(reading)
    reading.close()
    assert not followed.is_listed()


def test_what_was_said_is_looked_for_only_where_something_was(
    store: Store, followed: FollowedQueue
) -> None:
    with sent() as statements:
        assert followed.changed(()) == []
    assert len([each for each in statements if each.startswith("SELECT")]) == 1
    decide(store)
    assert [line.decision for line in followed.changed(())] == [DecisionKind.ACCEPTED]
    assert followed.changed(()) == []
