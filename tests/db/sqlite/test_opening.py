"""A database is made, found again, shared, and refused where it is damaged or not ours."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from db.errors import DamagedDatabase, ForeignFile, NewerDatabase, StoreError
from db.sqlite.engine import CACHE, DURABLE, MIGRATING, Pragmas, open_engine
from db.sqlite.files import maps_beside
from db.sqlite.forms import newest_form
from db.sqlite.migrating import configured
from db.store import Store
from db.tables import Table
from tests.db.conftest import new_photo
from tests.db.sqlite.opening import opening

ROOT = Path(__file__).parents[3]
OPEN = """
import sys
from pathlib import Path
from db.store import Store
Store.open(Path(sys.argv[1])).close()
"""


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    """Made and brought up at its place, which is what most tests copy."""
    with closing(Store.open(database)) as store:
        yield store


@pytest.mark.parametrize(
    ("pragmas", "changed"),
    [
        (DURABLE, {}),
        (MIGRATING, {"foreign_keys": 0}),
        (CACHE, {"journal_mode": "delete", "synchronous": 1, "busy_timeout": 250}),
    ],
)
def test_what_is_committed_is_on_the_disk(
    pragmas: Pragmas, changed: dict[str, object], store: Store, database: Path
) -> None:
    store.take_in(new_photo("a.jpg"))
    path = database
    if pragmas is CACHE:
        store._maps.put("content", "model", "centre", np.zeros((2, 2), np.float32))
        path = maps_beside(database)
    assert found_in(open_engine(path, pragmas)) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "fullfsync": 1,
        "checkpoint_fullfsync": 1,
        **changed,
    }


def test_what_a_store_commits_is_on_the_disk(store: Store) -> None:
    assert found_in(store._engine) == found_in(open_engine(store.path, DURABLE))
    store._maps.put("content", "model", "centre", np.zeros((2, 2), np.float32))
    opened = store._maps._opened
    assert opened is not None
    assert found_in(opened.engine) == found_in(open_engine(maps_beside(store.path), CACHE))


def test_one_put_back_without_its_log_gets_one_again(store: Store, database: Path) -> None:
    store.close()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    with closing(Store.open(database)) as again:
        assert found_in(again._engine)["journal_mode"] == "wal"


def found_in(engine: Engine) -> dict[str, object]:
    """How a connection is set, by the pragmas that say it."""
    with engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", *DURABLE)
        }
    engine.dispose()
    return found


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


def test_the_files_of_the_migrations_are_named_for_their_forms() -> None:
    script = ScriptDirectory.from_config(configured())
    forms = [migration.revision for migration in script.walk_revisions()]
    assert forms[0] == newest_form()
    assert [Path(migration.path).name[:4] for migration in script.walk_revisions()] == forms


def test_one_of_the_present_form_is_opened_without_alembic(store: Store, database: Path) -> None:
    asked = f"{OPEN}assert 'db.tables' in sys.modules\nassert 'alembic' not in sys.modules\n"
    subprocess.run([sys.executable, "-c", asked, str(database)], cwd=ROOT, check=True)


def test_two_processes_open_a_new_one_at_once(database: Path) -> None:
    children = [opening(database) for _ in range(3)]
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0, 0]
    with closing(Store.open(database)) as store:
        assert store.counts("/photos").photos == 0


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
            store.take_in(new_photo(f"{number}.jpg"))
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(database.stat().st_size - 4096))
    with pytest.raises(StoreError) as problem, closing(Store.open(database)) as store:
        list(store.queue("/photos"))
    assert isinstance(problem.value, DamagedDatabase | ForeignFile)
