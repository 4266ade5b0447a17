"""What a reviewer remarks is kept, is his alone, and goes into his decision and out of it again."""

import sqlite3
from contextlib import closing
from dataclasses import replace

from db.store import Store
from db.values import DecisionKind, QueueItem, Remarks
from tests.db.conftest import FOLDER, outline, verdict

HAIR = Remarks(3, "hair", flag=True)


def said_in_queue(store: Store, reviewer: str | None) -> Remarks:
    [item] = store.queue(FOLDER, reviewer)
    return of_line(item)


def of_line(item: QueueItem) -> Remarks:
    return Remarks(item.score, item.note, item.flag)


def said_on(store: Store, photo_id: int, reviewer: str) -> Remarks:
    return Remarks.of(store.photo(photo_id, reviewer))


def test_a_remark_on_a_photo_that_waits_is_in_its_line_and_on_it(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.remark(photo_id, "ada", HAIR)
    assert said_in_queue(store, "ada") == said_on(store, photo_id, "ada") == HAIR
    [line] = store.queue_lines(FOLDER, [photo_id], "ada")
    assert of_line(line) == HAIR
    assert line.decision is None
    store.remark(photo_id, "ada", Remarks())
    assert said_in_queue(store, "ada") == said_on(store, photo_id, "ada") == Remarks()


def test_what_another_reviewer_remarks_stays_theirs(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.remark(photo_id, "bob", HAIR)
    store.remark(photo_id, "eve", Remarks())
    for reviewer in ("ada", None):
        assert said_in_queue(store, reviewer) == Remarks()
    seen = store.photo(photo_id, "ada")
    assert Remarks.of(seen) == Remarks()
    # Whoever said nothing after all is not told of.
    _, told = seen.history
    assert (told.who, told.what) == ("bob", "score 3, flagged, “hair”")
    assert [entry.who for entry in store.photo(photo_id, "bob").history] == [""]


def test_a_decision_takes_its_reviewers_remark_in_and_no_other(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.remark(photo_id, "ada", HAIR)
    store.remark(photo_id, "bob", Remarks(1))
    store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED, score=5))
    assert said_in_queue(store, "ada") == said_on(store, photo_id, "ada") == Remarks(5)
    assert said_in_queue(store, "bob") == said_on(store, photo_id, "bob") == Remarks(1)


def test_what_is_remarked_after_a_decision_is_told_instead_until_the_next(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED, score=5))
    store.remark(photo_id, "ada", HAIR)
    assert said_in_queue(store, "ada") == said_on(store, photo_id, "ada") == HAIR
    assert said_in_queue(store, None) == Remarks(5)
    # Nobody reads it in an export: no decision says it.
    [reviewed] = store.reviewed([DecisionKind.ACCEPTED])
    assert Remarks.of(reviewed.decision) == Remarks(5)


def test_a_decision_taken_back_leaves_what_it_said(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.decide(verdict(store, photo_id, DecisionKind.SKIPPED, "bob", score=1))
    store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED, score=5))
    store.take_back("ada")
    assert said_on(store, photo_id, "ada") == Remarks(5)
    assert said_on(store, photo_id, "bob") == Remarks(1)


def test_what_was_remarked_since_is_not_given_up_for_what_is_taken_back(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED, score=5))
    store.remark(photo_id, "ada", HAIR)
    store.take_back("ada")
    assert said_on(store, photo_id, "ada") == HAIR


def rows(store: Store) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(store.path)) as connection:
        return connection.execute("SELECT * FROM remark").fetchall()


def test_what_comes_back_to_how_it_was_leaves_no_remark(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    for before in (Remarks(), Remarks(5, "mole")):
        store.remark(photo_id, "ada", HAIR)
        assert rows(store)
        store.remark(photo_id, "ada", before)
        assert rows(store) == []
        assert said_on(store, photo_id, "ada") == before
        made = verdict(store, photo_id, DecisionKind.ACCEPTED, score=5)
        store.decide(replace(made, note="mole"))
    # The decision said it, and nobody said it once more.
    told = [entry.what for entry in store.photo(photo_id).history]
    assert sum("mole" in what for what in told) == 2
    store.remark(photo_id, "ada", HAIR)
    store.take_back("ada")
    assert said_on(store, photo_id, "ada") == HAIR


def test_what_is_said_again_was_said_when_it_was_said_first(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.remark(photo_id, "ada", HAIR)
    first = rows(store)
    store.remark(photo_id, "ada", HAIR)
    assert rows(store) == first
