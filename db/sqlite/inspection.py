"""What a database holds and how it is kept, looked at without changing it."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlmodel import Session

from db.counting import Counts, count_photos
from db.sqlite.absence import no_database
from db.sqlite.engine import DURABLE
from db.sqlite.files import log_of, maps_beside, size_of
from db.sqlite.forms import form_at, newest_form
from db.sqlite.reading import journal_mode, read

_SYNCHRONOUS = {"0": "OFF", "1": "NORMAL", "2": "FULL", "3": "EXTRA"}


@dataclass(frozen=True)
class DatabaseState:
    """What a database holds and how it is kept.

    `form` is None for an empty file; `damage` is what SQLite's quick check complains of, empty for
    a sound one; `counts` are those of all photos; `bytes` is the size of the database with its log,
    `maps_bytes` that of the cache of maps.
    `synchronous` is what nevus sets on its connections: SQLite doesn't keep it in the file.
    """

    form: str | None
    newest_form: str
    damage: str
    journal_mode: str
    synchronous: str
    counts: Counts
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
    return read(path, lambda engine: _state(engine, path))


def form_in(path: Path) -> str:
    """Which form the database at `path` has. Raises StoreError, NoDatabase where there is none."""
    form = read(path, lambda engine: form_at(engine, path)) if path.is_file() else None
    if form is None:
        raise no_database(path)
    return form


def counts_in(path: Path) -> Counts:
    """How the photos in the database at `path` stand, of whatever form. Raises StoreError."""

    def count(engine: Engine) -> Counts:
        with Session(engine) as session:
            return count_photos(session, None)

    return read(path, count)


def _state(engine: Engine, path: Path) -> DatabaseState:
    form = form_at(engine, path)
    with engine.connect() as connection, Session(connection) as session:
        return DatabaseState(
            form=form,
            newest_form=newest_form(),
            damage=_damage(connection),
            journal_mode=journal_mode(path),
            synchronous=_SYNCHRONOUS.get(DURABLE["synchronous"], DURABLE["synchronous"]),
            counts=Counts() if form is None else count_photos(session, None),
            bytes=size_of(path) + size_of(log_of(path)),
            maps_bytes=size_of(maps_beside(path)) + size_of(log_of(maps_beside(path))),
        )


def _damage(connection: Connection) -> str:
    answer = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    return "" if answer == "ok" else str(answer)
