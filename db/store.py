"""The store: its methods are the only queries there are."""

from pathlib import Path

from db.decisions import Decisions
from db.drafts import Drafts
from db.errors import NoDatabase
from db.maps import Maps, maps_beside
from db.masks import Masks
from db.opening import prepare
from db.photos import Photos
from imaging.text import printable


class Store(Photos, Masks, Drafts, Decisions):
    """An open database. Its methods may be called from any thread; each is one transaction.

    All of them raise StoreError with a sentence when the database can't do what was asked.
    """

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Open the database at `path`, made or migrated if need be. Raises StoreError."""
        engine = prepare(path)
        return cls(path, engine, Maps(maps_beside(path)))

    @classmethod
    def reopen(cls, path: Path) -> "Store":
        """Open the database that is at `path`, and make none. Raises NoDatabase, StoreError."""
        if not path.is_file():
            raise NoDatabase(
                f"There is no database at {printable(str(path))}: nothing was reviewed there. "
                "Run nevus review first, or name the database with --db."
            )
        return cls.open(path)

    @property
    def path(self) -> Path:
        """Where the database lies."""
        return self._path

    def close(self) -> None:
        """Let go of the files."""
        self._engine.dispose()
        self._maps.close()
