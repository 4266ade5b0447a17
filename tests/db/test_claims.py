"""A photo that is open somewhere is handed to nobody else, and never for ever."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from db.claims import SLACK, SPAN, Holder, holds
from db.errors import Unknown
from db.store import Store
from db.values import DecisionKind
from tests.db.conftest import outline, verdict

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
ADA = Holder("ada", NOW)
BO = Holder("bo", NOW)


def held(store: Store, at: datetime = NOW) -> dict[int, Holder]:
    return {claim.photo_id: claim.holder for claim in store.claims() if holds(claim, at)}


def test_an_open_photo_is_handed_to_nobody_else_until_it_is_let_go(store: Store) -> None:
    first, second = outline(store, "a.jpg"), outline(store, "b.jpg")
    assert store.claim(first, ADA, NOW).holder == ADA
    assert store.claim(first, BO, NOW).holder == ADA
    assert store.claim(second, BO, NOW).holder == BO
    assert held(store) == {first: ADA, second: BO}
    store.let_go(ADA)
    assert store.claim(first, BO, NOW).holder == BO
    assert held(store) == {first: BO}


def test_two_sessions_of_one_reviewer_are_two(store: Store) -> None:
    photo = outline(store, "a.jpg")
    other = Holder("ada", NOW + MOMENT)
    store.claim(photo, ADA, NOW)
    assert store.claim(photo, other, NOW).holder == ADA
    store.let_go(other)
    assert held(store) == {photo: ADA}


def test_what_a_killed_session_left_runs_out_and_what_is_renewed_does_not(store: Store) -> None:
    killed, open_still = outline(store, "a.jpg"), outline(store, "b.jpg")
    store.claim(killed, ADA, NOW)
    store.claim(open_still, BO, NOW)
    store.claim(open_still, BO, NOW + SPAN / 2)
    assert held(store, NOW + SPAN - MOMENT) == {killed: ADA, open_still: BO}
    assert held(store, NOW + SPAN) == {open_still: BO}
    third = Holder("cleo", NOW)
    assert store.claim(killed, third, NOW + SPAN).holder == third
    assert store.claim(open_still, third, NOW + SPAN).holder == BO


@pytest.mark.parametrize("ahead", [SPAN + SLACK, timedelta(days=4000)])
def test_a_clock_that_was_ahead_makes_no_claim_last(store: Store, ahead: timedelta) -> None:
    photo = outline(store, "a.jpg")
    store.claim(photo, ADA, NOW + ahead)
    assert held(store, NOW) == {}
    assert store.claim(photo, BO, NOW).holder == BO
    # The one who had it renews by the clock as it is now, and learns whose it is.
    assert store.claim(photo, ADA, NOW).holder == BO


def test_a_clock_a_little_ahead_takes_no_claim_away(store: Store) -> None:
    photo = outline(store, "a.jpg")
    store.claim(photo, ADA, NOW + SLACK)
    assert store.claim(photo, BO, NOW).holder == ADA


def test_a_decision_ends_the_claim_and_the_next_one_learns_of_it(store: Store) -> None:
    photo, other = outline(store, "a.jpg"), outline(store, "b.jpg")
    assert store.claim(photo, ADA, NOW).decision_id is None
    # On its way to the next one, before the decision is stored: nobody gets hold of it.
    store.claim(other, ADA, NOW, keep=[photo])
    assert store.claim(photo, BO, NOW).holder == ADA
    store.decide(verdict(store, photo, DecisionKind.ACCEPTED))
    assert held(store) == {other: ADA}
    claimed = store.claim(photo, BO, NOW)
    assert (claimed.holder, claimed.decision_id) == (BO, store.photo(photo).decision_id)


def test_a_decision_of_another_one_leaves_the_claim(store: Store) -> None:
    photo = outline(store, "a.jpg")
    store.claim(photo, ADA, NOW)
    store.decide(verdict(store, photo, DecisionKind.REJECTED, reviewer="bo"))
    assert held(store) == {photo: ADA}


def test_what_is_not_there_is_not_claimed(store: Store) -> None:
    with pytest.raises(Unknown):
        store.claim(7, ADA, NOW)
    assert held(store) == {}


def test_of_many_who_ask_at_once_one_gets_it(store: Store) -> None:
    photo = outline(store, "a.jpg")
    askers = [Holder(f"reviewer {number}", NOW) for number in range(6)]
    told: dict[Holder, Holder] = {}
    together = Barrier(len(askers))

    def ask(asker: Holder) -> None:
        together.wait()
        told[asker] = store.claim(photo, asker, NOW).holder

    threads = [Thread(target=ask, args=(asker,)) for asker in askers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(askers)
    assert set(told.values()) == set(held(store).values())


def test_it_is_told_whether_anything_was_committed(store: Store) -> None:
    changes = store.watch()
    assert [changes.any(), changes.any()] == [True, False]
    photo = outline(store, "a.jpg")
    assert [changes.any(), changes.any()] == [True, False]
    with closing(Store.open(store.path)) as other:
        assert other.claims() == []
        assert not changes.any()
        other.claim(photo, ADA, NOW)
        assert [changes.any(), changes.any()] == [True, False]
    changes.close()


def test_what_comes_and_what_is_set_aside_is_heard_of(store: Store) -> None:
    before = store.hear()
    outline(store, "a.jpg")
    with_photo = store.hear()
    assert with_photo.arrived > before.arrived
    assert with_photo.set_aside == before.set_aside
