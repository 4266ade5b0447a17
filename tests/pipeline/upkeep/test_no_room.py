"""On a disk without room each command says so, of the disk that is full, and changes nothing."""

import sqlite3
from pathlib import Path

import pytest

from db.errors import DiskFull
from db.sqlite.failures import explain_errors
from db.sqlite.files import backups_of
from db.store import Store
from pipeline.errors import UpkeepError
from pipeline.upkeep.backup import back_up
from pipeline.upkeep.restore import restore
from tests.support.small_disk import fill, small_disk


def test_a_backup_names_the_disk_that_it_goes_to(database: Path, tmp_path: Path) -> None:
    before = database.read_bytes()
    with small_disk(tmp_path / "disk") as disk:
        fill(disk)
        with pytest.raises(DiskFull, match=f"no room left for {disk}"):
            back_up(database, disk / "copy.db")
        assert [path.name for path in disk.iterdir()] == ["filler"]
    assert database.read_bytes() == before


def test_a_backup_that_can_not_be_listed_is_none_and_the_list_is_named(
    database: Path, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    with small_disk(tmp_path / "disk") as disk:
        own = back_up(database, disk / "nevus.db").path
        fill(disk)
        with pytest.raises(UpkeepError, match=f"{disk}/nevus.db.backups, the list"):
            back_up(own, target)
    assert not target.exists()


def test_a_list_that_can_not_be_written_is_named_and_not_the_place_of_the_backup(
    database: Path, tmp_path: Path
) -> None:
    backups_of(database).unlink(missing_ok=True)
    backups_of(database).mkdir()
    with pytest.raises(UpkeepError, match=r"\.backups, the list by which"):
        back_up(database, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_backup_that_is_put_back_names_the_disk_of_the_database(
    database: Path, tmp_path: Path
) -> None:
    backup = back_up(database, tmp_path / "copy.db").path
    with small_disk(tmp_path / "disk") as disk:
        back_up(database, disk / "nevus.db")
        fill(disk)
        before = (disk / "nevus.db").read_bytes()
        with pytest.raises(DiskFull, match=f"no room left for {disk}"):
            restore(disk / "nevus.db", backup)
        assert (disk / "nevus.db").read_bytes() == before


def test_a_database_that_can_not_be_opened_for_want_of_room_says_so(
    database: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        back_up(database, disk / "nevus.db")
        fill(disk)
        with pytest.raises(DiskFull, match="no room left"):
            Store.open(disk / "nevus.db").set_aside_files("/photos")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="/proc is a disk without room")
def test_what_sqlite_calls_otherwise_is_no_room_where_there_is_none() -> None:
    def fail() -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
        raise error

    with pytest.raises(DiskFull, match="no room left"), explain_errors(Path("/proc/nevus.db")):
        fail()
