"""Alembic, which takes long to load and is loaded where a database is made or brought up."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from db.sqlite.forms import MIGRATIONS


def bring_to(connection: Connection, form: str) -> None:
    """Bring a database to a form, or to the `head` of all, in the transaction of a connection."""
    command.upgrade(configured(connection), form)


def configured(connection: Connection | None = None) -> Config:
    """What Alembic is told."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
