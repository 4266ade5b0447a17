"""The clock goes back and forth, and what came later stays later."""

import sqlite3
from contextlib import closing

import pytest

from db.store import Store
from db.values import DecisionKind
from tests.db.conftest import FOLDER, edit, outline, revision_of, verdict

TO_COME = "2100-01-01 00:00:00.000000"


def put_forward(store: Store, table: str, column: str) -> None:
    """All in a table was stored while the clock was wrong by a lifetime."""
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute(f"UPDATE {table} SET {column} = '{TO_COME}'")


def is_edited_since(store: Store) -> bool:
    [reviewed] = store.reviewed([DecisionKind.REJECTED], FOLDER)
    [line] = store.queue(FOLDER)
    assert reviewed.edited_since == line.edited_since
    return reviewed.edited_since


@pytest.fixture
def photo(store: Store) -> int:
    return outline(store, "a.jpg")


def test_an_edit_after_a_rejection_is_after_it(store: Store, photo: int) -> None:
    store.decide(verdict(store, photo, DecisionKind.REJECTED))
    put_forward(store, "decision", "created_at")
    store.add_edit("ada", photo, revision_of(store, photo), 0, edit(0))
    assert is_edited_since(store)


def test_a_rejection_after_an_edit_is_after_it(store: Store, photo: int) -> None:
    store.add_edit("ada", photo, revision_of(store, photo), 0, edit(0))
    put_forward(store, "edit", "made_at")
    store.decide(verdict(store, photo, DecisionKind.REJECTED))
    assert not is_edited_since(store)


def test_a_decision_taken_back_after_others_is_heard_of(store: Store, photo: int) -> None:
    other = outline(store, "b.jpg")
    for each in (photo, other):
        store.decide(verdict(store, each, DecisionKind.ACCEPTED))
    store.take_back("ada")
    put_forward(store, "retraction", "created_at")
    heard = store.hear()
    store.take_back("ada")
    assert store.said_since(heard) == {photo}


def test_a_history_is_in_order(store: Store, photo: int) -> None:
    store.decide(verdict(store, photo, DecisionKind.REJECTED))
    put_forward(store, "decision", "created_at")
    store.take_back("ada")
    store.decide(verdict(store, photo, DecisionKind.ACCEPTED))
    said = [entry.what for entry in store.photo(photo).history]
    assert said[1:] == ["rejected", "taken back", "accepted"]
