"""Databases opened by other processes."""

from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path

from db.store import Store


def opening(database: Path) -> SpawnProcess:
    """A process that opens a database, and ends."""
    child = get_context("spawn").Process(target=Store.open, args=(database,))
    child.start()
    return child
