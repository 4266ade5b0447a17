"""The store: its methods are the only queries there are."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from db.bringing import Bringing
from db.checking import Checking
from db.claims import Claims
from db.decisions import Decisions
from db.disagreements import Disagreements
from db.drafts import Drafts
from db.errors import StoreError
from db.queue import QueuePages
from db.remarks import Remarking
from db.reviewed import Reviewed
from db.shapes import Shapes
from db.sqlite.absence import no_database
from db.sqlite.changes import Changes
from db.sqlite.maps import Maps
from db.sqlite.opening import as_of_now, prepare
from db.sqlite.reading import read
from db.statistics import Statistics
from db.taking_in import TakingIn
from db.to_open import Opening
from db.together import Together

Found = TypeVar("Found")


@dataclass(frozen=True)
class _Failed:
    error: Exception


class Store(
    TakingIn,
    Bringing,
    Drafts,
    Decisions,
    Together,
    Remarking,
    Shapes,
    Reviewed,
    Statistics,
    QueuePages,
    Claims,
    Opening,
    Disagreements,
    Checking,
):
    """An open database. Its methods may be called from any thread; each is one transaction,
    that of an iterator from its first value to its last.

    All of them raise StoreError with a sentence when the database can't do what was asked.
    """

    @classmethod
    def open(cls, path: Path, group: str | None = None, maps_budget: int | None = None) -> "Store":
        """Open the database at `path`, made or migrated if need be, and shared with a `group`.

        Where maps take more than `maps_budget` bytes, some go with each that comes. Raises
        StoreError.
        """
        engine = prepare(path, group)
        return cls(path, engine, Maps(path, maps_budget))

    @classmethod
    def read(cls, path: Path, work: Callable[["Store"], Found]) -> Found:
        """What `work` reads from the database at `path`, which is not written, nor beside it.

        `work` may run more than once, and its store may be of a copy. Raises StoreError, and what
        `work` itself raises.
        """
        if not path.is_file():
            raise no_database(path)

        def reading(engine: Engine) -> Found | _Failed:
            with as_of_now(engine, path) as present:
                try:
                    return work(cls(path, present, Maps(path)))
                except StoreError:
                    raise
                except Exception as error:
                    # Carried past those who would take it for a failure of the database.
                    return _Failed(error)

        found = read(path, reading)
        if isinstance(found, _Failed):
            raise found.error
        return found

    @property
    def path(self) -> Path:
        """Where the database lies."""
        return self._path

    def watch(self) -> Changes:
        """Tells whether anything is committed from now on; its first answer is that it was."""
        return Changes(self._engine, self._path)

    def close(self) -> None:
        """Let go of the files."""
        self._engine.dispose()
        self._maps.close()
