"""What this user may write, and where the nearest folder is that exists."""

import os
from pathlib import Path


def writable(path: Path) -> bool:
    """Whether this user could write the file at `path`, or make it where there is none.

    A file counts as writable when its folder is too: SQLite lays its log beside it.
    """
    if path.exists():
        return _may_write(path) and _may_write(path.parent)
    return _may_write(existing_parent(path))


def existing_parent(path: Path) -> Path:
    """The nearest folder above `path` that exists."""
    return next(parent for parent in path.resolve().parents if parent.is_dir())


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
