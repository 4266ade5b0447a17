"""What all tables have in common: names of constraints, ids that are not used again, checks."""

from typing import Any, ClassVar

from sqlalchemy import MetaData, event
from sqlmodel import Field, SQLModel

from db.columns import NextId, check_row

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints have names of ours, so that a migration can say which one it means."""


def fresh_ids(table: str) -> Any:
    """The key of a table whose rows may be forgotten while a screen shows them."""
    return Field(default=None, primary_key=True, sa_column_kwargs={"default": NextId(table)})


class Table(SQLModel):
    """What all tables of the database have in common.

    Conditions of indexes are SQLite's here, and each database's in the migrations, which make the
    tables: what PostgreSQL's are said with is all of its dialect, imported at each start.
    """

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMES)
    # Rows are checked by `check_row`: what Pydantic would check them with takes time at each start.
    model_config = {"defer_build": True}


@event.listens_for(Table, "load", propagate=True)
def _check(row: Table, _context: object) -> None:
    check_row(row)
