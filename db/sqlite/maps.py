"""Probability maps: a cache in a file of their own; losing it costs time and nothing else."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    insert,
    select,
)
from sqlalchemy.exc import StatementError

from db.errors import StoreError
from db.sqlite.engine import CACHE, driver_of, for_writing, open_engine
from db.sqlite.failures import explain_errors, name_of
from db.sqlite.files import beside, identity_of, maps_beside
from db.sqlite.packing import packed, unpacked
from db.sqlite.pruning import Waiting, keep_within
from db.sqlite.rights import make_beside, wait_until_shared
from imaging.framing import Probabilities

_METADATA = MetaData()
_MAP = Table(
    "map",
    _METADATA,
    Column("content_hash", String, primary_key=True),
    Column("model_hash", String, primary_key=True),
    Column("framing", String, primary_key=True),
    Column("height", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("grid", LargeBinary, nullable=False),
)
_PUT = insert(_MAP).prefix_with("OR REPLACE")
_DAMAGE = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
_MOVED = "SQLITE_READONLY_DBMOVED"
_LAID_BESIDE = ("", "-wal", "-shm", "-journal")
Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class KeptMap:
    """A map, float32 (height, width), whose values are exact in float16, and what it is of."""

    content_hash: str
    model_hash: str
    framing: str
    grid: Probabilities

    def row(self) -> dict[str, object]:
        """As it is stored."""
        return {
            "content_hash": self.content_hash,
            "model_hash": self.model_hash,
            "framing": self.framing,
            "height": self.grid.shape[0],
            "width": self.grid.shape[1],
            "grid": packed(self.grid),
        }


@dataclass(frozen=True)
class _Opened:
    """The file that was at the path when it was opened."""

    engine: Engine
    identity: tuple[int, int] | None


class Maps:
    """Maps by content, model and framing; kept as compressed float16.

    No failure of the cache stops the work: what it can't keep or give is a map that has to be
    computed again. Any thread may ask; the file is opened when it is first needed, and again when
    another one, or none, lies in its place. It lies beside the database, and is as open as that.
    With a `budget` in bytes, `prune` keeps them to it.
    """

    def __init__(self, database: Path, budget: int | None = None) -> None:
        self._database = database
        self._budget = budget
        self._path = maps_beside(database)
        self._opened: _Opened | None = None
        # Held while the file is opened, let go of or removed, never while it is read or written.
        self._changing = threading.Lock()

    def put(self, content_hash: str, model_hash: str, framing: str, grid: Probabilities) -> None:
        """Keep one map as `put_all` keeps several."""
        self.put_all([KeptMap(content_hash, model_hash, framing, grid)])

    def put_all(self, maps: Sequence[KeptMap]) -> None:
        """Keep maps in one transaction, if it can be done."""
        rows = [each.row() for each in maps]
        if not rows:
            return

        def write(connection: Connection) -> None:
            connection.execute(_PUT, rows)

        self._try(lambda engine: _in_transaction(for_writing(engine), write))

    def get(self, content_hash: str, model_hash: str, framing: str) -> Probabilities | None:
        """A map as it was put, or None where it was lost, is damaged or can't be read now."""
        key = {"content_hash": content_hash, "model_hash": model_hash, "framing": framing}
        columns = select(_MAP.c.height, _MAP.c.width, _MAP.c.grid)

        def read(connection: Connection) -> Probabilities | None:
            row = connection.execute(columns.filter_by(**key)).one_or_none()
            if row is None:
                return None
            with suppress(ValueError):
                return unpacked(row.grid, row.height, row.width)
            return None

        return self._try(lambda engine: _in_transaction(engine, read))

    def prune(self, waiting: Waiting) -> None:
        """Take some maps out where they take more than they may, those `waiting` last.

        Raises what `waiting` raises.
        """
        budget = self._budget
        if budget is not None and self._path.exists():
            self._try(lambda engine: keep_within(engine, budget, waiting))

    def forget(self, content_hash: str) -> None:
        """Take a photo's maps out, so that none of their bytes are left; losing others is no harm.

        Raises StoreError where that can't be done.
        """
        if not self._path.exists():
            return
        gone = delete(_MAP).filter_by(content_hash=content_hash)
        with explain_errors(self._path):
            engine = self._current().engine
            _in_transaction(for_writing(engine), lambda connection: connection.execute(gone))
            with driver_of(engine) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the file."""
        with self._changing:
            self._let_go()

    def _try(self, work: Callable[[Engine], Found]) -> Found | None:
        """What `work` gives, None where the cache fails; a damaged file is made anew first."""
        with suppress(StoreError, OSError), explain_errors(self._path):
            opened = self._current()
            try:
                return work(opened.engine)
            except StatementError as error:
                name = name_of(error.orig)
                if not name.startswith((*_DAMAGE, _MOVED)):
                    raise
                self._discard(opened, remove=name.startswith(_DAMAGE))
            return work(self._current().engine)
        return None

    def _current(self) -> _Opened:
        with self._changing:
            if self._opened is None or self._opened.identity != identity_of(self._path):
                self._let_go()
                self._opened = self._open()
            return self._opened

    def _open(self) -> _Opened:
        try:
            return self._made()
        except StatementError as error:
            if not name_of(error.orig).startswith(_DAMAGE):
                raise
            self._remove(identity_of(self._path))
            return self._made()

    def _made(self) -> _Opened:
        if not self._path.exists():
            make_beside(self._database, self._path)
        wait_until_shared(self._path)
        identity, engine = identity_of(self._path), open_engine(self._path, CACHE)
        try:
            _in_transaction(for_writing(engine), _METADATA.create_all)
        except BaseException:
            engine.dispose()
            raise
        return _Opened(engine, identity)

    def _discard(self, opened: _Opened, *, remove: bool) -> None:
        with self._changing:
            if self._opened is opened:
                self._let_go()
            if remove:
                self._remove(opened.identity)

    def _remove(self, identity: tuple[int, int] | None) -> None:
        # Another process may have made it anew already.
        if identity_of(self._path) == identity:
            for suffix in _LAID_BESIDE:
                with suppress(OSError):
                    beside(self._path, suffix).unlink()

    def _let_go(self) -> None:
        if self._opened is not None:
            self._opened.engine.dispose()
            self._opened = None


def _in_transaction(engine: Engine, work: Callable[[Connection], Found]) -> Found:
    with engine.begin() as connection:
        return work(connection)
