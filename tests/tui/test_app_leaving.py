"""Leaving the app in a real terminal while something behind the screen would take for ever."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pexpect
import pytest
from PIL import Image

from db.arrivals import NewPhoto
from imaging.decode.photo import fingerprint, read_file
from imaging.framing import Size
from pipeline.intake.scan import file_stat
from tests.support.pictures import endless_jpeg
from tests.tui.driving import Clinic, drawn
from tests.tui.test_app_launch import PATIENCE, ROOT, RUN, running, saved_threshold

Child: TypeAlias = "pexpect.spawn[str]"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "nevus.db"


@pytest.fixture
def slow(clinic: Clinic) -> Path:
    """A photo that comes first in the batch, and takes longer than anyone waits."""
    path = clinic.folder / "a slow one.jpg"
    path.write_bytes(endless_jpeg())
    return path


def left(child: Child) -> None:
    """It has ended, and ended well; a photo that is still being decoded would take minutes."""
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def quit_by_key(key: str) -> Callable[[Child], None]:
    def press(child: Child) -> None:
        child.send(key)

    return press


def quit_by_signal(number: signal.Signals) -> Callable[[Child], None]:
    def send(child: Child) -> None:
        child.kill(number)

    return send


@pytest.mark.parametrize(
    "leave",
    [
        quit_by_key("q"),
        quit_by_key("\x03"),
        quit_by_signal(signal.SIGINT),
        quit_by_signal(signal.SIGTERM),
        quit_by_signal(signal.SIGHUP),
    ],
    ids=["q", "ctrl+c", "SIGINT", "SIGTERM", "SIGHUP"],
)
def test_however_it_is_left_all_is_saved_and_a_slow_photo_in_the_batch_holds_up_nothing(
    clinic: Clinic, database: Path, slow: Path, leave: Callable[[Child], None]
) -> None:
    photo_id = clinic.outline("photo.jpg")
    with running(clinic, database) as child:
        child.send("t")
        child.expect_exact("0.45")
        leave(child)
        left(child)
    assert saved_threshold(database, photo_id) == 0.45


def test_a_slow_photo_on_the_screen_does_not_hold_up_leaving(
    clinic: Clinic, database: Path, slow: Path
) -> None:
    clinic.store.take_in(NewPhoto(file_stat(slow), fingerprint(read_file(slow))))
    with running(clinic, database, shows="Opening a slow one.jpg") as child:
        child.send("q")
        left(child)


def test_a_pipe_in_the_folder_holds_up_neither_the_photos_behind_it_nor_leaving(
    clinic: Clinic, database: Path
) -> None:
    clinic.outline("photo.jpg")
    with running(clinic, database) as child:
        os.mkfifo(clinic.folder / "a.jpg")
        (clinic.folder / "b.jpg").symlink_to("/dev/zero")
        Image.fromarray(drawn(3, Size(320, 240))).save(clinic.folder / "later.jpg")
        child.expect_exact("later.jpg")
        child.send("q")
        left(child)


def test_once_all_is_saved_a_signal_ends_what_is_left_of_it(clinic: Clinic, database: Path) -> None:
    clinic.outline("photo.jpg")
    held_up = RUN + "print('all is saved', flush=True)\ninput()\n"
    with running(clinic, database, program=held_up) as child:
        child.send("q")
        child.expect_exact("all is saved")
        child.kill(signal.SIGTERM)
        child.expect(pexpect.EOF)
        child.close()
        assert child.signalstatus == signal.SIGTERM


def test_it_leaves_with_its_terminal_though_no_signal_says_so(
    clinic: Clinic, database: Path
) -> None:
    clinic.outline("a.jpg", 1)
    ours, its = os.openpty()
    # Not the terminal of its session: where that is gone, whoever leads the session is told, and
    # may keep it to himself.
    command = [sys.executable, "-c", RUN, str(clinic.folder), str(database)]
    environment = {**os.environ, "TERM": "xterm-256color"}
    child = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, cwd=ROOT, env=environment)
    os.close(its)
    sent = b""
    while b"threshold" not in sent:
        sent += os.read(ours, 65_536)
    os.close(ours)
    assert child.wait(PATIENCE) == 0
