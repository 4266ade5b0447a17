"""What columns hold: moments, whole numbers without a sign, and nothing but what they say."""

import math
from datetime import UTC, datetime
from functools import cache
from types import NoneType
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, DateTime, Dialect, Integer, inspect, literal
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

Values: TypeAlias = dict[str, Any]
"""A row that is not stored yet, its values by their columns' names."""


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class Moment(TypeDecorator[datetime]):
    """A moment with its zone; stored in UTC, since SQLite keeps no zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Leave the zone out."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Say the zone again."""
        return None if value is None else value.replace(tzinfo=UTC)


class Unsigned(TypeDecorator[int]):
    """A whole number from 0 to 2**64 - 1, as inodes are; stored as the signed one of equal bits."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """The upper half becomes negative."""
        return None if value is None else (value + 2**63) % 2**64 - 2**63

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """And positive again."""
        return None if value is None else value % 2**64


class NextId(FunctionElement[int]):
    """The id of a table's next row, higher than any that it ever gave.

    Each database says in its own way how that is known.
    """

    inherit_cache = True
    type = Integer()

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(literal(table))


def check_row(row: SQLModel) -> None:
    """Raise ValueError where a row holds what its columns can't: SQLite itself minds no types."""
    for name, kinds in _columns(type(row)):
        value = row.__dict__[name]
        if not isinstance(value, kinds) or value in (math.inf, -math.inf):
            raise ValueError(f"{type(row).__tablename__}.{name} is {value!r}")


@cache
def _columns(table: type[SQLModel]) -> list[tuple[str, tuple[type[object], ...]]]:
    """Each column with the types of what it may give."""
    return [(column.key, _types_of(column)) for column in inspect(table).columns]


def _types_of(column: ColumnElement[object]) -> tuple[type[object], ...]:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    # A whole number is a number too.
    types = (float, int) if kind.python_type is float else (kind.python_type,)
    return (*types, NoneType) if getattr(column, "nullable", False) else types
