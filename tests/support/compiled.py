"""Statements that are compiled once for all databases of the tests.

SQLAlchemy keeps what it compiled for each engine, and nearly each test opens a database anew: to
compile the same statements again took a third of the tests of the database. All engines are of one
kind and set up alike, so what was compiled for one is what would be compiled for the next.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

KEPT = 5000
"""Statements: more than nevus has, so that none is thrown away to be compiled again."""


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let all engines that are made meanwhile share what they compile."""
    make, shared = Engine.__init__, LRUCache[Any, Any](KEPT)

    def make_sharing(engine: Engine, *given: Any, **named: Any) -> None:
        make(engine, *given, **named)
        engine._compiled_cache = shared

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "__init__", make_sharing)
        # What is compiled is kept by what it was compiled for.
        patch.setattr(SQLiteDialect_pysqlite, "__eq__", _is_of_one_kind)
        patch.setattr(SQLiteDialect_pysqlite, "__hash__", _kind)
        yield


def _is_of_one_kind(one: SQLiteDialect_pysqlite, other: object) -> bool:
    return type(one) is type(other)


def _kind(one: SQLiteDialect_pysqlite) -> int:
    return hash(type(one))
