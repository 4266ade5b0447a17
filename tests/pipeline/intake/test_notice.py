"""The notice of who segments: true while its writer lives, and after it was killed."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from db.sqlite.files import lease_of
from pipeline.intake.lease import Lease, is_held
from pipeline.intake.notice import Board, Notice, Seen, look_for, notice_of

ROOT = Path(__file__).parents[3]
HOLDER = """
import sys
from pathlib import Path
from pipeline.intake.lease import Lease
from pipeline.intake.notice import Board

lease, board = Lease(Path(sys.argv[1])), Board(Path(sys.argv[1]), "watch", Path("/photos"))
assert lease.take()
board.begin()
board.tell(9, 4, None)
print("held", flush=True)
sys.stdin.read()
"""


def notice_in(database: Path) -> Notice:
    notice = look_for(database).notice
    assert notice is not None
    return notice


def test_nobody_is_nobody_and_to_ask_makes_no_file(tmp_path: Path) -> None:
    assert look_for(tmp_path / "a.db") == Seen(False, None)
    assert list(tmp_path.iterdir()) == []


def test_who_asks_does_not_take_the_lease(tmp_path: Path) -> None:
    lease = Lease(tmp_path / "a.db")
    assert lease.take()
    assert is_held(tmp_path / "a.db")
    lease.release()
    assert not is_held(tmp_path / "a.db")
    assert lease.take()
    lease.release()


def test_the_holder_says_who_it_is_and_how_far(tmp_path: Path) -> None:
    lease, board = Lease(tmp_path / "a.db"), Board(tmp_path / "a.db", "watch", tmp_path)
    assert lease.take()
    board.begin()
    for done in range(3):
        board.count()
        board.tell(3, done + 1, None)
    board.complain("b.jpg is cut.", tmp_path / "b.jpg")
    board.tell(3, 3, None)
    notice = notice_in(tmp_path / "a.db")
    assert (notice.pid, notice.program, notice.folder) == (os.getpid(), "watch", str(tmp_path))
    assert (notice.found, notice.done, notice.error) == (3, 3, "b.jpg is cut.")
    assert notice.error_path == str(tmp_path / "b.jpg")
    assert notice.per_minute is not None
    assert notice.since <= notice.at
    assert stat.S_IMODE(notice_of(tmp_path / "a.db").stat().st_mode) == 0o600
    board.end()
    lease.release()
    assert look_for(tmp_path / "a.db") == Seen(False, notice_in(tmp_path / "a.db"))
    assert notice_in(tmp_path / "a.db").ended


def test_what_comes_soon_after_another_is_not_forgotten(
    tmp_path: Path, until: Callable[[Callable[[], bool]], None]
) -> None:
    lease, board = Lease(tmp_path / "a.db"), Board(tmp_path / "a.db", "watch", tmp_path)
    assert lease.take()
    board.begin()
    for done in (5, 6, 7):
        board.tell(9, done)
    until(lambda: notice_in(tmp_path / "a.db").done == 7)
    board.tell(9, 8)
    board.end()
    lease.release()
    assert (notice_in(tmp_path / "a.db").done, notice_in(tmp_path / "a.db").ended) == (8, True)


def test_a_killed_holder_is_no_holder_and_its_last_word_no_good_bye(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        alive = look_for(database)
        process.send_signal(signal.SIGKILL)
        process.wait()
        dead = look_for(database)
    assert (alive.segmenting, dead.segmenting) == (True, False)
    assert alive.notice == dead.notice
    assert dead.notice is not None
    assert (dead.notice.pid, dead.notice.done, dead.notice.ended) == (process.pid, 4, False)


def test_the_notice_of_one_that_is_dead_is_not_taken_for_the_holder_s(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    board = Board(database, "watch", tmp_path)
    board.begin()
    board.end()
    lease = Lease(database)
    assert lease.take()
    assert look_for(database) == Seen(True, None)
    lease.release()


def test_what_is_no_notice_says_nothing(tmp_path: Path) -> None:
    for text in ("", "no json", "[]", json.dumps({"pid": 1}), '{"since": 3}'):
        notice_of(tmp_path / "a.db").write_text(text)
        assert look_for(tmp_path / "a.db") == Seen(False, None)


@pytest.mark.parametrize("which", [lease_of, notice_of])
def test_a_file_that_can_t_be_read_is_said_and_not_taken_for_nobody(
    tmp_path: Path, which: Callable[[Path], Path]
) -> None:
    database = tmp_path / "a.db"
    lease, board = Lease(database), Board(database, "watch", tmp_path)
    assert lease.take()
    board.begin()
    path = which(database)
    path.unlink()
    # A link to itself is a file that is there, and that not even root can read.
    path.symlink_to(path)
    seen = look_for(database)
    lease.release()
    assert (seen.segmenting, seen.notice) == (None if which is lease_of else True, None)
    assert seen.unread is not None
    assert f"{path} can't be read" in seen.unread
