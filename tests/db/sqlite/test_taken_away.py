"""A database that was moved, deleted or replaced while it is open is never said to be saved."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from db.errors import MovedDatabase
from db.sqlite.engine import open_engine
from db.store import Store
from tests.db.conftest import new_photo


def test_one_moved_away_while_open_is_not_said_to_be_saved(store: Store, database: Path) -> None:
    store.take_in(new_photo("a.jpg"))
    away = database.with_name("away.db")
    database.rename(away)
    with pytest.raises(MovedDatabase, match="Put it back"):
        store.take_in(new_photo("b.jpg"))
    Store.open(database.with_name("other.db")).close()
    shutil.copy(database.with_name("other.db"), database)
    with pytest.raises(MovedDatabase):
        store.take_in(new_photo("b.jpg"))
    away.replace(database)
    store.take_in(new_photo("b.jpg"))
    assert store.counts("/photos").photos == 2


def move(database: Path) -> None:
    database.rename(database.with_name("away.db"))


def delete(database: Path) -> None:
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()


def replace(database: Path) -> None:
    Store.open(database.with_name("other.db")).close()
    database.with_name("other.db").replace(database)


@pytest.mark.parametrize("take_away", [move, delete, replace])
@pytest.mark.parametrize(
    "work",
    [
        lambda store: store.counts("/photos"),
        lambda store: list(store.reviewed([])),
        lambda store: store.take_in(new_photo("b.jpg")),
        lambda store: store.mark_gone("/photos/b.jpg"),
    ],
)
def test_a_new_connection_to_one_that_was_taken_away_says_so_and_makes_none(
    store: Store,
    database: Path,
    take_away: Callable[[Path], None],
    work: Callable[[Store], object],
) -> None:
    store.take_in(new_photo("a.jpg"))
    with store.at_one_moment() as held:
        assert held.counts("/photos").photos == 1
        # The one connection there was is held, so that what follows needs another.
        take_away(database)
        there = database.exists()
        with pytest.raises(MovedDatabase, match="moved, deleted or replaced"):
            work(store)
    assert database.exists() is there


def test_an_engine_makes_no_database_where_none_is(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "no.db")
    with pytest.raises(OperationalError, match="unable to open"), engine.connect():
        pass
    assert list(tmp_path.iterdir()) == []
