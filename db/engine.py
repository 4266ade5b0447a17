"""The connection to SQLite: what every connection is set to, how a transaction begins, and what
SQLite's failures mean. The only file that knows the dialect."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from db.errors import (
    DamagedDatabase,
    DatabaseBusy,
    DiskFull,
    ForeignFile,
    ReadOnlyDatabase,
    StoreError,
)
from imaging.text import printable

BUSY_SECONDS = 5
Pragmas = Mapping[str, str]
DURABLE: Pragmas = {
    "busy_timeout": str(BUSY_SECONDS * 1000),
    "foreign_keys": "ON",
    "synchronous": "FULL",
    # A Mac's fsync leaves data in the drive's cache; elsewhere these two do nothing.
    "fullfsync": "ON",
    "checkpoint_fullfsync": "ON",
}
"""What is committed is on the disk."""
MIGRATING: Pragmas = {**DURABLE, "foreign_keys": "OFF"}
"""A table that is rebuilt is dropped first, and those that point to it must not mind."""
CACHE: Pragmas = {**DURABLE, "synchronous": "NORMAL"}
"""The last maps before a power cut may be lost; nothing is damaged."""


def open_engine(path: Path, pragmas: Pragmas = DURABLE) -> Engine:
    """An engine on a database file. Transactions are deferred; see `for_writing`."""
    engine = create_engine(URL.create("sqlite", database=str(path)))

    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        # The driver would begin transactions when it sees fit, and DDL outside of them.
        connection.isolation_level = None
        set_pragmas(connection, pragmas)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin)
    return engine


def for_writing(engine: Engine) -> Engine:
    """The same engine, whose transactions take the write lock at their start.

    A transaction that reads first and then wants to write fails at once when another wrote between,
    whatever the busy timeout.
    """
    return engine.execution_options(writes=True)


def set_pragmas(connection: sqlite3.Connection, pragmas: Pragmas) -> None:
    """Set a connection up, outside a transaction."""
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name}={value}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Failures of the database at `path` inside the block become a StoreError with a sentence."""
    try:
        yield
    except DBAPIError as error:
        raise explained(error.orig, path) from error
    except sqlite3.Error as error:
        raise explained(error, path) from error


def explained(error: BaseException | None, path: Path) -> StoreError:
    """The StoreError that says what an error of SQLite means for the database at `path`."""
    name = getattr(error, "sqlite_errorname", "")
    shown = printable(str(path))
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return DatabaseBusy(
            f"{shown} is held by another program for longer than {BUSY_SECONDS} seconds. "
            "Close what else works on it, or wait, and try again."
        )
    if name.startswith("SQLITE_NOTADB"):
        return ForeignFile(f"{shown} is no database of nevus. Name another file with --db.")
    if name.startswith("SQLITE_CORRUPT"):
        return DamagedDatabase(
            f"{shown} is damaged. Put back a copy of it: your backup, or the copy that nevus laid "
            "beside it when it last changed its form."
        )
    if name.startswith("SQLITE_FULL"):
        return DiskFull(f"There is no room left for {shown}. Make room, then try again.")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return read_only(path)
    return StoreError(
        f"{shown} could not be read or written ({printable(str(error))}). Look at the disk, then "
        "try again."
    )


def read_only(path: Path) -> ReadOnlyDatabase:
    """The error for a database that can't be opened to write."""
    return ReadOnlyDatabase(
        f"{printable(str(path))} can't be opened to write. Look at the permissions of the file and "
        "of its folder, or name another place with --db."
    )
