"""The cache of maps, looked through without changing it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from db.errors import StoreError
from db.sqlite.files import size_of
from db.sqlite.packing import unpacked
from db.sqlite.reading import read

MapKey = tuple[str, str, str]
"""A map's content hash, model hash and framing."""
_ALL = "SELECT content_hash, model_hash, framing, height, width, grid FROM map"


@dataclass(frozen=True)
class KeptMaps:
    """The maps in a cache; `damaged` are those that can't be read back."""

    sound: frozenset[MapKey] = frozenset()
    damaged: frozenset[MapKey] = frozenset()


def kept_maps(path: Path) -> KeptMaps:
    """The maps in the cache at `path`, none where there is no file. Raises StoreError."""
    if not size_of(path):
        return KeptMaps()
    try:
        return read(path, _kept)
    except StoreError:
        if not path.exists():
            return KeptMaps()
        raise


def _kept(engine: Engine) -> KeptMaps:
    with engine.connect() as connection:
        if not _has_maps(connection):
            return KeptMaps()
        sound, damaged = set[MapKey](), set[MapKey]()
        for row in connection.exec_driver_sql(_ALL).yield_per(100):
            (sound if _is_sound(row) else damaged).add((row[0], row[1], row[2]))
        return KeptMaps(frozenset(sound), frozenset(damaged))


def _has_maps(connection: Connection) -> bool:
    """Whether the table was made yet: a process may die between the file and it."""
    made = "SELECT count(*) FROM sqlite_master WHERE name = 'map'"
    return bool(connection.exec_driver_sql(made).scalar())


def _is_sound(row: Sequence[Any]) -> bool:
    height, width, grid = row[3:]
    with suppress(ValueError, TypeError):
        return unpacked(grid, height, width).shape == (height, width)
    return False
