"""How SQLite comes to a page of the queue: along an index, and without sorting the table."""

import sqlite3
from contextlib import closing

import pytest

from benchmarks.sql import sent
from db.queue import Among
from db.store import Store
from tests.db.conftest import FOLDER, correct, new_photo, outline

PATHS = "SEARCH file USING INDEX sqlite_autoindex_file_1 (path>? AND path<?)"
GRADES = "SEARCH prediction USING"
WALKED = {Among.ALL: PATHS, Among.UNGRADED: PATHS, Among.BARE: PATHS, Among.GRADED: GRADES}


def plans_of(store: Store, statements: list[str]) -> list[list[str]]:
    with closing(sqlite3.connect(store.path)) as connection:
        return [
            [
                str(step[3])
                for step in connection.execute(
                    f"EXPLAIN QUERY PLAN {statement}", [None] * statement.count("?")
                )
            ]
            for statement in statements
            if statement.startswith("SELECT")
        ]


@pytest.mark.parametrize("among", Among)
def test_every_page_is_read_along_an_index(
    store: Store, among: Among, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.queue.PAGE", 1)
    outline(store, "a.jpg", predicted_jaccard=0.5)
    outline(store, "b.jpg", predicted_jaccard=0.6)
    outline(store, "c.jpg")
    store.take_in(new_photo("d.jpg"))
    with sent() as statements:
        found = list(store.queue(FOLDER, "ada", among))
    plans = plans_of(store, statements)
    assert len(plans) > len(found)
    for plan in plans:
        assert plan[0].startswith(WALKED[among])
        assert not [step for step in plan if step.startswith("SCAN")]
        assert not [step for step in plan if "TEMP B-TREE" in step]


def test_single_lines_are_read_along_indexes(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    with sent() as statements:
        store.queue_lines(FOLDER, [photo_id], "ada")
    [plan] = plans_of(store, statements)
    assert [step for step in plan if "ix_file_photo_id" in step]
    assert not [step for step in plan if step.startswith("SCAN")]


def test_a_file_is_looked_up_along_indexes(store: Store) -> None:
    stat = new_photo("a.jpg").stat
    with sent() as statements:
        store.look_up(stat, "m" * 64)
    [plan] = plans_of(store, statements)
    scanned = [step for step in plan if step.startswith("SCAN")]
    assert [step for step in scanned if step not in {"SCAN CONSTANT ROW", "SCAN anon_1"}] == []


def test_files_that_are_known_are_asked_for_along_indexes(store: Store) -> None:
    stats = [new_photo(name).stat for name in ("a.jpg", "b.jpg")]
    with sent() as statements:
        store.unchanged(stats, "m" * 64)
        store.never_heard_of(stats)
    plans = plans_of(store, statements)
    assert len(plans) == 4
    for plan in plans:
        assert not [step for step in plan if step.startswith("SCAN")]


def test_a_photo_is_opened_along_indexes(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    correct(store, photo_id)
    with sent() as statements:
        store.to_open(photo_id, "ada")
    plans = plans_of(store, statements)
    assert plans
    for plan in plans:
        assert not [step for step in plan if step.startswith("SCAN")]
