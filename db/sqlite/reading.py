"""Read a database and change nothing: no file is made, migrated, or recovered in place.

SQLite lays a log and an index beside a database that it opens, even to read, and leaves them there
where it may not write. So how a database is opened depends on what lies beside it.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from errno import ENOSPC
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from db.errors import (
    DatabaseBusy,
    DiskFull,
    ReadOnlyDatabase,
    StoreError,
    UnreadableDatabase,
)
from db.sqlite.engine import READING, open_engine, open_to_read
from db.sqlite.failures import damaged, explain_errors
from db.sqlite.files import beside, index_of, journal_of, log_of, size_of

_MAGIC, _WRITE_VERSION, _JOURNAL_MODES = b"SQLite format 3\0", 18, {1: "delete", 2: "wal"}
"""How SQLite's header begins, and its byte that says how the file is written
(sqlite.org/fileformat2.html)."""
_LOG_HEADER = 32
"""The bytes of a write-ahead log before the first of its frames (the same page)."""
_TRIES = 5
Found = TypeVar("Found")
Work = Callable[[Engine], Found]


@dataclass(frozen=True)
class _Way:
    """How to open what lies at a path; `alone` where that is right only if nobody writes."""

    alone: bool
    copied: bool = False
    options: dict[str, str] = field(default_factory=dict)


_SHARED = _Way(alone=False, options={"readonly_shm": "1"})
"""Somebody has it open, or was killed: log and index are there and say what is newest."""
_LOCKED = _Way(alone=False)
"""Without a write-ahead log nothing is laid beside it to read, and locks hold writers off."""
_UNTOUCHED = _Way(alone=True, options={"immutable": "1"})
"""Nobody has it open, and an index would have to be made to open it in another way."""
_COPIED = _Way(alone=True, copied=True)
"""What a killed process left has to be brought into it first, which is a change."""


def read(path: Path, work: Work[Found]) -> Found:
    """What `work` reads from the database at `path`, which must exist, with its newest commits.

    `work` may run more than once. Raises StoreError.
    """
    for _ in range(_TRIES):
        way, before = _way(path), _signature(path)
        failure: StoreError | None = None
        try:
            found = _through(way, path, work)
        except StoreError as error:
            failure = error
        disturbed = _signature(path) != before
        if failure is None and not (way.alone and disturbed):
            return found
        if failure is not None and not disturbed:
            raise failure
        # Pages from before and from after a change look like damage, and files may come and go.
    if failure is not None and not way.alone:
        raise failure
    raise DatabaseBusy(
        f"{path} was changed by another program each time it was read. Close what "
        "else works on it, or wait, and try again."
    )


def journal_mode(path: Path) -> str:
    """How a database is written, `wal` or `delete`. Raises DamagedDatabase where in no known way.

    Asked over a connection to an immutable file, SQLite says "delete" whatever the header says.
    """
    with path.open("rb") as file:
        header = file.read(_WRITE_VERSION + 1)
    if len(header) <= _WRITE_VERSION or not header.startswith(_MAGIC):
        # An empty one, or none at all: SQLite says so itself.
        return "delete"
    mode = _JOURNAL_MODES.get(header[_WRITE_VERSION])
    if mode is None:
        raise damaged(path, "its header doesn't say how it is written")
    return mode


@contextmanager
def copied(path: Path) -> Iterator[Path]:
    """A copy of the database with what lies beside it, in a folder that goes when the block ends.

    Where another program may be writing, see `read`.
    """
    with tempfile.TemporaryDirectory(prefix="nevus-") as folder:
        target = Path(folder) / path.name
        for suffix in ("", "-wal", "-journal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(beside(path, suffix), beside(target, suffix))
        yield target


def _through(way: _Way, path: Path, work: Work[Found]) -> Found:
    with _said(path):
        if not way.copied:
            return _worked(open_to_read(path, way.options), work)
        with copied(path) as copy:
            return _worked(open_engine(copy, READING), work)


def _worked(engine: Engine, work: Work[Found]) -> Found:
    try:
        return work(engine)
    finally:
        engine.dispose()


def _way(path: Path) -> _Way:
    with _said(path):
        log = size_of(log_of(path))
        # Of a log that was begun and no more, SQLite waits for ten seconds for its first frame.
        begun = 0 < log <= _LOG_HEADER
        if log_of(path).exists() and index_of(path).exists() and not begun:
            return _SHARED
        if log > _LOG_HEADER or size_of(journal_of(path)):
            return _COPIED
        return _UNTOUCHED if journal_mode(path) == "wal" else _LOCKED


def _signature(path: Path) -> list[tuple[int, int, int] | None]:
    """What tells that a database was changed, or is about to be."""
    return [_stamp(beside(path, suffix)) for suffix in ("", "-wal", "-shm", "-journal")]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


@contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        with explain_errors(path):
            yield
    except ReadOnlyDatabase as error:
        raise _unreadable(path, "SQLite may not open it") from error
    except OSError as error:
        if error.errno == ENOSPC:
            raise DiskFull(
                f"There is no room in {tempfile.gettempdir()} for a copy of {path} "
                "to read. Make room, then try again."
            ) from error
        raise _unreadable(path, error.strerror or str(error)) from error


def _unreadable(path: Path, why: str) -> UnreadableDatabase:
    return UnreadableDatabase(
        f"{path} can't be read ({why}). Look at the permissions of the "
        "file, of those beside it, and of its folder."
    )
