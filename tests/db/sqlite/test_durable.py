"""What is said to be stored is on the disk, as the system is asked for it."""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from db.sqlite.files import journal_of, log_of, maps_beside
from db.sqlite.forms import newest_form
from db.store import Store
from tests.db.conftest import new_photo
from tests.db.damage import to_first_form
from tests.support.flushed import Flushed, flushed
from tests.support.watched import WHY_NOT

pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)

STORE = """
import sys
from pathlib import Path
from db.store import Store
from tests.db.conftest import outline
database, mark = map(Path, sys.argv[1:])
store = Store.open(database)
outline(store, "a.jpg")
mark.touch()
mark.rename(mark.with_name("begun"))
outline(store, "b.jpg")
mark.with_name("begun").rename(mark.with_name("stored"))
store.close()
"""
OPEN = """
import sys
from pathlib import Path
from db.store import Store
Store.open(Path(sys.argv[1])).close()
"""
BACK_UP = """
import sys
from pathlib import Path
from pipeline.upkeep.backup import back_up_with_maps
back_up_with_maps(Path(sys.argv[1]), Path(sys.argv[2]))
"""
COPY_ON_A_MAC = """
import fcntl
import os
import sqlite3
import sys
from pathlib import Path
from db.sqlite.copies import lay_copy
fcntl.F_FULLFSYNC = 51
asked = []

def hear(event, given):
    if event == "fcntl.fcntl" and given[1] == 51:
        asked.append(os.readlink(f"/proc/self/fd/{given[0]}"))

sys.addaudithook(hear)
target = Path(sys.argv[1])
lay_copy(sqlite3.connect(":memory:"), target)
assert asked == [f"{target}.part", str(target.parent)], asked
"""


@pytest.fixture
def watch(tmp_path: Path) -> Callable[..., Flushed]:
    return partial(flushed, folder=tmp_path)


@pytest.fixture
def stored(database: Path) -> Path:
    """A database with a photo and its map."""
    with closing(Store.open(database)) as store:
        store.take_in(new_photo("a.jpg"))
    return database


def test_a_commit_is_on_the_disk_before_it_is_said_and_so_is_a_map(
    watch: Callable[..., Flushed], database: Path, tmp_path: Path
) -> None:
    seen = watch(STORE, [database, tmp_path / "mark"])
    maps = maps_beside(database)
    wanted = {log_of(database), maps, journal_of(maps)}
    assert wanted <= seen.between(tmp_path / "begun", tmp_path / "stored")


def test_the_name_of_a_new_database_is_on_the_disk(
    watch: Callable[..., Flushed], database: Path
) -> None:
    database.parent.mkdir()
    seen = watch(OPEN, [database])
    assert database.parent in {step[0] for step in seen.steps}


def test_the_copy_before_a_change_is_on_the_disk_before_it_has_its_name_and_its_name_is_after(
    watch: Callable[..., Flushed], stored: Path
) -> None:
    to_first_form(stored)
    seen = watch(OPEN, [stored])
    assert_durable(seen, stored.with_name(f"{stored.name}.before-{newest_form()}"))


def test_a_backup_is_on_the_disk_before_it_has_its_name_and_its_name_is_after(
    watch: Callable[..., Flushed], database: Path, tmp_path: Path
) -> None:
    watch(STORE, [database, tmp_path / "mark"])
    target = tmp_path / "backups" / "one.db"
    target.parent.mkdir()
    seen = watch(BACK_UP, [database, target])
    assert_durable(seen, target)
    assert_durable(seen, maps_beside(target))


def assert_durable(seen: Flushed, target: Path) -> None:
    assert seen.old_name(target) in seen.before_name(target)
    assert target.parent in seen.after_name(target)


def test_on_a_mac_the_drive_is_asked_and_where_it_knows_nothing_of_that_the_system_is(
    watch: Callable[..., Flushed], tmp_path: Path
) -> None:
    seen = watch(COPY_ON_A_MAC, [tmp_path / "copy.db"])
    assert_durable(seen, tmp_path / "copy.db")
