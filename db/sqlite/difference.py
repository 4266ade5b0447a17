"""What one database holds and another doesn't, of whatever forms: by what people know of it."""

import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

from db.sqlite.engine import driver_of
from db.sqlite.reading import read

_KNOWN_BY = {
    "photo": "content_hash",
    "decision": "reviewer, created_at",
    "edit": "hash_before, hash_after, made_at",
}
"""Columns that say of a row which one it is, whatever number it has."""
Keys = dict[str, set[tuple[object, ...]]]


def missing_from(path: Path, other: Path) -> dict[str, int]:
    """How many photos, decisions and edits of one database another lacks. Raises StoreError."""
    here, there = read(path, _keys), read(other, _keys)
    return {table: len(keys - there.get(table, set())) for table, keys in here.items()}


def _keys(engine: Engine) -> Keys:
    found: Keys = {}
    with driver_of(engine) as connection:
        for table, columns in _KNOWN_BY.items():
            # An older form may lack one.
            with suppress(sqlite3.OperationalError):
                found[table] = set(connection.execute(f"SELECT {columns} FROM {table}"))
    return found
