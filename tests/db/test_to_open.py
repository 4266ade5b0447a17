"""What opening a photo takes is read at one moment, in few statements, and is never nonsense."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Boolean, Engine, LargeBinary, Table, event
from sqlmodel import AutoString

from benchmarks.sql import sent
from db.errors import DamagedDatabase, StoreError
from db.store import Store
from db.tables import Table as Tables
from db.values import DecisionKind, Remarks, Tool
from tests.db.conftest import correct, edit, new_photo, outline, revision_of, verdict
from tests.db.damage import PHOTOS, fill

MOST = 11
"""Statements, the one that begins the transaction among them."""
READ = (
    *("photo", "file", "standing", "revision", "prediction", "mask", "measurement"),
    *("decision", "retraction", "remark", "draft", "edit", "shape"),
)
FOUND_BY = {"id", "reviewer", "name", "origin", "position", "abandoned_by_id"}
"""Columns that say which rows are meant: what is changed there is another row, or none."""


def test_it_is_what_the_single_questions_answer(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    model = revision_of(store, photo_id)
    store.add_edit("ada", photo_id, model, 0, edit(1))
    drawn = correct(store, photo_id, "bob")
    store.add_edit("ada", photo_id, drawn, 0, edit(2))
    store.keep_shape(photo_id, "ada", Tool.LASSO, [(1.5, 2.0), (3.0, 4.5)])
    store.remark(photo_id, "ada", Remarks(4, "hair", flag=True))
    found = store.to_open(photo_id, "ada")
    assert found.details == store.photo(photo_id, "ada")
    assert found.details.flag
    assert found.drawn is not None
    assert found.drawn.rle == store.mask(drawn)
    assert found.drawn.strokes == store.strokes(drawn) != ()
    assert found.draft == store.draft("ada", photo_id, drawn)
    assert found.draft is not None
    assert found.kept == store.kept_edits("ada", photo_id, drawn)
    assert [each.base_revision_id for each in found.kept] == [model]
    assert found.begun == store.begun_shapes(photo_id, "ada") != {}
    assert found.made is not None
    again, stored = store.kept_map(found.made), store.prediction(photo_id)
    assert again is not None
    assert stored is not None
    assert (again.grid == stored.grid).all()


def test_of_a_photo_without_an_outline_nothing_is_drawn_but_a_draft(store: Store) -> None:
    photo_id = store.take_in(new_photo("a.jpg")).photo_id
    store.add_edit("ada", photo_id, None, 0, edit(1))
    found = store.to_open(photo_id, "ada")
    assert (found.drawn, found.made, found.kept) == (None, None, ())
    assert found.draft == store.draft("ada", photo_id, None)
    assert found.draft is not None


def test_it_takes_few_statements_however_much_was_said_and_drawn(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    with sent() as of_a_new_one:
        store.to_open(photo_id, "ada")
    assert len(of_a_new_one) <= MOST
    for reviewer in ("bob", "cleo", "dan"):
        store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED, reviewer))
        store.remark(photo_id, reviewer, Remarks(2, "blurred"))
        store.add_edit(reviewer, photo_id, revision_of(store, photo_id), 0, edit(1))
        store.keep_shape(photo_id, "ada", Tool.BOX, [(1.0, 2.0)])
    store.take_back("dan")
    with sent() as of_an_old_one:
        store.to_open(photo_id, "ada")
    assert len(of_an_old_one) == len(of_a_new_one)
    corrected = []
    for _ in range(3):
        correct(store, photo_id, "bob")
        with sent() as statements:
            store.to_open(photo_id, "ada")
        corrected.append(len(statements))
    # One more says what was drawn on what.
    assert corrected == [len(of_a_new_one) + 1] * 3


@pytest.mark.slow
def test_all_of_it_is_of_one_moment(store: Store, database: Path) -> None:
    photo_id = outline(store, "a.jpg")
    with sent() as statements:
        store.to_open(photo_id, "ada")
    for number in range(3, len(statements) + 1):
        before = store.to_open(photo_id, "ada")
        with closing(Store.open(database)) as other, before_statement(number, other, photo_id):
            assert store.to_open(photo_id, "ada") == before
        after = store.to_open(photo_id, "ada")
        assert after.details.decision_id != before.details.decision_id


@contextmanager
def before_statement(number: int, other: Store, photo_id: int) -> Iterator[None]:
    """Somebody corrects the photo before this statement of the block is sent; 1 is the first."""
    left = number

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            correct(other, photo_id, "bob")
            other.remark(photo_id, "ada", Remarks(note=f"at {number}"))

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert left < 0


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "nevus.db"
    fill(path)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("name", READ)
def test_where_a_column_holds_what_it_can_t_that_is_said_or_is_not_asked_for(
    filled: Path, name: str
) -> None:
    table = Tables.metadata.tables[name]
    with (
        closing(Store.open(filled)) as store,
        closing(sqlite3.connect(filled, isolation_level=None)) as connection,
    ):
        sound = opened(store)
        for column, senseless in senseless_values(table):
            what = f'UPDATE {name} SET "{column}" = ? WHERE rowid = ?'
            # Two, since a mask has two measurements.
            rows = connection.execute(f'SELECT rowid, "{column}" FROM {name} LIMIT 2').fetchall()
            assert rows
            for row, held in rows:
                connection.execute(what, (senseless, row))
                for before, found in zip(sound, opened(store), strict=True):
                    assert found == before or isinstance(found, DamagedDatabase), (column, found)
                connection.execute(what, (held, row))
        assert opened(store) == sound


def senseless_values(table: Table) -> Iterator[tuple[str, object]]:
    """Columns with a value that is of another type."""
    for column in table.columns:
        # Of anything at all it is known whether it is true.
        if column.foreign_keys or column.name in FOUND_BY or isinstance(column.type, Boolean):
            continue
        if isinstance(column.type, LargeBinary):
            yield column.name, 5
        else:
            yield column.name, b"\xff" if isinstance(column.type, AutoString) else "much"


def opened(store: Store) -> list[object]:
    """What each photo is opened with, and where it lies, or why that can't be said."""
    found: list[object] = []
    for photo_id in range(1, PHOTOS + 1):
        for ask in (partial(store.to_open, photo_id, "ada"), partial(store.paths_of, photo_id)):
            try:
                found.append(ask())
            except StoreError as error:
                found.append(error)
    return found
