"""Whether a database was changed, by whomever, asked without reading it."""

import sqlite3
from pathlib import Path
from typing import cast

from sqlalchemy import Engine

from db.sqlite.failures import explain_errors


class Changes:
    """Asks a connection of its own for SQLite's number of the database's state.

    It costs microseconds, so that it can be asked every moment, and tells of every commit of every
    other connection, of this process too. For one thread at a time.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self._path = path
        with explain_errors(path):
            self._pooled = engine.raw_connection()
        self._version: object = None

    def any(self) -> bool:
        """Whether anything was committed since this was last asked; yes, at the first time.

        Raises StoreError.
        """
        connection = cast("sqlite3.Connection", self._pooled.driver_connection)
        with explain_errors(self._path):
            (version,) = connection.execute("PRAGMA data_version").fetchone()
        before, self._version = self._version, version
        return bool(before != version)

    def close(self) -> None:
        """Give the connection back."""
        self._pooled.close()
