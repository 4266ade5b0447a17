"""The forms that a database's tables have had, and which one is found."""

import sqlite3
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from db.errors import ForeignFile, NewerDatabase, StoreError
from db.sqlite.engine import driver_of
from db.sqlite.failures import damaged
from db.sqlite.files import size_of
from db.tables import Table

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def form_at(engine: Engine, path: Path) -> str | None:
    """Which form the database of an engine has; `path` is what its failures name."""
    with driver_of(engine) as connection:
        return form_of(connection, path)


def form_of(connection: sqlite3.Connection, path: Path) -> str | None:
    """Which form a database has, None for an empty file.

    Raises ForeignFile, NewerDatabase, DamagedDatabase.
    """
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if not names:
        _check_empty(connection, path)
        return None
    if not {"alembic_version", "photo", "revision"} <= names:
        raise _not_ours(names, path)
    found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    if len(found) != 1:
        raise damaged(path, "it doesn't say its form")
    ((form,),) = found
    if form not in _forms():
        raise _unknown_form(form, path)
    if form == newest_form() and not set(Table.metadata.tables) <= names:
        raise damaged(path, "a table is missing")
    return str(form)


def _check_empty(connection: sqlite3.Connection, path: Path) -> None:
    """A database that only looks empty must not be filled anew: what was in it is still there."""
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    if size_of(path) > page:
        raise damaged(path, "its list of tables is gone")


def _not_ours(names: set[str], path: Path) -> StoreError:
    ours = set(Table.metadata.tables)
    if 2 * len(names & ours) >= len(ours):
        return damaged(path, "a table is missing")
    return ForeignFile(f"{path} is a database of another program. Name another file with --db.")


def _unknown_form(form: object, path: Path) -> StoreError:
    if not (isinstance(form, str) and form.isdecimal() and form > newest_form()):
        return damaged(path, f"its form is {form!r}")
    return NewerDatabase(
        f"{path} was written by a newer nevus (form {form}). Update nevus; nothing was changed."
    )


def newest_form() -> str:
    """The form that this nevus brings a database to."""
    return _forms()[0]


@cache
def _forms() -> tuple[str, ...]:
    """All there have been, the newest first, as the files of the migrations are named.

    Alembic would say it too, and takes a tenth of the start of every command to be loaded.
    """
    names = (path.name for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    return tuple(sorted((name.partition("_")[0] for name in names), reverse=True))
