"""What only reads works on a database that may not be written, and leaves nothing behind."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.errors import DatabaseBusy, ReadOnlyDatabase, StoreError, UnreadableDatabase
from db.store import Store
from db.values import DecisionKind
from tests.db.conftest import FOLDER, new_photo, outline, verdict
from tests.db.damage import to_first_form
from tests.db.sqlite.test_inspection import laid
from tests.support.databases import new_store
from tests.support.rights import reachable, without_rights


@pytest.fixture
def place() -> Iterator[Path]:
    with reachable() as folder:
        yield folder


@pytest.fixture
def closed(database: Path) -> Path:
    with closing(new_store(database)) as store:
        store.decide(verdict(store, outline(store, "a.jpg"), DecisionKind.ACCEPTED))
    return database


def decided(path: Path) -> list[str]:
    photos = Store.read(path, lambda store: list(store.reviewed(list(DecisionKind), FOLDER)))
    return [file.path.rsplit("/", 1)[-1] for photo in photos for file in photo.files]


def test_one_that_may_not_be_written_is_read_and_left_alone(closed: Path, place: Path) -> None:
    copy = Path(shutil.copy(closed, place))
    copy.chmod(0o444)
    before = laid(place)
    with without_rights(place):
        assert decided(copy) == ["a.jpg"]
    assert laid(place) == before


def test_what_a_killed_process_left_is_read_where_nothing_may_be_written(
    closed: Path, place: Path
) -> None:
    with closing(Store.open(closed)) as store:
        store.decide(verdict(store, outline(store, "b.jpg"), DecisionKind.ACCEPTED))
        for name in (closed.name, f"{closed.name}-wal"):
            Path(shutil.copy(closed.with_name(name), place)).chmod(0o444)
    before = laid(place)
    with without_rights(place):
        assert decided(place / closed.name) == ["a.jpg", "b.jpg"]
    assert laid(place) == before


@pytest.mark.parametrize("left", [0, 1, 31, 32, 33, 100, -100, -1])
def test_killed_at_any_byte_of_its_log_it_is_read_and_opened(
    left: int, closed: Path, place: Path
) -> None:
    with closing(Store.open(closed)) as store:
        store.decide(verdict(store, outline(store, "b.jpg"), DecisionKind.ACCEPTED))
        for name in ("", "-wal", "-shm"):
            shutil.copy(f"{closed}{name}", place)
    copy, log = place / closed.name, place / f"{closed.name}-wal"
    os.truncate(log, left if left >= 0 else log.stat().st_size + left)
    # What was committed before is there, and what was being written is there or not.
    assert decided(copy) in (["a.jpg"], ["a.jpg", "b.jpg"])
    with closing(Store.open(copy)) as store:
        assert store.counts(FOLDER).photos in (1, 2)
        store.take_in(new_photo("c.jpg"))
    assert "a.jpg" in decided(copy)


def test_an_index_left_behind_does_no_harm(closed: Path, place: Path) -> None:
    copy = Path(shutil.copy(closed, place))
    (place / f"{copy.name}-shm").write_bytes(bytes(32768))
    (place / f"{copy.name}-wal").touch()
    for path in place.iterdir():
        path.chmod(0o444)
    before = laid(place)
    with without_rights(place):
        assert decided(copy) == ["a.jpg"]
    assert laid(place) == before


def test_an_older_one_is_read_and_not_migrated(closed: Path, place: Path) -> None:
    to_first_form(closed)
    copy = Path(shutil.copy(closed, place))
    copy.chmod(0o444)
    before, content = laid(place), copy.read_bytes()
    with without_rights(place):
        assert decided(copy) == ["a.jpg"]
    assert laid(place) == before
    assert copy.read_bytes() == content


def test_an_older_one_with_a_log_is_read_with_what_is_in_it(closed: Path, place: Path) -> None:
    to_first_form(closed)
    with closing(sqlite3.connect(closed)) as connection, connection:
        connection.execute("UPDATE decision SET note = 'in the log'")
        connection.commit()
        for name in (closed.name, f"{closed.name}-wal"):
            shutil.copy(closed.with_name(name), place)
    reviewed = Store.read(
        place / closed.name, lambda store: list(store.reviewed(list(DecisionKind), FOLDER))
    )
    assert [photo.decision.note for photo in reviewed] == ["in the log"]


def test_the_newest_commits_of_an_open_nevus_are_read(store: Store, database: Path) -> None:
    store.decide(verdict(store, outline(store, "a.jpg"), DecisionKind.ACCEPTED))
    before = laid(database.parent)
    assert decided(database) == ["a.jpg"]
    assert laid(database.parent) == before
    store.decide(verdict(store, outline(store, "b.jpg"), DecisionKind.ACCEPTED))
    assert decided(database) == ["a.jpg", "b.jpg"]


def test_what_changes_under_the_reader_is_read_again(closed: Path) -> None:
    seen = []

    def work(store: Store) -> int:
        seen.append(store.counts(FOLDER).photos)
        if len(seen) == 1:
            with closing(Store.open(closed)) as other:
                other.take_in(new_photo("b.jpg"))
        return store.counts(FOLDER).photos

    assert Store.read(closed, work) == 2
    assert seen == [1, 2]


def test_what_seems_damaged_because_it_changed_is_read_again(closed: Path) -> None:
    tried = []

    def work(store: Store) -> int:
        tried.append(store)
        if len(tried) == 1:
            with closing(Store.open(closed)) as other:
                other.take_in(new_photo("b.jpg"))
            raise StoreError("half of it is of before")
        return store.counts(FOLDER).photos

    assert Store.read(closed, work) == 2


def test_what_never_keeps_still_is_said(closed: Path) -> None:
    def work(store: Store) -> int:
        with closing(Store.open(closed)) as other:
            other.take_in(new_photo(f"{other.counts(FOLDER).photos}.jpg"))
        return store.counts(FOLDER).photos

    with pytest.raises(DatabaseBusy, match="was changed by another program"):
        Store.read(closed, work)


def test_one_without_a_write_ahead_log_is_read(closed: Path) -> None:
    with closing(sqlite3.connect(closed)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    before = laid(closed.parent)
    assert decided(closed) == ["a.jpg"]
    assert laid(closed.parent) == before


def test_one_that_may_not_be_read_is_said(closed: Path, place: Path) -> None:
    copy = Path(shutil.copy(closed, place))
    copy.chmod(0o600)
    with without_rights(place), pytest.raises(UnreadableDatabase, match="permissions"):
        decided(copy)


def test_opening_one_to_write_that_may_not_be_leaves_nothing(closed: Path, place: Path) -> None:
    copy = Path(shutil.copy(closed, place))
    copy.chmod(0o444)
    before = laid(place)
    with without_rights(place), pytest.raises(ReadOnlyDatabase, match="permissions"):
        Store.open(copy)
    place.chmod(0o777)
    with without_rights(closed.parent), pytest.raises(ReadOnlyDatabase):
        Store.open(copy)
    place.chmod(0o755)
    assert laid(place) == before


def test_a_reader_can_t_write(closed: Path) -> None:
    before = closed.read_bytes()
    with pytest.raises(StoreError):
        Store.read(closed, lambda store: store.take_in(new_photo("b.jpg")))
    assert closed.read_bytes() == before


def test_closing_leaves_the_database_alone_in_its_place(store: Store, database: Path) -> None:
    outline(store, "a.jpg")
    store.close()
    names = {path.name for path in database.parent.iterdir()}
    assert names == {"nevus.db", "nevus.db.lock", "nevus.maps.db"}
