"""A backup holds all that was stored when it was made, and is named when it is whole."""

import os
import sqlite3
import stat
import threading
from contextlib import closing, suppress
from pathlib import Path

import pytest

from db.errors import DamagedDatabase, ForeignFile, NoDatabase
from db.sqlite.files import maps_beside
from db.store import Store
from db.values import DecisionKind
from pipeline.errors import UpkeepError, WrongDestination
from pipeline.upkeep.backup import back_up, back_up_with_maps, check_outside
from pipeline.upkeep.check import check
from pipeline.upkeep.places import places
from tests.db.conftest import FOLDER, new_photo, verdict
from tests.db.rows import rows_in, unpack
from tests.pipeline.conftest import wait_until
from tests.pipeline.upkeep.conftest import execute


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    return shelf


def test_it_holds_every_row_and_only_its_owner_may_read_it(database: Path, shelf: Path) -> None:
    made = back_up(database, shelf)
    assert rows_in(made.path) == rows_in(database)
    assert made.counts == Store.read(database, lambda store: store.counts())
    assert (made.counts.photos, made.bytes) == (3, made.path.stat().st_size)
    assert files_in(shelf) == [made.path.name]
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert check(made.path).holds


def test_two_at_the_same_second_lie_side_by_side(database: Path, shelf: Path) -> None:
    made = {back_up(database, shelf).path for _ in range(3)}
    assert len(made) == 3
    assert files_in(shelf) == sorted(path.name for path in made)
    with places(database) as noted:
        assert {each.path for each in noted.read()} == made


def test_what_is_not_yet_in_the_file_itself_is_copied(
    store: Store, database: Path, shelf: Path
) -> None:
    store.decide(verdict(store, 3, DecisionKind.REJECTED))
    made = back_up(database, shelf)
    assert len(rows_in(made.path)["decision"]) == 3
    assert made.counts.decided == 2


def test_the_maps_come_along_when_they_are_asked_for(database: Path, shelf: Path) -> None:
    made = back_up_with_maps(database, shelf / "all.db")
    assert files_in(shelf) == ["all.db", "all.maps.db"]
    assert rows_in(shelf / "all.maps.db") == rows_in(maps_beside(database))
    assert made.maps_bytes == (shelf / "all.maps.db").stat().st_size
    assert check(made.path).notes == ()


def test_it_is_whole_while_somebody_writes(store: Store, database: Path, shelf: Path) -> None:
    done = threading.Event()

    def write() -> None:
        with closing(Store.open(database)) as other:
            while not done.is_set():
                other.take_in(new_photo(f"{os.urandom(8).hex()}.jpg"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        wait_until(lambda: store.counts(FOLDER).photos > 0)
        made = [back_up(database, shelf) for _ in range(3)]
    finally:
        done.set()
        writer.join()
    assert all(check(each.path).holds for each in made)
    assert [each.counts.photos for each in made] == sorted(each.counts.photos for each in made)


def test_a_folder_that_is_not_there_is_not_made(database: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongDestination, match="mount the disk"):
        back_up(database, tmp_path / "not mounted" / "nevus.db")
    assert not (tmp_path / "not mounted").exists()


def test_nothing_is_overwritten(database: Path, shelf: Path) -> None:
    there = shelf / "there.db"
    there.write_text("a letter")
    with pytest.raises(WrongDestination, match="never takes another file's place"):
        back_up(database, there)
    (shelf / "link.db").symlink_to(there)
    with pytest.raises(WrongDestination):
        back_up(database, shelf / "link.db")
    assert there.read_text() == "a letter"


def test_none_lies_among_the_photos(place: Path) -> None:
    with pytest.raises(WrongDestination, match="photos' folder"):
        check_outside(place / "photos" / "sub" / "nevus.db", place / "photos")
    check_outside(place / "nevus.db", place / "photos")


def test_a_damaged_database_is_not_taken_for_a_good_one(database: Path, shelf: Path) -> None:
    execute(database, "UPDATE decision SET draft_id = 77 WHERE id = 1")
    with pytest.raises(DamagedDatabase, match=r"nevus\.db is damaged"):
        back_up(database, shelf)
    assert files_in(shelf) == []


def test_a_database_of_an_older_form_stays_one(tmp_path: Path, shelf: Path) -> None:
    old = unpack("0002", tmp_path)
    made = back_up(old, shelf)
    assert rows_in(made.path) == rows_in(old)
    assert rows_in(made.path)["alembic_version"] == [{"version_num": "0002"}]


def test_what_is_no_database_of_ours_is_not_copied(tmp_path: Path, shelf: Path) -> None:
    with pytest.raises(NoDatabase):
        back_up(tmp_path / "none.db", shelf)
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as connection, connection:
        connection.execute("CREATE TABLE song (name)")
    with pytest.raises(ForeignFile):
        back_up(foreign, shelf)
    assert files_in(shelf) == []
    assert files_in(tmp_path) == ["foreign.db", "shelf"]


def test_a_folder_that_may_not_be_written_is_said(database: Path, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        target = Path("/proc/nevus.db")
    else:
        (tmp_path / "closed").mkdir(mode=0o500)
        target = tmp_path / "closed" / "nevus.db"
    with pytest.raises(UpkeepError, match="No backup could be made"):
        back_up(database, target)


def test_what_a_killed_one_left_is_cleared_by_the_next(database: Path, shelf: Path) -> None:
    pid = os.fork()
    if not pid:
        # All is copied, and it has no name yet.
        os.link = lambda *_args, **_named: os._exit(0)
        with suppress(BaseException):
            back_up(database, shelf)
        os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0
    assert [name.rsplit(".")[-1] for name in files_in(shelf)] == ["part"]
    made = back_up(database, shelf)
    assert files_in(shelf) == [made.path.name]


def test_a_backup_on_a_disk_that_is_not_there_stays_known(database: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    kept, deleted = back_up(database, disk).path, back_up(database, tmp_path).path
    deleted.unlink()
    disk.rename(tmp_path / "in a drawer")
    with places(database) as noted:
        assert [each.path for each in noted.read()] == [kept]
