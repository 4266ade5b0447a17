"""Whether SQLite itself finds a database whole, and each row's neighbours there."""

from collections.abc import Iterator

from sqlalchemy import Connection

_MOST = 100
"""Complaints that SQLite is asked for: behind the first few, one page explains them all."""


def complaints(connection: Connection) -> Iterator[str]:
    """A sentence for each thing that SQLite finds wrong with pages, indexes and foreign keys."""
    for (found,) in connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})"):
        if found != "ok":
            yield f"SQLite complains: {' '.join(str(found).split())}."
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"{table} {row} points at a row of {parent} that is not there."
