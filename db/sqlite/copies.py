"""Copies of a database, each whole and in a place of its own."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Engine

from db.sqlite.engine import driver_of
from db.sqlite.failures import damaged, explain_errors, name_of, no_room
from db.sqlite.files import beside, flush, journal_of
from db.sqlite.integrity import complaints
from db.sqlite.reading import read


def lay_copy(source: sqlite3.Connection, target: Path) -> None:
    """A copy at a path where nothing is: whole and on the disk before it has its name."""
    with _made_in(beside(target, ".part")) as part:
        _copy(source, part)
        part.rename(target)


def keep_copy(database: Path, target: Path) -> None:
    """A copy of the database at a path, which may be in use, at one where nothing is.

    It is looked through before it has its name, and never takes another file's place. For one
    process at a time. Raises StoreError and OSError.
    """
    with _made_in(_half(database, target.parent)) as part, explain_errors(target):
        rows = read(database, lambda engine: _copy_and_count(engine, part))
        read(part, lambda engine: _check(engine, database, rows))
        _name(part, target)


def _half(database: Path, folder: Path) -> Path:
    """Where a copy is made: one place for all of a database's, so that none is left by a kill."""
    key = sha256(os.fsencode(database.resolve())).hexdigest()[:12]
    return folder / f".nevus-{key}.part"


@contextmanager
def _made_in(part: Path) -> Iterator[Path]:
    """A new file that gets its name in the block; it is gone at its end, or its folder flushed."""
    for left in (part, journal_of(part)):
        left.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)
    flush(part.parent)


def _copy(source: sqlite3.Connection, part: Path) -> None:
    try:
        with closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
    except sqlite3.OperationalError as error:
        if name_of(error) == "SQLITE_FULL":
            # Where the copy goes: the database itself may lie on a disk with room.
            raise no_room(part.parent) from error
        raise
    flush(part)


def _copy_and_count(engine: Engine, part: Path) -> dict[str, int]:
    with driver_of(engine) as connection:
        connection.execute("BEGIN")
        try:
            # Before it is copied: the first read is what fixes the moment for both.
            rows = _rows_in(connection)
            _copy(connection, part)
            return rows
        finally:
            connection.execute("ROLLBACK")


def _check(engine: Engine, database: Path, rows: dict[str, int]) -> None:
    """Raise DamagedDatabase where a copy is not whole: then what it was copied from is not."""
    with driver_of(engine) as connection:
        complaint = next(complaints(connection), None)
        if complaint is None and _rows_in(connection) != rows:
            complaint = "it holds other rows than what was copied"
    if complaint is not None:
        raise damaged(database, complaint)


def _rows_in(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has, whatever the form."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for (name,) in names
    }


def _name(part: Path, target: Path) -> None:
    """Give a file its name, unless another has it."""
    try:
        # A rename would put it in another one's place.
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:
        # No links on this file system.
        part.rename(target)


def free_name(path: Path) -> Path:
    """The path, or the first with a number behind it: a copy never takes another one's place."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = beside(path, f"-{number}")
    return free
