"""The connection to SQLite: what every connection is set to, and how a transaction begins."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

import db.sqlite.spent  # noqa: F401  How an id is chosen must be known before the first insert.

VERSION = sqlite3.sqlite_version
"""Of SQLite itself."""
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
CACHE: Pragmas = {
    **DURABLE,
    "synchronous": "NORMAL",
    "busy_timeout": "250",
    "secure_delete": "ON",
    # Holds for a file that is empty yet.
    "auto_vacuum": "INCREMENTAL",
}
"""The last maps before a power cut may be lost, and one is sooner made anew than waited for. What
is deleted is overwritten: nobody could write a file of this size anew for one photo. For the same
reason it can be shortened from its end."""
READING: Pragmas = {"busy_timeout": DURABLE["busy_timeout"], "query_only": "ON"}


def open_engine(path: Path, pragmas: Pragmas = DURABLE) -> Engine:
    """An engine on a database file, which must exist. Transactions are deferred; see `for_writing`.

    Where the file was taken away meanwhile, a new connection fails and makes none in its place.
    """
    return _engine(_address(path, {"mode": "rw"}), pragmas)


def open_to_read(path: Path, how: Mapping[str, str]) -> Engine:
    """An engine that reads a database file, opened as `how` asks (sqlite.org/uri.html)."""
    return _engine(_address(path, {**how, "mode": "ro"}), READING)


def _address(path: Path, how: Mapping[str, str]) -> URL:
    place = f"file:{quote(os.fsencode(path))}"
    return URL.create("sqlite", database=place, query={**how, "uri": "true"})


def _engine(url: URL, pragmas: Pragmas) -> Engine:
    engine = create_engine(url)

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


@contextmanager
def driver_of(engine: Engine) -> Iterator[sqlite3.Connection]:
    """The driver's own connection, outside a transaction."""
    with closing(engine.raw_connection()) as pooled:
        yield cast("sqlite3.Connection", pooled.driver_connection)


def driver_in(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection of one that has a transaction."""
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def set_pragmas(connection: sqlite3.Connection, pragmas: Pragmas) -> None:
    """Set a connection up, outside a transaction."""
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name}={value}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
