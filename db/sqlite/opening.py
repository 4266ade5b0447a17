"""Open a database: refuse what is none of ours, copy and migrate an older one, under a lock."""

import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from db.errors import ForeignFile
from db.sqlite.copies import free_name, lay_copy
from db.sqlite.engine import MIGRATING, READING, driver_of, for_writing, open_engine
from db.sqlite.failures import damaged, explain_errors, read_only
from db.sqlite.files import beside, lock_of, may_write
from db.sqlite.forms import form_at, form_of, newest_form
from db.sqlite.location import check_name, check_place
from db.sqlite.making import make_tables
from db.sqlite.reading import read
from db.sqlite.rights import (
    PRIVATE,
    check_member,
    check_place_of,
    make_beside,
    make_place,
    open_beside,
    share,
)


def prepare(path: Path, group: str | None = None) -> Engine:
    """An engine on the database at `path`, made or brought to the present form. Raises StoreError.

    Before a database is changed a copy is laid beside it, named for the form it was brought to. The
    members of a `group`, where one is named, may open it too from then on.
    """
    check_place(path)
    if group is not None:
        check_member(group)
    try:
        if path.exists():
            _check(path)
        else:
            check_name(path)
            make_place(path, group)
            if group is not None:
                check_place_of(path, group)
            path.touch(mode=PRIVATE)
        if group is not None:
            share(path, group)
        with held(path), explain_errors(path):
            _bring_up(path)
    except OSError as error:
        raise read_only(path) from error
    return open_engine(path)


def _check(path: Path) -> None:
    """Refuse what is none of ours, or can't be written, before anything is laid beside it."""
    if not path.is_file():
        raise ForeignFile(f"{path} is no ordinary file. Name another file with --db.")
    read(path, lambda engine: form_at(engine, path))
    if not (may_write(path) and may_write(path.parent)):
        raise read_only(path)


def _bring_up(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        form, head = form_of(connection, path), newest_form()
        if form == head:
            # A database that was put back from a copy may have lost it; readers would lock writers.
            connection.execute("PRAGMA journal_mode=WAL")
            return
        if form is not None:
            _check_pages(connection, path)
            copy = free_name(beside(path, f".before-{head}"))
            lay_copy(connection, copy)
            make_beside(path, copy)
    if form is not None:
        _migrate(path)
        return
    with _making(path) as connection:
        make_tables(connection)


def bring_up(path: Path) -> None:
    """Bring a copy that nobody else has to the present form."""
    if read(path, lambda engine: form_at(engine, path)) != newest_form():
        _migrate(path)


def _migrate(path: Path) -> None:
    from db.sqlite.migrating import bring_to

    with _making(path) as connection:
        bring_to(connection, "head")


@contextmanager
def _making(path: Path) -> Iterator[Connection]:
    """One transaction in which tables are made: all of it, or nothing."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    engine = open_engine(path, MIGRATING)
    try:
        with for_writing(engine).begin() as transaction:
            yield transaction
    finally:
        engine.dispose()


@contextmanager
def as_of_now(engine: Engine, path: Path) -> Iterator[Engine]:
    """An engine to read the database at `path` in the present form, from one that may be older.

    An older one is copied to a temporary place and migrated there.
    """
    if form_at(engine, path) == newest_form():
        yield engine
        return
    with tempfile.TemporaryDirectory(prefix="nevus-") as folder:
        # The database's own name may leave no room for one behind it.
        copy = Path(folder) / "copy.db"
        with driver_of(engine) as connection:
            lay_copy(connection, copy)
        _migrate(copy)
        migrated = open_engine(copy, READING)
        try:
            yield migrated
        finally:
            migrated.dispose()


def _check_pages(connection: sqlite3.Connection, path: Path) -> None:
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        raise damaged(path, answer)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Nobody else opens the database meanwhile; the system gives it back when its holder dies."""
    handle = open_beside(path, lock_of(path))
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
