"""What every part of the store stands on: sessions that read, sessions that write, and the maps."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Integer, Select, bindparam, select
from sqlmodel import Session, SQLModel, col

from db.errors import MovedDatabase, StoreError, Unknown
from db.sqlite.engine import for_writing
from db.sqlite.failures import explain_errors
from db.sqlite.files import identity_of
from db.sqlite.maps import Maps
from db.tables import FileRow, PhotoRow, StandingRow
from imaging.framing import Size

Found = TypeVar("Found")

MOST_PIXELS = 2**28
"""More than a photo may have to be opened at all; what a mask of it takes is bytes of memory."""


class Sessions:
    """An open database; a session never leaves the methods of the classes built on this."""

    def __init__(self, path: Path, engine: Engine, maps: Maps) -> None:
        self._path = path
        self._engine = engine
        self._read_from: Engine | Connection = engine
        self._writing_engine = for_writing(engine)
        self._maps = maps
        self._identity = identity_of(path)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with (
            self._explaining(),
            Session(self._read_from, expire_on_commit=False) as session,
        ):
            yield session

    @contextmanager
    def at_one_moment(self) -> Iterator[Self]:
        """A store whose methods all read the database as the first of them finds it.

        For one thread, and to read: what is stored meanwhile, by whomever, it doesn't see. Of such
        a store it is the same moment.
        """
        if self._read_from is not self._engine:
            yield self
            return
        with ExitStack() as stack:
            # Not around the block: what goes wrong in there is not the database's.
            with self._explaining():
                connection = stack.enter_context(self._engine.connect())
                # Never committed, which a damaged database refuses: closing takes it back.
                connection.begin()
            seen = copy(self)
            seen._read_from = connection
            yield seen

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """One transaction that holds the write lock; committed when the block ends well."""
        with (
            self._explaining(),
            Session(self._writing_engine, expire_on_commit=False) as session,
        ):
            yield session
            self._check_place()
            session.commit()

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """Failures of the database inside the block become a StoreError with a sentence."""
        self._check_place()
        try:
            with explain_errors(self._path):
                yield
        except StoreError:
            # It may have been taken away meanwhile, which would explain any other failure.
            self._check_place()
            raise

    def _check_place(self) -> None:
        """Raise MovedDatabase where the file that was opened does not lie at its path any more.

        SQLite writes on into one that was moved or deleted, and says that it is saved; what a new
        connection reads would be another database's.
        """
        if identity_of(self._path) != self._identity:
            raise MovedDatabase(
                f"{self._path} was moved, deleted or replaced while nevus had it "
                "open. Put it back as it was, or end nevus and start again with what lies there."
            )


def get_row(session: Session, table: type[SQLModel], key: Any) -> Any:
    """The row with this key. Raises Unknown."""
    return known(session.get(table, key), table, key)


def known(row: Found | None, table: type[SQLModel], key: object) -> Found:
    """The row that was looked for by this key. Raises Unknown."""
    if row is None:
        raise Unknown(
            f"The database holds no {table.__tablename__} {key}: perhaps somebody had the photo "
            "forgotten. Go on with another one."
        )
    return row


def follow(session: Session, table: type[SQLModel], key: Any) -> Any:
    """The row that another one points at. Raises as `present` does."""
    return present(session.get(table, key), table, key)


def present(row: Found | None, table: type[SQLModel], key: object) -> Found:
    """The row that another one points at. Raises LookupError: only damage can have taken it."""
    if row is None:
        raise LookupError(f"there is no {table.__tablename__} {key}")
    return row


def live_below(folder: str) -> ColumnElement[bool]:
    """Files that still lie under a folder; SQLite ignores case here, see `below`."""
    prefix = folder.rstrip("/") + "/"
    return col(FileRow.gone_at).is_(None) & col(FileRow.path).startswith(prefix, autoescape=True)


def below(path: str, folder: str) -> bool:
    """Whether a path lies under a folder, with case."""
    return path.startswith(folder.rstrip("/") + "/")


@dataclass(frozen=True, order=True)
class Place:
    """Where a file of a photo lies, or lay."""

    gone: bool
    path: str


def places_of(session: Session, photo_id: int) -> Sequence[Place]:
    """Where a photo's files are, those that still lie somewhere first, then by path."""
    found = session.connection().execute(_places(), {"photo_id": photo_id})
    # A column may hold anything, whatever its type: what is no text is no path.
    return sorted(Place(gone_at is not None, "" + path) for path, gone_at in found)


@cache
def _places() -> "Select[str, datetime | None]":
    of_photo = col(FileRow.photo_id) == bindparam("photo_id", type_=Integer)
    return select(col(FileRow.path), col(FileRow.gone_at)).where(of_photo)


def standing_of(session: Session, photo_id: int) -> StandingRow:
    """Where a photo stands. Raises Unknown."""
    return known_standing(session.get(StandingRow, photo_id))


def known_standing(row: StandingRow | None) -> StandingRow:
    """The standing that was looked for. Raises Unknown."""
    if row is None:
        raise Unknown(
            "The database holds no such photo any more: perhaps somebody had it forgotten."
        )
    return row


def size_of(photo: PhotoRow) -> Size:
    """A photo's size. Raises ValueError where no photo has it."""
    if min(photo.width, photo.height) < 1 or photo.width * photo.height > MOST_PIXELS:
        raise ValueError(f"a photo of {photo.width}×{photo.height} pixels")
    return Size(photo.width, photo.height)
