"""Rows that hold what their columns can't: SQLite itself minds no types."""

import json
from collections.abc import Iterator
from math import isfinite

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from db.tables import Table

_AT_ONCE = 200


def senseless_rows(session: Session) -> Iterator[str]:
    """A sentence for each table with a row that can't be read; the first such row is named."""
    for mapper in sorted(Table.__subclasses__(), key=lambda row: str(row.__tablename__)):
        why = _why_senseless(session, mapper)
        if why is not None:
            yield f"A row of {mapper.__tablename__} makes no sense: {why}."


def _why_senseless(session: Session, table: type[SQLModel]) -> str | None:
    rows = select(table).execution_options(yield_per=_AT_ONCE)
    try:
        for row in session.scalars(rows):
            _check_settings(row)
            session.expunge(row)
    except (ValueError, TypeError, OverflowError) as error:
        return str(error)
    return None


def _check_settings(row: SQLModel) -> None:
    text = getattr(row, "settings", None)
    if text is None:
        return
    found = json.loads(text)
    if not isinstance(found, dict) or not all(isfinite(value) for value in found.values()):
        raise ValueError(f"a tool set to {text!r}")
