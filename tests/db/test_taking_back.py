"""Decisions of several reviewers, taken back in any order: the photo stands as it stood before."""

from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from db.claims import Holder
from db.columns import now
from db.errors import StaleDecision
from db.store import Store
from db.tables import DecisionRow, RetractionRow
from db.values import DecisionKind
from tests.db.conftest import FOLDER, correct, new_photo, outline, revision_of, verdict
from tests.support.tries import tries

KINDS = [kind for kind in DecisionKind if kind is not DecisionKind.CORRECTED]
NAMES = count()
NOW = now()
ADA = Holder("ada", NOW)
PHOTO, REVIEWER = st.integers(0, 2), st.sampled_from(["ada", "bob"])
STEPS = st.lists(
    st.tuples(st.just("decide"), PHOTO, REVIEWER, st.sampled_from(KINDS))
    | st.tuples(st.just("correct"), PHOTO, REVIEWER, st.none())
    | st.tuples(st.just("take back"), PHOTO, REVIEWER, st.none()),
    max_size=10,
)


@dataclass
class Told:
    """What the store should say: each photo's decisions that were not taken back, the last last."""

    first: dict[int, int]
    standing: dict[int, list[tuple[int, str, DecisionKind, int]]] = field(default_factory=dict)
    made: int = 0

    def decide(self, photo_id: int, reviewer: str, kind: DecisionKind, revision: int) -> None:
        self.made += 1
        line = self.standing.setdefault(photo_id, [])
        line.append((self.made, reviewer, kind, revision))

    def take_back(self, reviewer: str) -> list[tuple[int, DecisionKind]]:
        last = [
            (line[-1], photo_id)
            for photo_id, line in self.standing.items()
            if line and line[-1][1] == reviewer
        ]
        if not last:
            return []
        (_, _, kind, _), photo_id = max(last)
        self.standing[photo_id].pop()
        return [(photo_id, kind)]

    def stands(self, photo_id: int) -> tuple[DecisionKind | None, int]:
        line = self.standing.get(photo_id)
        return (line[-1][2], line[-1][3]) if line else (None, self.first[photo_id])


@settings(
    max_examples=tries(15),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_what_stands_is_what_was_not_taken_back(
    store: Store, steps: list[tuple[str, int, str, DecisionKind | None]]
) -> None:
    photos = [outline(store, f"{next(NAMES)}.jpg") for _ in range(3)]
    # People of this example alone: nothing of an earlier one is left for them to take back.
    people = {name: f"{name} {next(NAMES)}" for name in ("ada", "bob")}
    told = Told({photo_id: revision_of(store, photo_id) for photo_id in photos})
    for what, number, name, kind in steps:
        photo_id, reviewer = photos[number], people[name]
        if what == "take back":
            taken = store.take_back(reviewer)
            assert [(each.photo_id, each.kind) for each in taken] == told.take_back(reviewer)
        elif kind is not None:
            store.decide(verdict(store, photo_id, kind, reviewer))
            told.decide(photo_id, reviewer, kind, revision_of(store, photo_id))
        else:
            revision = correct(store, photo_id, reviewer)
            told.decide(photo_id, reviewer, DecisionKind.CORRECTED, revision)
    for photo_id in photos:
        details = store.photo(photo_id)
        assert (details.decision, revision_of(store, photo_id)) == told.stands(photo_id)


def test_a_decision_comes_back_with_all_that_was_said(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    said = replace(
        verdict(store, photo_id, DecisionKind.REJECTED, score=2),
        note="hair, ä",
        batch="one key",
        flag=True,
        reason="out of focus",
    )
    store.decide(said)
    [reviewed] = store.reviewed([DecisionKind.REJECTED])
    made = reviewed.decision
    assert (made.kind, made.reviewer, made.seconds) == (DecisionKind.REJECTED, "ada", 1.5)
    assert (made.score, made.note, made.batch) == (2, "hair, ä", "one key")
    assert (made.flag, made.reason, made.revision_id) == (True, "out of focus", said.revision_id)
    assert store.take_back("ada") == (made,)


def test_a_decision_on_one_photo_says_no_batch_flag_or_reason(store: Store) -> None:
    store.decide(verdict(store, outline(store, "a.jpg"), DecisionKind.ACCEPTED))
    [reviewed] = store.reviewed([DecisionKind.ACCEPTED])
    made = reviewed.decision
    assert (made.batch, made.flag, made.reason) == (None, False, "")


def test_nothing_is_deleted_by_taking_back(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    first = correct(store, photo_id)
    second = correct(store, photo_id, "bob")
    assert store.take_back("bob")
    assert store.take_back("ada")
    assert store.mask(first) == store.mask(second)
    with Session(store._engine) as session:
        made = [(row.id, row.reviewer) for row in session.exec(select(DecisionRow))]
        taken = [(row.decision_id, row.reviewer) for row in session.exec(select(RetractionRow))]
    assert made == [(1, "ada"), (2, "bob")]
    assert taken == made


def test_who_was_decided_over_has_nothing_to_take_back_until_the_other_has(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED, "ada"))
    store.decide(verdict(store, photo_id, DecisionKind.REJECTED, "bob"))
    assert not store.take_back("ada")
    stands = store.overruling("ada")
    assert stands is not None
    assert (stands.photo_id, stands.reviewer, stands.kind) == (photo_id, "bob", "rejected")
    assert store.overruling("bob") is None
    assert store.overruling("eve") is None
    assert store.take_back("bob")
    assert store.overruling("ada") is None
    assert store.take_back("ada")
    assert not store.take_back("eve")


def test_decided_before_there_was_an_outline_it_is_taken_back_to_the_one_there_is(
    store: Store,
) -> None:
    photo_id = store.take_in(new_photo("a.jpg")).photo_id
    store.decide(verdict(store, photo_id, DecisionKind.NO_LESION))
    outline(store, "a.jpg")
    assert store.photo(photo_id).revision is None
    assert store.take_back("ada")
    assert revision_of(store, photo_id) == 1


def test_a_photo_is_handed_out_under_the_decision_that_stands_and_no_other(store: Store) -> None:
    outline(store, "a.jpg")
    photo_id = outline(store, "b.jpg")
    correct(store, photo_id)
    assert [len(list(store.reviewed([kind], FOLDER))) for kind in DecisionKind] == [0, 1, 0, 0, 0]


def test_what_was_refused_leaves_nothing_behind(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    late = verdict(store, photo_id, DecisionKind.ACCEPTED, "bob")
    outline(store, "a.jpg", model="n" * 64)
    with pytest.raises(StaleDecision):
        store.decide(late)
    assert list(store.reviewed(list(DecisionKind))) == []
    assert not store.take_back("bob")
    assert len(store.photo(photo_id).history) == 2


def test_what_one_key_decided_is_taken_back_as_one_as_far_as_it_stands(store: Store) -> None:
    photos = [outline(store, f"{number}.jpg") for number in range(4)]
    alone, *page = photos
    store.decide(verdict(store, alone, DecisionKind.REJECTED))
    said = [verdict(store, each, DecisionKind.ACCEPTED) for each in page]
    store.decide_together([replace(each, batch="one key") for each in said], ADA, NOW)
    store.decide(verdict(store, page[2], DecisionKind.NO_LESION, "bob"))
    assert [each.photo_id for each in store.take_back("ada")] == [page[1], page[0]]
    assert [store.photo(each).decision for each in photos] == [
        DecisionKind.REJECTED,
        None,
        None,
        DecisionKind.NO_LESION,
    ]
    assert [each.photo_id for each in store.take_back("ada")] == [alone]
