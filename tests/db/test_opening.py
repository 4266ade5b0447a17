"""A database is made, found again, shared, and refused where it would not be safe."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from db.engine import DURABLE, open_engine
from db.errors import (
    DamagedDatabase,
    ForeignFile,
    NewerDatabase,
    NoDatabase,
    StoreError,
    UnsafePlace,
)
from db.location import check_place, database_for
from db.store import Store
from db.tables import Table
from tests.db.conftest import new_photo, outline

OPEN = """
import sys
from pathlib import Path
from db.store import Store
Store.open(Path(sys.argv[1])).close()
"""


def test_what_is_committed_is_on_the_disk(store: Store, database: Path) -> None:
    engine = open_engine(database)
    with engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", *DURABLE)
        }
    engine.dispose()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "fullfsync": 1,
        "checkpoint_fullfsync": 1,
    }


def test_the_migrations_make_what_the_tables_say(store: Store, database: Path) -> None:
    engine = open_engine(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, Table.metadata)
    engine.dispose()
    assert differences == []


def test_nobody_else_can_read_it(store: Store, database: Path) -> None:
    files = [path for path in database.parent.iterdir() if path.suffix != ".lock"]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in files} == {0}
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o700


def test_two_processes_open_a_new_one_at_once(database: Path) -> None:
    root = Path(__file__).parents[2]
    children = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(database)], cwd=root) for _ in range(3)
    ]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    with closing(Store.open(database)) as store:
        assert store.photos() == 0


def test_a_newer_database_is_refused_and_left_alone(database: Path) -> None:
    Store.open(database).close()
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerDatabase, match="Update nevus"):
        Store.open(database)
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_another_programs_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    before = other.read_bytes()
    with pytest.raises(ForeignFile, match="another program"):
        Store.open(other)
    note = tmp_path / "note.db"
    note.write_text("no database at all, but long enough to be read as one" * 20)
    with pytest.raises(ForeignFile):
        Store.open(note)
    assert other.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["note.db", "other.db"]


def test_a_damaged_database_is_said(database: Path) -> None:
    with closing(Store.open(database)) as store:
        for number in range(50):
            store.add_file(new_photo(f"{number}.jpg"))
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(database.stat().st_size - 4096))
    with pytest.raises(StoreError) as problem, closing(Store.open(database)) as store:
        store.queue("/photos")
    assert isinstance(problem.value, DamagedDatabase | ForeignFile)


def test_a_synced_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    for name in ("Dropbox", "Mobile Documents", "CloudStorage"):
        with pytest.raises(UnsafePlace, match="--db"):
            check_place(tmp_path / name / "x" / "nevus.db")
    check_place(tmp_path / "nevus.db")


def test_every_way_to_a_folder_leads_to_the_same_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "photos of\nmay"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    found = database_for(folder)
    assert database_for(tmp_path / "link") == found
    assert database_for(tmp_path) != found
    assert "\n" not in found.name
    assert database_for(folder, tmp_path / "own.db") == tmp_path / "own.db"


def test_a_database_inside_the_photos_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    for place in (folder / "own.db", folder / "deep" / "own.db", tmp_path / "link" / "own.db"):
        with pytest.raises(UnsafePlace, match="never writes"):
            database_for(folder, place)


def test_a_database_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase, match="nothing was reviewed there"):
        Store.reopen(tmp_path / "typo" / "x.db")
    assert list(tmp_path.iterdir()) == []


def test_an_older_database_is_copied_then_brought_up_with_all_that_is_in_it(
    database: Path,
) -> None:
    with closing(Store.open(database)) as store:
        photo_id = outline(store, "a.jpg", predicted_jaccard=0.5)
    engine = open_engine(database)
    with engine.begin() as connection:
        for statement in (
            "ALTER TABLE prediction DROP COLUMN unseen_fraction",
            "ALTER TABLE prediction DROP COLUMN predicted_jaccard",
            "ALTER TABLE edit DROP COLUMN covered",
            "DROP INDEX ix_file_inode",
            "CREATE TABLE lease (name VARCHAR NOT NULL PRIMARY KEY)",
            "UPDATE alembic_version SET version_num = '0001'",
        ):
            connection.execute(text(statement))
    engine.dispose()
    with closing(Store.open(database)) as store:
        (item,) = store.queue("/photos")
        assert (item.photo_id, item.segmented, item.predicted_jaccard) == (photo_id, True, None)
        assert store.prediction(photo_id) is not None
    copies = [path.name for path in database.parent.iterdir() if ".before-" in path.name]
    assert copies == [f"{database.name}.before-0003"]
    with closing(sqlite3.connect(database.parent / copies[0])) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
