"""What is said of a folder while somebody segments, after that one ended, and with nobody ever."""

from collections.abc import Callable
from pathlib import Path

import pytest

from db.errors import NoDatabase
from db.store import Store
from pipeline.intake.lease import Lease
from pipeline.intake.notice import Board
from pipeline.intake.scan import file_stat
from pipeline.unattended.daily import Daily, DailyCopies
from pipeline.unattended.names import Names
from pipeline.unattended.status import Status, status_of, whose

Draw = Callable[..., Path]


def status(store: Store, folder: Path, key: bytes | None = None) -> Status:
    return status_of(Names(folder, key), DailyCopies.of(store.path, None, 3))


def test_without_a_database_it_is_a_sentence(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NoDatabase, match="There is no database"):
        status_of(Names(folder), DailyCopies.of(tmp_path / "a.db", None, 3))


def test_while_nobody_segments_what_is_not_known_waits(
    store: Store, folder: Path, draw: Draw, remembered: int
) -> None:
    draw(folder / "b.jpg", at=(20, 0))
    empty = folder / "c.jpg"
    empty.touch()
    store.set_aside(file_stat(empty), "c.jpg is empty.")
    found = status(store, folder)
    assert (found.segmenting, found.by) == (False, None)
    assert (found.waiting, found.photos, found.outlined) == (1, 1, 1)
    assert (found.set_aside, found.decided, found.last_copy) == (1, 0, None)
    assert found.free_bytes > 0
    folder.rename(folder.with_name("away"))
    assert status(store, folder).waiting is None


def test_while_somebody_segments_its_notice_says_how_far(store: Store, folder: Path) -> None:
    lease, board = Lease(store.path), Board(store.path, "watch", folder)
    assert lease.take()
    board.begin()
    board.complain("Miller.jpg can't be looked at.", folder / "Miller.jpg")
    board.tell(7, 4, "Miller.jpg can't be looked at.", folder / "Miller.jpg")
    found = status(store, folder)
    assert (found.segmenting, found.waiting) == (True, 3)
    assert found.by is not None
    assert found.by.error == "Miller.jpg can't be looked at."
    assert "Miller" not in str(status(store, folder, b"1" * 32))
    board.end()
    lease.release()
    found = status(store, folder)
    assert (found.segmenting, found.waiting) == (False, 0)
    assert found.by is not None
    assert found.by.ended


def test_what_lies_there_waits_though_the_holder_could_not_say_so(
    store: Store, folder: Path, draw: Draw, remembered: int
) -> None:
    lease, board = Lease(store.path), Board(store.path, "watch", folder)
    assert lease.take()
    board.tell(1, 1)
    draw(folder / "b.jpg", at=(20, 0))
    assert status(store, folder).waiting == 1
    lease.release()


def test_the_last_copy_is_told(store: Store, folder: Path) -> None:
    copies = DailyCopies.of(store.path, None, 3)
    Daily(copies, lambda _event, _sentence: None).look()
    last = status(store, folder).last_copy
    assert last is not None
    [copy] = copies.days().values()
    assert (last.path, last.bytes) == (str(copy), copy.stat().st_size)


def test_a_hash_of_the_log_leads_to_its_photo(store: Store, folder: Path, remembered: int) -> None:
    names = Names(folder, b"1" * 32)
    assert whose(names, store.path, names.of(folder / "mole.jpg")) == ["mole.jpg"]
    assert whose(names, store.path, names.of(folder / "none.jpg")) == []
