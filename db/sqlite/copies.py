"""Copies of a database, each whole and in a place of its own."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from db.sqlite.files import beside, journal_of


def lay_copy(source: sqlite3.Connection, target: Path) -> None:
    """A copy at a path where nothing is: whole and on the disk before it has its name."""
    part = beside(target, ".part")
    for left in (part, journal_of(part)):
        left.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        _flush(part)
        part.rename(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _flush(target.parent)


def free_name(path: Path) -> Path:
    """The path, or the first with a number behind it: a copy never takes another one's place."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = beside(path, f"-{number}")
    return free


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
