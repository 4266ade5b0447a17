"""A database is made, found again, shared, and refused where it would not be safe."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from db.errors import (
    DamagedDatabase,
    ForeignFile,
    MovedDatabase,
    NewerDatabase,
    NoDatabase,
    StoreError,
    UnsafePlace,
)
from db.sqlite.engine import CACHE, DURABLE, MIGRATING, Pragmas, open_engine
from db.sqlite.files import maps_beside
from db.sqlite.forms import newest_form
from db.sqlite.location import check_place, database_for
from db.sqlite.migrating import configured
from db.store import Store
from db.tables import Table
from imaging.values import FileStat
from tests.db.conftest import new_photo, outline
from tests.db.damage import to_first_form

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
        Store.read(tmp_path / "typo" / "x.db", lambda store: store.counts("/photos"))
    assert list(tmp_path.iterdir()) == []


def form_in(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        form: str = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        return form


def copies_of(database: Path) -> list[str]:
    names = sorted(path.name for path in database.parent.iterdir() if ".before-" in path.name)
    return [name.removeprefix(f"{database.name}.before-") for name in names]


def test_an_older_database_is_copied_then_brought_up_with_all_that_is_in_it(
    database: Path,
) -> None:
    with closing(Store.open(database)) as store:
        photo_id = outline(store, "a.jpg", predicted_jaccard=0.5)
    to_first_form(database)
    with closing(Store.open(database)) as store:
        (item,) = store.queue("/photos")
        assert (item.photo_id, item.segmented, item.predicted_jaccard) == (photo_id, True, None)
        assert store.prediction(photo_id) is not None
    assert copies_of(database) == [newest_form()]
    copy = database.with_name(f"{database.name}.before-{newest_form()}")
    assert form_in(copy) == "0001"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_copy_never_takes_another_ones_place(database: Path) -> None:
    for number in range(3):
        with closing(Store.open(database)) as store:
            store.take_in(new_photo(f"{number}.jpg"))
        to_first_form(database)
    Store.open(database).close()
    assert copies_of(database) == [newest_form() + end for end in ("", "-2", "-3")]
    photos = []
    for end in ("", "-2", "-3"):
        copy = database.with_name(f"{database.name}.before-{newest_form()}{end}")
        with closing(sqlite3.connect(copy)) as connection:
            photos += connection.execute("SELECT count(*) FROM photo").fetchone()
    assert photos == [1, 2, 3]


@pytest.mark.parametrize("bytes_there", [0, 1_000_000, 3_000_000])
def test_a_kill_leaves_no_half_of_a_copy_under_its_name(database: Path, bytes_there: int) -> None:
    with closing(Store.open(database)) as store:
        for number in range(10):
            store.set_aside(FileStat(f"/photos/{number}.jpg", 1, 2, number), "x" * 600_000)
    to_first_form(database)
    child = opening(database)
    while child.is_alive() and laid_aside(database) <= bytes_there:
        pass
    child.kill()
    child.join(60)
    for name in copies_of(database):
        if ".part" not in name:
            assert_whole(database.with_name(f"{database.name}.before-{name}"))
    Store.open(database).close()
    whole = [name for name in copies_of(database) if ".part" not in name]
    assert whole[0] == newest_form()
    assert_whole(database.with_name(f"{database.name}.before-{newest_form()}"))


def opening(database: Path) -> SpawnProcess:
    """A process that opens a database, and ends."""
    child = get_context("spawn").Process(target=Store.open, args=(database,))
    child.start()
    return child


def laid_aside(database: Path) -> int:
    """The bytes that lie beside a database as its copy, -1 where there is none yet."""
    found = database.parent.glob(f"{database.name}.before-*")
    return sum((path.stat().st_size for path in found if path.exists()), start=-1)


def assert_whole(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM aside").fetchone() == (10,)
    assert form_in(copy) == "0001"


def test_a_damaged_older_one_is_not_migrated(database: Path) -> None:
    with closing(Store.open(database)) as store:
        outline(store, "a.jpg")
    to_first_form(database)
    content = bytearray(database.read_bytes())
    content[-4096:] = b"\xff" * 4096
    database.write_bytes(content)
    with pytest.raises(DamagedDatabase):
        Store.open(database)
    assert database.read_bytes() == content


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


@pytest.mark.parametrize("name", ["50% of #1?.db", "moles;x=1&y.db", "mole\udcff.db"])
def test_any_name_of_a_file_will_do(tmp_path: Path, name: str) -> None:
    with closing(Store.open(tmp_path / name)) as store:
        store.take_in(new_photo("a.jpg"))
    counts = Store.read(tmp_path / name, lambda store: store.counts("/photos"))
    assert counts.photos == 1
    assert (tmp_path / name).stat().st_size


def test_a_name_that_leaves_no_room_behind_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafePlace, match="too long"):
        Store.open(tmp_path / ("é" * 109 + ".db"))
    assert list(tmp_path.iterdir()) == []
    longest = tmp_path / ("é" * 108 + "x.db")
    Store.open(longest).close()
    to_first_form(longest)
    Store.open(longest).close()
    assert longest.with_name(f"{longest.name}.before-{newest_form()}").exists()


def test_an_older_one_of_a_long_name_is_read(database: Path) -> None:
    Store.open(database).close()
    to_first_form(database)
    old = database.rename(database.with_name("x" * 245))
    assert Store.read(old, lambda store: store.counts("/photos")).photos == 0


@pytest.mark.parametrize("way", ["/dev/null", "folder", "fifo"])
def test_what_is_no_ordinary_file_is_refused(tmp_path: Path, way: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(ForeignFile, match="no ordinary file"):
        Store.open(tmp_path / way)
    with pytest.raises(NoDatabase):
        Store.read(tmp_path / way, lambda store: store.counts("/photos"))
