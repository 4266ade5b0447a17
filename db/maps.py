"""Probability maps: a cache in a file of their own; losing it costs time and nothing else."""

import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, delete, insert, select
from sqlalchemy.exc import DatabaseError

from db.engine import CACHE, for_writing, open_engine, said
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


def maps_beside(database: Path) -> Path:
    """Where the maps of a database lie."""
    return database.with_suffix(".maps.db")


class Maps:
    """Maps by content, model and framing; kept as compressed float16."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._open()
        except DatabaseError:
            self.close()
            for file in path.parent.glob(f"{path.name}*"):
                with suppress(OSError):
                    file.unlink()
            self._open()

    def _open(self) -> None:
        self._path.touch(mode=0o600)
        self._engine = open_engine(self._path, CACHE)
        with for_writing(self._engine).begin() as connection:
            _METADATA.create_all(connection)

    def put(self, content_hash: str, model_hash: str, framing: str, grid: Probabilities) -> None:
        """Keep a map, float32 (height, width) whose values are exact in float16."""
        key = {"content_hash": content_hash, "model_hash": model_hash, "framing": framing}
        data = zlib.compress(grid.astype("<f2").tobytes(), 1)
        with said(self._path), for_writing(self._engine).begin() as connection:
            connection.execute(delete(_MAP).filter_by(**key))
            values = {**key, "height": grid.shape[0], "width": grid.shape[1], "grid": data}
            connection.execute(insert(_MAP).values(values))

    def get(self, content_hash: str, model_hash: str, framing: str) -> Probabilities | None:
        """A map as it was put, or None where it was lost or is damaged."""
        key = {"content_hash": content_hash, "model_hash": model_hash, "framing": framing}
        columns = select(_MAP.c.height, _MAP.c.width, _MAP.c.grid)
        try:
            with self._engine.connect() as connection:
                row = connection.execute(columns.filter_by(**key)).one_or_none()
            if row is None:
                return None
            values = np.frombuffer(zlib.decompress(row.grid), "<f2")
            return values.astype(np.float32).reshape(row.height, row.width)
        except (DatabaseError, zlib.error, ValueError):
            return None

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()
