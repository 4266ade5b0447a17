"""What is said of a folder while somebody segments, after that one ended, and with nobody ever."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.counting import Counts
from db.errors import NoDatabase
from db.store import Store
from pipeline.intake.lease import Lease
from pipeline.intake.notice import Board
from pipeline.intake.scan import file_stat
from pipeline.unattended.daily import Daily, DailyCopies
from pipeline.unattended.names import Names
from pipeline.unattended.status import Status, status_of, whose
from pipeline.upkeep.backup import back_up

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
    assert found.to_segment == 1
    assert found.counts == Counts(photos=1, outlined=1, waiting=1, set_aside=1)
    assert (found.last_copy, found.copies_passed_over) == (None, ())
    assert found.free_bytes > 0
    store.ask_again(str(folder))
    assert status(store, folder).to_segment == 2
    folder.rename(folder.with_name("away"))
    assert status(store, folder).to_segment is None


def test_while_somebody_segments_its_notice_says_how_far(store: Store, folder: Path) -> None:
    lease, board = Lease(store.path), Board(store.path, "watch", folder)
    assert lease.take()
    board.begin()
    board.complain("Miller.jpg can't be looked at.", folder / "Miller.jpg")
    board.tell(7, 4, "Miller.jpg can't be looked at.", folder / "Miller.jpg")
    found = status(store, folder)
    assert (found.segmenting, found.to_segment) == (True, 3)
    assert found.by is not None
    assert found.by.error == "Miller.jpg can't be looked at."
    assert "Miller" not in str(status(store, folder, b"1" * 32))
    board.end()
    lease.release()
    found = status(store, folder)
    assert (found.segmenting, found.to_segment) == (False, 0)
    assert found.by is not None
    assert found.by.ended


def test_what_lies_there_waits_though_the_holder_could_not_say_so(
    store: Store, folder: Path, draw: Draw, remembered: int
) -> None:
    lease, board = Lease(store.path), Board(store.path, "watch", folder)
    assert lease.take()
    board.tell(1, 1)
    draw(folder / "b.jpg", at=(20, 0))
    assert status(store, folder).to_segment == 1
    lease.release()


def test_the_last_copy_is_the_one_made_last_whatever_was_written_since(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    copies = DailyCopies.of(store.path, None, 3)
    Daily(copies, lambda _event, _sentence: None).look()
    [daily] = copies.days().values()
    last = status(store, folder).last_copy
    assert last is not None
    assert (last.path, last.bytes, last.daily) == (str(daily), daily.stat().st_size, True)
    own = back_up(store.path, tmp_path / "own.db").path
    # As where a photo is forgotten in it, or somebody looks at it with another program.
    os.utime(own, (0, 0))
    last = status(store, folder).last_copy
    assert last is not None
    assert (last.path, last.daily) == (str(own), False)
    assert datetime.now(UTC) - last.at < timedelta(hours=1)


def test_a_copy_that_is_damaged_or_out_of_reach_is_passed_over_and_said(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    good = back_up(store.path, tmp_path / "good.db").path
    cut = back_up(store.path, tmp_path / "cut.db").path
    os.truncate(cut, cut.stat().st_size // 2)
    (tmp_path / "disk").mkdir()
    back_up(store.path, tmp_path / "disk")
    (tmp_path / "disk").rename(tmp_path / "elsewhere")
    found = status(store, folder)
    assert found.last_copy is not None
    assert found.last_copy.path == str(good)
    away, damaged = found.copies_passed_over
    assert "a disk that is not there now" in away
    assert str(cut) in damaged
    good.unlink()
    assert status(store, folder).last_copy is None


def test_a_hash_of_the_log_leads_to_its_photo(store: Store, folder: Path, remembered: int) -> None:
    names = Names(folder, b"1" * 32)
    assert whose(names, store.path, names.of(folder / "mole.jpg")) == ["mole.jpg"]
    assert whose(names, store.path, names.of(folder / "none.jpg")) == []


def test_what_is_set_aside_is_named_with_its_reason_and_hashed_where_names_are(
    store: Store, folder: Path
) -> None:
    for name in ("Miller.jpg", "Bauer/Miller.jpg"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        store.set_aside(file_stat(path), "Miller.jpg is empty.")
    found = status(store, folder).set_aside
    assert [each.path for each in found] == [f"{folder}/Bauer/Miller.jpg", f"{folder}/Miller.jpg"]
    hashed = status(store, folder, b"1" * 32).set_aside
    assert not any(name in str(hashed) for name in ("Miller", "Bauer"))
    assert all(each.reason == f"{each.name} is empty." for each in hashed)
