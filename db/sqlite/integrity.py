"""Whether SQLite itself finds a database whole, and each row's neighbours there."""

import sqlite3
from collections.abc import Iterator

_MOST = 100
"""Complaints that SQLite is asked for: behind the first few, one page explains them all."""


def complaints(connection: sqlite3.Connection) -> Iterator[str]:
    """A sentence for each thing that SQLite finds wrong with pages, indexes and foreign keys."""
    for (found,) in connection.execute(f"PRAGMA integrity_check({_MOST})"):
        if found != "ok":
            yield f"SQLite complains: {' '.join(str(found).split())}."
    yield from lost_neighbours(connection)


def lost_neighbours(connection: sqlite3.Connection) -> Iterator[str]:
    """A sentence for each row that points at one that is not there."""
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"{table} {row} points at a row of {parent} that is not there."
