"""A backup is put back whole, never under somebody's hands, and nothing that lay there is lost."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from db.errors import DamagedDatabase, DatabaseBusy, ForeignFile
from db.sqlite.files import maps_beside
from db.sqlite.forms import newest_form
from db.store import Store
from db.values import DecisionKind
from pipeline.errors import UpkeepError
from pipeline.intake.lease import Lease
from pipeline.upkeep.backup import back_up, back_up_with_maps
from pipeline.upkeep.check import check
from pipeline.upkeep.forgetting import carry_out, plan
from pipeline.upkeep.restore import restore
from tests.db.conftest import new_photo, verdict
from tests.db.rows import rows_in, unpack
from tests.pipeline.upkeep.conftest import NOTE, execute


@pytest.fixture
def backup(database: Path, tmp_path: Path) -> Path:
    return back_up(database, tmp_path / "backup.db").path


def go_on(database: Path) -> None:
    """What happens after the backup: a photo, a decision."""
    with closing(Store.open(database)) as store:
        store.take_in(new_photo("new.jpg"))
        store.decide(verdict(store, 3, DecisionKind.REJECTED))


def test_it_is_put_back_and_what_was_there_is_kept(database: Path, backup: Path) -> None:
    then = rows_in(database)
    go_on(database)
    now = rows_in(database)
    done = restore(database, backup)
    assert rows_in(database) == then == rows_in(backup)
    assert done.aside is not None
    assert done.aside.name.startswith("nevus.db.replaced-")
    assert rows_in(done.aside) == now
    assert done.lost == {"photo": 1, "decision": 1, "edit": 0}
    assert (done.counts.photos, done.counts.decided) == (3, 1)
    beside = {path.name for path in database.parent.iterdir()}
    assert not {name for name in beside if name.endswith(("-wal", "-shm", ".restoring"))}
    assert check(database, photos=True).holds


def test_what_was_kept_can_be_put_back_again(database: Path, backup: Path) -> None:
    go_on(database)
    now = rows_in(database)
    aside = restore(database, backup).aside
    assert aside is not None
    again = restore(database, aside)
    assert rows_in(database) == now
    assert again.lost == {"photo": 0, "decision": 0, "edit": 0}


def test_nothing_is_changed_while_somebody_has_it_open(
    store: Store, database: Path, backup: Path
) -> None:
    store.decide(verdict(store, 3, DecisionKind.REJECTED))
    before = rows_in(database)
    with pytest.raises(DatabaseBusy, match="open in another nevus"):
        restore(database, backup)
    assert rows_in(database) == before
    assert not list(database.parent.glob("*.replaced-*"))
    store.decide(verdict(store, 3, DecisionKind.ACCEPTED))
    store.close()
    assert restore(database, backup).lost == {"photo": 0, "decision": 2, "edit": 0}


def test_nothing_is_changed_while_somebody_segments(database: Path, backup: Path) -> None:
    lease = Lease(database)
    assert lease.take()
    with pytest.raises(UpkeepError, match="Another nevus"):
        restore(database, backup)
    lease.release()


HOLDS_IT = """
import sys, sqlite3
one = sqlite3.connect(sys.argv[1])
one.execute("SELECT count(*) FROM photo").fetchone()
print("open", flush=True)
sys.stdin.read()
"""


def test_a_damaged_one_that_is_open_elsewhere_stays_too(database: Path, backup: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_IT, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with database.open("r+b") as file:
            file.write(b"T")
        with pytest.raises(DatabaseBusy):
            restore(database, backup)
        other.stdin.close()
    assert restore(database, backup).lost is None
    assert check(database).holds


def test_a_damaged_one_is_replaced_with_its_log_kept_beside_it(
    database: Path, backup: Path
) -> None:
    database.with_name("nevus.db-wal").write_bytes(b"a log of another time")
    damaged = b"damaged" * 1000
    database.write_bytes(damaged)
    done = restore(database, backup)
    assert done.aside is not None
    assert done.aside.read_bytes() == damaged
    assert done.aside.with_name(f"{done.aside.name}-wal").read_bytes() == b"a log of another time"
    assert done.lost is None
    assert rows_in(database) == rows_in(backup)


def test_what_is_in_the_log_of_a_killed_one_is_kept(database: Path, backup: Path) -> None:
    pid = os.fork()
    if not pid:
        go_on(database)
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("UPDATE decision SET note = 'in the log'")
            os._exit(0)
    os.waitpid(pid, 0)
    assert database.with_name("nevus.db-wal").stat().st_size
    aside = restore(database, backup).aside
    assert aside is not None
    assert {row["note"] for row in rows_in(aside)["decision"]} == {"in the log"}
    assert rows_in(database) == rows_in(backup)


def test_a_backup_of_an_older_form_is_brought_up(database: Path, tmp_path: Path) -> None:
    old = unpack("0002", tmp_path)
    before = old.read_bytes()
    done = restore(database, old)
    assert done.form == "0002"
    assert old.read_bytes() == before
    assert rows_in(database)["alembic_version"] == [{"version_num": newest_form()}]
    assert [path.name for path in database.parent.glob("*.before-*")] == []
    assert check(database).findings == ()


def test_what_was_forgotten_does_not_come_back(database: Path, backup: Path) -> None:
    saved = back_up_with_maps(database, backup.with_name("with maps.db")).path
    saved = saved.rename(saved.with_name("out of reach.db"))
    maps_beside(backup.with_name("with maps.db")).rename(maps_beside(saved))
    with closing(Store.open(database)) as store:
        (photo,) = store.photos_called("0.png")
        carry_out(store, plan(store, "0.png"), "ada")
    maps_beside(database).unlink()
    done = restore(database, saved)
    assert (done.left_out, done.counts.photos) == (1, 2)
    assert len(rows_in(database)["tombstone"]) == 1
    assert NOTE.encode() in saved.read_bytes()
    assert NOTE.encode() not in database.read_bytes()
    kept = {row["content_hash"] for row in rows_in(maps_beside(database))["map"]}
    assert kept
    assert photo.content_hash not in kept
    assert check(database).findings == ()
    again = restore(database, database.with_name(done.aside.name) if done.aside else saved)
    assert again.left_out == 0


def test_maps_come_back_where_there_are_none(database: Path, tmp_path: Path) -> None:
    copy = back_up_with_maps(database, tmp_path / "all.db").path
    maps = maps_beside(database)
    before = rows_in(maps)
    maps.unlink()
    restore(database, copy)
    assert rows_in(maps) == before


def test_it_is_put_where_there_was_none(backup: Path, tmp_path: Path) -> None:
    done = restore(tmp_path / "new.db", backup)
    assert (done.aside, done.lost) == (None, {})
    assert rows_in(tmp_path / "new.db") == rows_in(backup)


def test_what_is_no_whole_backup_is_refused(database: Path, backup: Path, tmp_path: Path) -> None:
    before = database.read_bytes()
    with pytest.raises(UpkeepError, match="the database itself"):
        restore(database, database)
    execute(backup, "UPDATE decision SET draft_id = 77 WHERE id = 1")
    with pytest.raises(DamagedDatabase):
        restore(database, backup)
    (tmp_path / "letter.db").write_text("a letter, and long enough to be one " * 100)
    with pytest.raises(ForeignFile):
        restore(database, tmp_path / "letter.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(ForeignFile, match="Name what nevus backup or nevus watch made"):
        restore(database, tmp_path / "empty.db")
    assert database.read_bytes() == before
