"""Put another database in the place of one that nobody has open, which stays beside under a name.

At every moment one of the two, and whole, lies at the path: a kill leaves either.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from db.errors import DatabaseBusy, StoreError
from db.sqlite.copies import free_name, keep_copy
from db.sqlite.failures import explain_errors
from db.sqlite.files import beside, flush, index_of, journal_of, log_of
from db.sqlite.forms import form_at
from db.sqlite.opening import bring_up, held
from db.sqlite.reading import read

_LOCKED_BYTES = (512, 0x40000000)
"""How many bytes of a file SQLite locks, and from where on (sqlite.org/src/file/src/os.h)."""
_PATIENCE = 1.0
"""Seconds that a reader may take to end; who has it open longer works on it."""


def replace_database(path: Path, backup: Path, finish: Callable[[Path], None]) -> Path | None:
    """Put a copy of a backup, in the present form, where the database lies; where that lies now.

    `finish` is called with the copy before. None where there was no database. Raises DatabaseBusy
    where anybody has it open, StoreError, OSError.
    """
    with held(path), _made(path, backup) as new:
        finish(new)
        if not path.exists():
            new.replace(path)
            flush(path.parent)
            return None
        shutil.copymode(path, new)
        # Whoever may read the one may read the other, where a group shares it.
        with suppress(OSError):
            os.chown(new, -1, path.stat().st_gid)
        with _alone(path):
            aside = free_name(beside(path, f".replaced-{datetime.now():%Y-%m-%d-%H%M%S}"))
            _keep(path, aside)
            new.replace(path)
        flush(path.parent)
        return aside


@contextmanager
def _made(path: Path, backup: Path) -> Iterator[Path]:
    """The copy of a backup that is to lie at a path, brought to the present form."""
    new = beside(path, ".restoring")
    _clear(new)
    keep_copy(backup, new)
    try:
        bring_up(new)
        yield new
    finally:
        _clear(new)


def _clear(path: Path) -> None:
    for each in (path, *_logs(path)):
        each.unlink(missing_ok=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """While nobody has the database open; its log has been brought into it then.

    One that is damaged is locked from outside, and its log stays beside it. Raises DatabaseBusy.
    """
    with closing(_gained(path)) if _is_readable(path) else _locked(path):
        yield


def _is_readable(path: Path) -> bool:
    """Whether it may be opened: SQLite deletes the log of one that it finds to be no database."""
    try:
        return read(path, lambda engine: form_at(engine, path)) is not None
    except StoreError:
        return False


def _gained(path: Path) -> sqlite3.Connection:
    """A connection that nobody else has one beside. Raises StoreError."""
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    try:
        with explain_errors(path):
            # Whoever has it open, idle too, keeps SQLite from giving up the log.
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("BEGIN EXCLUSIVE")
    except DatabaseBusy as error:
        connection.close()
        raise _in_use(path) from error
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, *_LOCKED_BYTES)
        except OSError as error:
            raise _in_use(path) from error
        yield


def _in_use(path: Path) -> DatabaseBusy:
    return DatabaseBusy(
        f"{path} is open in another nevus, so nothing was put in its place. Quit every nevus that "
        "reviews, watches or segments this folder, then try again."
    )


def _keep(path: Path, aside: Path) -> None:
    """Give a database a second name, with the log that it still has; it loses none of its own."""
    try:
        os.link(path, aside)
    except OSError:
        # No links on this file system.
        shutil.copy2(path, aside)
        flush(aside)
    for log, kept in zip(_logs(path), _logs(aside), strict=True):
        with suppress(FileNotFoundError):
            log.rename(kept)


def _logs(path: Path) -> tuple[Path, Path, Path]:
    return log_of(path), index_of(path), journal_of(path)
