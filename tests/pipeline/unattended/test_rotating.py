"""The log file: bounded, readable by its owner alone, and no other file is touched."""

import errno
import os
import resource
import signal
import stat
from pathlib import Path

import pytest

from pipeline.unattended.rotating import RotatingFile


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_full_file_is_put_by_and_the_oldest_goes(tmp_path: Path) -> None:
    for name in ("log.3", "log.old", "other.1"):
        (tmp_path / name).write_text("not ours")
    file = RotatingFile(tmp_path / "log", most=10, kept=2)
    for number in range(7):
        file.write(f"{number:04}\n")
    assert contents(tmp_path) == {
        "log": "0006\n",
        "log.1": "0004\n0005\n",
        "log.2": "0002\n0003\n",
        "log.3": "not ours",
        "log.old": "not ours",
        "other.1": "not ours",
    }
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o600


def test_with_none_kept_it_begins_anew(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "log", most=4, kept=0)
    for word in ("one\n", "two\n"):
        file.write(word)
    assert contents(tmp_path) == {"log": "two\n"}


def test_a_line_longer_than_the_file_is_written_whole(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "log", most=4, kept=1)
    for line in ("a" * 9 + "\n", "b" * 9 + "\n"):
        file.write(line)
    assert contents(tmp_path) == {"log": "b" * 9 + "\n", "log.1": "a" * 9 + "\n"}


def test_it_goes_on_in_what_was_there_and_after_somebody_moved_it(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("before\n")
    file = RotatingFile(tmp_path / "log", most=1000, kept=1)
    file.write("one\n")
    (tmp_path / "log").rename(tmp_path / "moved")
    file.write("two\n")
    assert contents(tmp_path) == {"moved": "before\none\n", "log": "two\n"}


def test_after_half_a_line_the_next_begins_one_of_its_own(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "log", most=1000, kept=1)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        # No file may grow past this: what a full disk does in the middle of a line.
        resource.setrlimit(resource.RLIMIT_FSIZE, (6, hard))
        file.write("whole line\n")
        with pytest.raises(OSError, match=os.strerror(errno.EFBIG)):
            file.write("none\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    file.write("next\n")
    assert contents(tmp_path) == {"log": "whole \nnext\n"}
