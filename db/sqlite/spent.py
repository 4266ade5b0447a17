"""Ids that were given once are never given again, also when the last row of a table is forgotten.

A screen may still hold one, and must not come to mean another photo with it. SQLite would give the
highest id anew; which ones were spent stands in the file's `user_version`, one number for all.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any

from sqlalchemy.ext.compiler import compiles

from db.columns import NextId


@compiles(NextId, "sqlite")
def _next(element: NextId, _compiler: Any, **_options: Any) -> str:
    spent = "(SELECT user_version FROM pragma_user_version)"
    return f"(SELECT max(coalesce(max(id), 0), {spent}) + 1 FROM {element.table})"


def spend_ids(connection: sqlite3.Connection, tables: Iterable[str]) -> None:
    """No id that these tables have now, or had, is given again; inside a transaction."""
    (spent,) = connection.execute("PRAGMA user_version").fetchone()
    for table in tables:
        columns = {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}
        if "id" in columns:
            (last,) = connection.execute(f'SELECT max(id) FROM "{table}"').fetchone()
            spent = max(spent, last or 0)
    connection.execute(f"PRAGMA user_version = {spent}")
