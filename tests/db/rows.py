"""Everything that a database file holds, read without any of our code."""

import gzip
import re
import sqlite3
from contextlib import closing
from pathlib import Path

Row = dict[str, object]
Rows = dict[str, list[Row]]
Made = tuple[str, str, str, list[str]]

DATA = Path(__file__).parents[1] / "data"


def unpack(form: str, folder: Path) -> Path:
    """A database that a nevus of this form made, in a folder."""
    path = folder / "old.db"
    path.write_bytes(gzip.decompress((DATA / f"form-{form}.db.gz").read_bytes()))
    return path


def rows_in(path: Path) -> Rows:
    """Each table's rows in the order of their keys."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = [name for kind, name, *_ in _schema(connection) if kind == "table"]
        return {name: _rows(connection, name) for name in names}


def schema_in(path: Path) -> list[Made]:
    """Kind, name and table of each table and index, and what it is made of."""
    with closing(sqlite3.connect(path)) as connection:
        return _schema(connection)


def _schema(connection: sqlite3.Connection) -> list[Made]:
    found = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2")
    return [(kind, name, table, _lines(sql or "")) for kind, name, table, sql in found]


def _lines(sql: str) -> list[str]:
    """In an order of ours: a table to which columns were added has others than a new one."""
    plain = " ".join(sql.replace('"', "").split())
    # At the commas that stand in no parentheses of their own.
    return sorted(re.split(r", (?![^(]*\))", plain.replace(" (", ",", 1).removesuffix(")").strip()))


def _rows(connection: sqlite3.Connection, table: str) -> list[Row]:
    found = [dict(row) for row in connection.execute(f'SELECT * FROM "{table}"')]
    return sorted(found, key=lambda row: [str(value).zfill(20) for value in row.values()])
