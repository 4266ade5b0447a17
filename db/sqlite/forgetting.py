"""Take a picture out of a database file, of whatever form, so that none of its bytes are left.

What goes is found by the foreign keys that the file itself declares: every row from which they lead
to the photo, in tables of today and of any other day.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Engine

from db.columns import now
from db.sqlite.engine import MIGRATING, Pragmas, driver_of, set_pragmas
from db.sqlite.failures import damaged, explain_errors
from db.sqlite.forms import form_at
from db.sqlite.integrity import lost_neighbours
from db.sqlite.reading import read
from db.sqlite.spent import spend_ids

_ERASING: Pragmas = {**MIGRATING, "secure_delete": "ON"}
"""What is deleted is overwritten. Foreign keys go in circles: they are looked at at the end."""
_AT_ONCE = 500
_PHOTO = "photo"
Rows = dict[str, set[int]]
"""The rows of each table, by SQLite's own numbers."""


class _Pointer(NamedTuple):
    """A foreign key: a column of a table, and what it points at."""

    table: str
    column: str
    to_table: str
    to_column: str


@dataclass(frozen=True)
class Gone:
    """How many rows of each table went, or would; `wiped` is whether no byte of them is left."""

    rows: dict[str, int]
    wiped: bool = True

    @property
    def found(self) -> bool:
        """Whether the picture was there at all."""
        return bool(self.rows.get(_PHOTO))


def would_go(path: Path, content_hashes: Collection[str]) -> Gone:
    """What `forget` would delete from the database at `path`, only read. Raises StoreError."""

    def look(engine: Engine) -> Gone:
        form_at(engine, path)
        with driver_of(engine) as connection:
            return Gone(_counted(_doomed(connection, content_hashes)))

    return read(path, look)


def forget(path: Path, content_hashes: Collection[str], reviewer: str) -> Gone:
    """Delete all that is known of the pictures with these hashes, and wipe the file.

    The hashes stay as tombstones where the form has room for them. Raises StoreError; where another
    program holds the database so long that it can't be wiped, that is what the value says.
    """
    with explain_errors(path), closing(_connected(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            doomed = _doomed(connection, content_hashes)
            spend_ids(connection, doomed.keys())
            hashes = _hashes_of(connection, doomed[_PHOTO]) | set(content_hashes)
            _delete(connection, doomed)
            _remember(connection, hashes, reviewer)
            for complaint in lost_neighbours(connection):
                raise damaged(path, complaint)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        return Gone(_counted(doomed), _wipe(connection))


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    set_pragmas(connection, _ERASING)
    return connection


def _doomed(connection: sqlite3.Connection, content_hashes: Collection[str]) -> Rows:
    """Every row that goes with the pictures; a photo whose rows would go in part goes too."""
    pointers = list(_pointers(connection))
    doomed: Rows = defaultdict(set)
    doomed[_PHOTO] = _rows(connection, _PHOTO, "content_hash", list(content_hashes))
    while True:
        before = sum(map(len, doomed.values()))
        for pointer in pointers:
            doomed[pointer.table] |= _pointing(connection, pointer, doomed[pointer.to_table])
        for table in {pointer.table for pointer in pointers if pointer.to_table == _PHOTO}:
            photos = _values(connection, table, "photo_id", doomed[table])
            doomed[_PHOTO] |= _rows(connection, _PHOTO, "id", photos)
        if sum(map(len, doomed.values())) == before:
            break
    paths = _values(connection, "file", "path", doomed["file"])
    doomed["aside"] = _rows(connection, "aside", "path", paths)
    return doomed


def _pointers(connection: sqlite3.Connection) -> Iterator[_Pointer]:
    """Every foreign key but those from photo to photo, which say only what a path held before."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        for row in connection.execute(f'PRAGMA foreign_key_list("{table}")').fetchall():
            _, _, to_table, column, to_column, *_ = row
            if table != _PHOTO:
                yield _Pointer(table, column, to_table, to_column)


def _pointing(connection: sqlite3.Connection, pointer: _Pointer, rows: set[int]) -> set[int]:
    values = _values(connection, pointer.to_table, pointer.to_column, rows)
    return _rows(connection, pointer.table, pointer.column, values)


def _values(
    connection: sqlite3.Connection, table: str, column: str, rows: Collection[int]
) -> list[object]:
    return _ask(connection, f'SELECT "{column}" FROM "{table}" WHERE rowid', list(rows))


def _rows(
    connection: sqlite3.Connection, table: str, column: str, values: Sequence[object]
) -> set[int]:
    return set(_ask(connection, f'SELECT rowid FROM "{table}" WHERE "{column}"', values))


def _ask(connection: sqlite3.Connection, question: str, values: Sequence[object]) -> list[Any]:
    found: list[Any] = []
    for some in _some(values):
        marks = ", ".join("?" * len(some))
        found += [row[0] for row in connection.execute(f"{question} IN ({marks})", some)]
    return found


def _some(values: Sequence[object]) -> Iterator[Sequence[object]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


def _counted(doomed: Rows) -> dict[str, int]:
    return {table: len(rows) for table, rows in doomed.items() if rows}


def _hashes_of(connection: sqlite3.Connection, photos: set[int]) -> set[str]:
    return {str(value) for value in _values(connection, _PHOTO, "content_hash", photos)}


def _delete(connection: sqlite3.Connection, doomed: Rows) -> None:
    photos = _values(connection, _PHOTO, "id", doomed[_PHOTO])
    for some in _some(photos):
        marks = ", ".join("?" * len(some))
        connection.execute(
            f"UPDATE photo SET supersedes_id = NULL WHERE supersedes_id IN ({marks})", some
        )
    for table, rows in doomed.items():
        for some in _some(list(rows)):
            marks = ", ".join("?" * len(some))
            connection.execute(f'DELETE FROM "{table}" WHERE rowid IN ({marks})', some)


def _remember(connection: sqlite3.Connection, hashes: Collection[str], reviewer: str) -> None:
    made = "SELECT count(*) FROM sqlite_master WHERE name = 'tombstone'"
    if not connection.execute(made).fetchone()[0]:
        return
    moment = now().replace(tzinfo=None).isoformat(" ", timespec="microseconds")
    connection.executemany(
        "INSERT OR IGNORE INTO tombstone (content_hash, reviewer, made_at) VALUES (?, ?, ?)",
        [(content_hash, reviewer, moment) for content_hash in sorted(hashes)],
    )


def _wipe(connection: sqlite3.Connection) -> bool:
    """Write the file anew without what was deleted ever, and empty its log; whether that went."""
    try:
        connection.execute("VACUUM")
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return False
    return not busy
