"""A database is looked at as it is, and stays as it was."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from db.counting import Counts
from db.errors import DamagedDatabase, ForeignFile, NewerDatabase
from db.sqlite.inspection import inspect
from db.store import Store
from db.values import DecisionKind
from tests.db.conftest import new_photo, outline, verdict
from tests.support.databases import new_store


def laid(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file with its size and the moment it last changed."""
    stats = {path.name: path.stat() for path in folder.iterdir()}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()}


def fill(store: Store) -> None:
    """Three photos, two outlined, one of them decided."""
    store.take_in(new_photo("c.jpg"))
    outline(store, "b.jpg")
    store.decide(verdict(store, outline(store, "a.jpg"), DecisionKind.ACCEPTED))


@pytest.fixture
def closed(database: Path) -> Path:
    with closing(new_store(database)) as store:
        fill(store)
    return database


def test_it_says_what_is_there(closed: Path) -> None:
    state = inspect(closed)
    assert state.counts == Counts(3, outlined=2, decided=1, waiting=2)
    assert (state.damage, state.older) == ("", False)
    assert (state.journal_mode, state.synchronous) == ("wal", "FULL")
    assert state.bytes == closed.stat().st_size
    assert state.maps_bytes == closed.with_suffix(".maps.db").stat().st_size


def test_a_decision_taken_back_does_not_count(closed: Path) -> None:
    with closing(Store.open(closed)) as store:
        store.take_back("ada")
    assert inspect(closed).counts.decided == 0


def test_a_closed_one_is_left_as_it_was(closed: Path) -> None:
    before = laid(closed.parent)
    inspect(closed)
    assert laid(closed.parent) == before


def test_what_an_open_nevus_just_wrote_is_seen(store: Store, database: Path) -> None:
    fill(store)
    before = laid(database.parent)
    assert f"{database.name}-wal" in before
    state = inspect(database)
    assert (state.counts.photos, state.counts.decided) == (3, 1)
    assert state.bytes > database.stat().st_size
    assert laid(database.parent) == before


def test_a_log_without_its_index_is_read_and_left_alone(
    store: Store, database: Path, tmp_path: Path
) -> None:
    fill(store)
    (tmp_path / "copy").mkdir()
    for name in (database.name, f"{database.name}-wal"):
        shutil.copy(database.with_name(name), tmp_path / "copy")
    before = laid(tmp_path / "copy")
    assert inspect(tmp_path / "copy" / database.name).counts.photos == 3
    assert laid(tmp_path / "copy") == before


def test_a_name_with_the_signs_of_an_address_is_a_name(closed: Path) -> None:
    odd = closed.with_name("what? a #1 100%.db")
    closed.rename(odd)
    assert inspect(odd).counts.photos == 3


def test_an_empty_file_stays_empty(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()
    state = inspect(empty)
    assert (state.form, state.counts, state.older) == (None, Counts(), True)
    assert laid(tmp_path) == {"empty.db": (0, empty.stat().st_mtime_ns)}


def test_a_lost_write_ahead_log_is_seen(closed: Path) -> None:
    with closing(sqlite3.connect(closed)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    assert inspect(closed).journal_mode == "delete"


def test_damage_is_said(closed: Path) -> None:
    with closed.open("r+b") as file:
        file.seek(closed.stat().st_size - 4096)
        file.write(b"\xff" * 4096)
    assert inspect(closed).damage != ""


def test_damage_beyond_reading_is_refused(closed: Path) -> None:
    with closed.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3996)
    with pytest.raises(DamagedDatabase, match="Put back a copy"):
        inspect(closed)


def test_what_is_none_of_ours_is_refused_and_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    note = tmp_path / "note.db"
    note.write_text("no database at all, but long enough to be read as one" * 20)
    before = laid(tmp_path)
    for path in (other, note):
        with pytest.raises(ForeignFile):
            inspect(path)
    assert laid(tmp_path) == before


def test_a_newer_one_is_refused_and_left_alone(closed: Path) -> None:
    with closing(sqlite3.connect(closed)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = closed.read_bytes()
    with pytest.raises(NewerDatabase, match="9999"):
        inspect(closed)
    assert closed.read_bytes() == before
