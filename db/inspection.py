"""Look at a database and change nothing: no file is made, migrated, or recovered in place."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from db.engine import DURABLE, said
from db.maps import maps_beside
from db.opening import form_of, newest_form

_WRITE_VERSION, _WAL_FORMAT = 18, 2
"""The byte of SQLite's header that says how the file is written (sqlite.org/fileformat2.html)."""
_SYNCHRONOUS = {"0": "OFF", "1": "NORMAL", "2": "FULL", "3": "EXTRA"}


@dataclass(frozen=True)
class DatabaseState:
    """What a database holds and how it is kept.

    `form` is None for an empty file; `damage` is what SQLite's quick check complains of, empty for
    a sound one; `outlined` counts photos with a prediction, `decided` those whose decision stands;
    `bytes` is the size of the database with its log, `maps_bytes` that of the cache of maps.
    `synchronous` is what nevus sets on its connections: SQLite doesn't keep it in the file.
    """

    form: str | None
    newest_form: str
    damage: str
    journal_mode: str
    synchronous: str
    photos: int
    outlined: int
    decided: int
    bytes: int
    maps_bytes: int

    @property
    def older(self) -> bool:
        """Whether opening it would migrate it."""
        return self.form != self.newest_form


def inspect(path: Path) -> DatabaseState:
    """Look at the database at `path`, which must exist.

    Raises StoreError where it is none of ours, newer than this nevus, damaged beyond reading, or
    may not be read.
    """
    with said(path), _read_only(path) as connection:
        form = form_of(connection, path)
        return DatabaseState(
            form=form,
            newest_form=newest_form(),
            damage=_damage(connection),
            journal_mode=_journal_mode(path),
            synchronous=_SYNCHRONOUS.get(DURABLE["synchronous"], DURABLE["synchronous"]),
            photos=_count(connection, form, "photo"),
            outlined=_count(connection, form, "prediction", "count(DISTINCT photo_id)"),
            decided=_count(connection, form, "standing", "count(decision_id)"),
            bytes=_size(path) + _size(_log(path)),
            maps_bytes=_size(maps_beside(path)) + _size(_log(maps_beside(path))),
        )


@contextmanager
def _read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that leaves no file behind.

    SQLite lays a log and an index beside a database that it opens, even to read. So a database that
    nobody has open is read as immutable; one whose log has its index is read with both; one whose
    log lost its index is copied first, for a new index would have to be written.
    """
    log, index = _log(path), path.with_name(f"{path.name}-shm")
    if _size(log) == 0:
        with _connected(path, "immutable=1") as connection:
            yield connection
    elif index.exists():
        with _connected(path, "readonly_shm=1") as connection:
            yield connection
    else:
        with tempfile.TemporaryDirectory() as folder:
            for file in (path, log):
                shutil.copy(file, folder)
            with _connected(Path(folder) / path.name, "cache=private") as connection:
                yield connection


@contextmanager
def _connected(path: Path, option: str) -> Iterator[sqlite3.Connection]:
    address = f"file:{quote(str(path))}?mode=ro&{option}"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        yield connection


def _journal_mode(path: Path) -> str:
    # Asked over a connection to an immutable file, SQLite says "delete" whatever the header says.
    with path.open("rb") as file:
        header = file.read(_WRITE_VERSION + 1)
    return "wal" if header[_WRITE_VERSION:] == bytes([_WAL_FORMAT]) else "delete"


def _damage(connection: sqlite3.Connection) -> str:
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return "" if answer == "ok" else str(answer)


def _count(
    connection: sqlite3.Connection, form: str | None, table: str, what: str = "count(*)"
) -> int:
    if form is None:
        return 0
    (number,) = connection.execute(f"SELECT {what} FROM {table}").fetchone()
    return int(number)


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
