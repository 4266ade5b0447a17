"""What a failure of SQLite, or of what was read from it, means: a StoreError with a sentence."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import MultipleResultsFound, NoResultFound, SQLAlchemyError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from db.errors import (
    DamagedDatabase,
    DatabaseBusy,
    DiskFull,
    ForeignFile,
    ForgottenPhoto,
    ReadOnlyDatabase,
    StoreError,
)
from db.sqlite.engine import BUSY_SECONDS
from db.sqlite.files import has_lived

_SENSELESS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    MultipleResultsFound,
    NoResultFound,
    StaleDataError,
)
"""What our code meets in rows that nevus can't have written: one wrong byte, and a date is none, a
kind of decision is unknown, a number is a text, a row's neighbour is missing."""
_LONGEST = 200
_LEAST_ROOM = 2**16
"""Bytes: an index of the log takes half of it, and grows by as much."""


@contextmanager
def explain_errors(path: Path) -> Iterator[None]:
    """Failures of the database at `path` inside the block become a StoreError with a sentence."""
    try:
        yield
    except StatementError as error:
        raise _explained(error.orig or error, path) from error
    except (sqlite3.Error, SQLAlchemyError, MemoryError, *_SENSELESS) as error:
        raise _explained(error, path) from error


def name_of(error: BaseException | None) -> str:
    """SQLite's name of an error (`SQLITE_CORRUPT_INDEX`), empty where it has none."""
    return getattr(error, "sqlite_errorname", "")


def _explained(error: BaseException, path: Path) -> StoreError:
    for names, sentence in _SENTENCES:
        if name_of(error).startswith(names):
            return sentence(error, path)
    # What SQLite lays beside the database it can't make longer either, and calls that otherwise.
    if name_of(error).startswith("SQLITE_IOERR") and not _room_beside(path):
        return no_room(path)
    # A text that is none is the driver's own complaint, and has no name.
    if isinstance(error, _SENSELESS) or "Could not decode" in str(error):
        return damaged(path, error)
    return StoreError(
        f"{path} could not be read or written ({_brief(error)}). Look at the disk, then try again."
    )


def _busy(_error: BaseException, path: Path) -> StoreError:
    return DatabaseBusy(
        f"{path} is held by another program for longer than {BUSY_SECONDS} "
        "seconds. Close what else works on it, or wait, and try again."
    )


def _full(_error: BaseException, path: Path) -> StoreError:
    return no_room(path)


def _foreign(error: BaseException, path: Path) -> StoreError:
    if has_lived(path):
        return damaged(path, error)
    return ForeignFile(f"{path} is no database of nevus. Name another file with --db.")


def _damaged(error: BaseException, path: Path) -> StoreError:
    return damaged(path, error)


def _refused(_error: BaseException, path: Path) -> StoreError:
    return read_only(path)


def _forgotten(_error: BaseException, _path: Path) -> StoreError:
    return ForgottenPhoto(
        "The photo is not known any more: somebody had it forgotten. Go on with another one."
    )


def damaged(path: Path, how: object) -> DamagedDatabase:
    """The error for a database that holds what nevus can't have written."""
    return DamagedDatabase(
        f"{path} is damaged ({_brief(how)}). Put back a copy of it: your backup, "
        "or the copy that nevus laid beside it when it last changed its form."
    )


def no_room(path: Path) -> DiskFull:
    """The error for a file that can't grow."""
    return DiskFull(f"There is no room left for {path}. Make room, then try again.")


def _room_beside(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free >= _LEAST_ROOM
    except OSError:
        return True


def read_only(path: Path) -> ReadOnlyDatabase:
    """The error for a database that can't be opened to write."""
    return ReadOnlyDatabase(
        f"{path} can't be opened to write. Look at the permissions of the file and "
        "of its folder, or name another place with --db."
    )


def _brief(what: object) -> str:
    text = " ".join(str(what).split()) or type(what).__name__
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_SENTENCES: tuple[tuple[tuple[str, ...], Callable[[BaseException, Path], StoreError]], ...] = (
    (("SQLITE_BUSY", "SQLITE_LOCKED"), _busy),
    (("SQLITE_FULL",), _full),
    (("SQLITE_NOTADB",), _foreign),
    (("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"), _refused),
    # What was there when it was opened can only have been forgotten: nothing else is ever deleted.
    (("SQLITE_CONSTRAINT_FOREIGNKEY",), _forgotten),
    # Our statements fit our tables: where SQLite finds no sense in one, a table is not as it was.
    (("SQLITE_CORRUPT", "SQLITE_ERROR", "SQLITE_TOOBIG", "SQLITE_MISMATCH"), _damaged),
)
