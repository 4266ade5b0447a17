"""What this user may write, and where the nearest folder is that exists."""

import os
from pathlib import Path

from db.sqlite.files import may_write


def writable(path: Path) -> bool:
    """Whether this user could write the file at `path`, or make it where there is none.

    A file counts as writable when its folder is too: SQLite lays its log beside it.
    """
    if os.path.lexists(path):
        return may_write(path) and may_write(path.parent)
    nearest = next(parent for parent in path.resolve().parents if os.path.lexists(parent))
    return nearest.is_dir() and may_write(nearest)


def existing_parent(path: Path) -> Path:
    """The nearest folder above `path` that exists and may be seen."""
    # Not Path.is_dir, which raises where a folder may not be looked into.
    return next(parent for parent in path.resolve().parents if os.path.isdir(parent))  # noqa: PTH112
