"""The maps are a cache: whatever becomes of their file, the work goes on and nothing else goes."""

import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from db.sqlite.files import maps_beside
from db.store import Store
from imaging.values import Prediction
from tests.db.conftest import outline
from tests.support.databases import new_store


@pytest.fixture
def maps(database: Path) -> Path:
    return maps_beside(database)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program holds the file for itself."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def kept(store: Store, photo_id: int) -> Prediction:
    found = store.prediction(photo_id)
    assert found is not None
    return found


def test_a_locked_one_is_waited_for_by_nobody_and_nothing_is_deleted(
    store: Store, database: Path, maps: Path
) -> None:
    photo_id = outline(store, "a.jpg")
    store.close()
    backup = maps.with_name(f"{maps.name}.my-backup")
    shutil.copy(maps, backup)
    before = maps.stat().st_ino
    with locked(maps), closing(Store.open(database)) as again:
        assert again.prediction(photo_id) is None
        other = outline(again, "b.jpg")
        assert again.mask(2) == again.mask(1)
        assert again.prediction(other) is None
    assert (maps.stat().st_ino, backup.is_file()) == (before, True)
    with closing(Store.open(database)) as again:
        assert np.array_equal(kept(again, photo_id).grid, kept(again, photo_id).grid)
        assert again.prediction(other) is None
        assert outline(again, "c.jpg")


def test_only_our_own_files_go_with_a_damaged_one(store: Store, database: Path, maps: Path) -> None:
    photo_id = outline(store, "a.jpg")
    store.close()
    ours = [maps.with_name(maps.name + suffix) for suffix in ("-wal", "-shm", "-journal")]
    others = [maps.with_name(maps.name + suffix) for suffix in (".my-backup", "-wal.old", "2")]
    for path in (*ours, *others):
        path.write_bytes(b"kept")
    maps.write_bytes(b"rubbish" * 1000)
    with closing(Store.open(database)) as again:
        assert again.prediction(photo_id) is None
        assert kept(again, outline(again, "b.jpg")).grid.max() == np.float32(0.75)
    assert [path.exists() for path in ours] == [False] * 3
    assert [path.read_bytes() for path in others] == [b"kept"] * 3
    assert stat.S_IMODE(maps.stat().st_mode) == 0o600


def vanish(maps: Path) -> None:
    maps.unlink()


def be_replaced(maps: Path) -> None:
    other = maps.with_name("other.db")
    new_store(other).close()
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("VACUUM")
    other.rename(maps)


def rot(maps: Path) -> None:
    with maps.open("r+b") as file:
        file.write(b"\xff" * maps.stat().st_size)


def rot_behind_the_size(maps: Path) -> None:
    with maps.open("r+b") as file:
        file.seek(24)
        file.write(b"\xff" * (maps.stat().st_size - 24))


@pytest.mark.parametrize("happen", [vanish, be_replaced, rot, rot_behind_the_size])
def test_what_becomes_of_it_while_it_is_open_costs_maps_and_nothing_else(
    store: Store, maps: Path, happen: Callable[[Path], None]
) -> None:
    first = outline(store, "a.jpg")
    assert store.prediction(first) is not None
    happen(maps)
    second = outline(store, "b.jpg")
    assert store.prediction(first) is None
    assert kept(store, second).grid.max() == np.float32(0.75)
    with closing(sqlite3.connect(maps)) as connection:
        # In the file that lies there, not in one that has no name any more.
        assert connection.execute("SELECT content_hash FROM map").fetchall() == [("content-b.jpg",)]
    assert [item.segmented for item in store.queue("/photos")] == [True, True]


def test_where_none_can_lie_the_work_goes_on(database: Path, maps: Path) -> None:
    maps.mkdir(parents=True)
    with closing(Store.open(database)) as store:
        photo_id = outline(store, "a.jpg")
        assert store.prediction(photo_id) is None
        assert store.photo(photo_id).revision is not None
    assert maps.is_dir()


def test_a_map_that_was_computed_again_is_kept(store: Store, maps: Path) -> None:
    photo_id = outline(store, "a.jpg")
    made = kept(store, photo_id)
    maps.unlink()
    assert store.prediction(photo_id) is None
    assert store.keep_map(photo_id, "content-a.jpg", made)
    assert np.array_equal(kept(store, photo_id).grid, made.grid)


def test_a_map_of_another_picture_is_not(store: Store, maps: Path) -> None:
    photo_id = outline(store, "a.jpg")
    made = kept(store, photo_id)
    maps.unlink()
    assert not store.keep_map(photo_id, "content-b.jpg", made)
    assert store.prediction(photo_id) is None


def test_one_damaged_map_is_computed_again_and_the_others_stay(store: Store, maps: Path) -> None:
    first, second = outline(store, "a.jpg"), outline(store, "b.jpg")
    made = kept(store, first)
    with closing(sqlite3.connect(maps)) as connection, connection:
        connection.execute("UPDATE map SET grid = x'00' WHERE content_hash = 'content-a.jpg'")
    assert store.prediction(first) is None
    assert store.prediction(second) is not None
    assert store.keep_map(first, "content-a.jpg", made)
    assert store.prediction(first) is not None
