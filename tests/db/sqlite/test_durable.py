"""What is said to be stored is on the disk, as the system is asked for it."""

from contextlib import closing
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

PROGRAM = """
import fcntl
import os
import sqlite3
import sys
from pathlib import Path
from db.sqlite.copies import lay_copy
from db.store import Store
from pipeline.upkeep.backup import back_up_with_maps
from tests.db.conftest import outline

place = Path(sys.argv[1])
for name in ("new", "old"):
    Store.open(place / name / "nevus.db").close()

stored = place / "stored" / "nevus.db"
store = Store.open(stored)
outline(store, "a.jpg")
(place / "mark").touch()
(place / "mark").rename(place / "begun")
outline(store, "b.jpg")
(place / "begun").rename(place / "stored-b")
store.close()

back_up_with_maps(stored, place / "backups" / "one.db")

# From here on it takes itself for a Mac.
fcntl.F_FULLFSYNC = 51
asked = []

def hear(event, given):
    if event == "fcntl.fcntl" and given[1] == 51:
        asked.append(os.readlink(f"/proc/self/fd/{given[0]}"))

sys.addaudithook(hear)
target = place / "mac" / "copy.db"
lay_copy(sqlite3.connect(":memory:"), target)
assert asked == [f"{target}.part", str(target.parent)], asked
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each thing that is done: one of them holds a database of the first form."""
    place = tmp_path_factory.mktemp("durable").resolve()
    for name in ("new", "old", "stored", "backups", "mac"):
        (place / name).mkdir()
    old = place / "old" / "nevus.db"
    with closing(Store.open(old)) as store:
        store.take_in(new_photo("a.jpg"))
    to_first_form(old)
    return place


@pytest.fixture(scope="module")
def seen(place: Path) -> Flushed:
    """One process that does it all, one after the other: its start takes longer than that."""
    return flushed(PROGRAM, [place], place)


def test_a_commit_is_on_the_disk_before_it_is_said_and_so_is_a_map(
    seen: Flushed, place: Path
) -> None:
    database = place / "stored" / "nevus.db"
    maps = maps_beside(database)
    wanted = {log_of(database), maps, journal_of(maps)}
    assert wanted <= seen.between(place / "begun", place / "stored-b")


def test_the_name_of_a_new_database_is_on_the_disk(seen: Flushed, place: Path) -> None:
    assert place / "new" in {step[0] for step in seen.steps}


def test_the_copy_before_a_change_is_on_the_disk_before_it_has_its_name_and_its_name_is_after(
    seen: Flushed, place: Path
) -> None:
    assert_durable(seen, place / "old" / f"nevus.db.before-{newest_form()}")


def test_a_backup_is_on_the_disk_before_it_has_its_name_and_its_name_is_after(
    seen: Flushed, place: Path
) -> None:
    target = place / "backups" / "one.db"
    assert_durable(seen, target)
    assert_durable(seen, maps_beside(target))


def assert_durable(seen: Flushed, target: Path) -> None:
    assert seen.old_name(target) in seen.before_name(target)
    assert target.parent in seen.after_name(target)


def test_on_a_mac_the_drive_is_asked_and_where_it_knows_nothing_of_that_the_system_is(
    seen: Flushed, place: Path
) -> None:
    assert_durable(seen, place / "mac" / "copy.db")
