"""Open a database: refuse what is none of ours, copy and migrate an older one, under a lock."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from db.engine import MIGRATING, for_writing, open_engine, read_only, said
from db.errors import ForeignFile, NewerDatabase
from db.location import check_place
from imaging.text import printable

MIGRATIONS = Path(__file__).parent / "migrations"


def prepare(path: Path) -> Engine:
    """An engine on the database at `path`, made or brought to the present form. Raises StoreError.

    Before a database is changed a copy is laid beside it, named for the form it had.
    """
    check_place(path)
    try:
        if path.exists():
            with said(path):
                _form(path)  # What is none of ours is refused before anything is laid beside it.
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        with _lock(path), said(path):
            _bring_up(path)
    except OSError as error:
        raise read_only(path) from error
    return open_engine(path)


def _bring_up(path: Path) -> None:
    form, head = _form(path), newest_form()
    if form == head:
        return
    if form is not None:
        _copy(path, path.with_name(f"{path.name}.before-{head}"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    engine = open_engine(path, MIGRATING)
    try:
        with for_writing(engine).begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def _form(path: Path) -> str | None:
    with closing(sqlite3.connect(path)) as connection:
        return form_of(connection, path)


def form_of(connection: sqlite3.Connection, path: Path) -> str | None:
    """Which form a database has, None for an empty file. Raises ForeignFile, NewerDatabase."""
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if not names:
        return None
    if not {"alembic_version", "photo", "revision"} <= names:
        raise ForeignFile(
            f"{printable(str(path))} is a database of another program. Name another file with --db."
        )
    (form,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if form not in {script.revision for script in _script().walk_revisions()}:
        raise NewerDatabase(
            f"{printable(str(path))} was written by a newer nevus (form {printable(str(form))}). "
            "Update nevus; nothing was changed."
        )
    return str(form)


def newest_form() -> str:
    """The form that this nevus brings a database to."""
    return str(_script().get_current_head())


def _copy(source: Path, target: Path) -> None:
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Held by one process at a time; the system gives it back when its holder dies."""
    with path.with_name(f"{path.name}.lock").open("a") as file:
        with suppress(OSError):
            path.with_name(f"{path.name}.lock").chmod(0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
