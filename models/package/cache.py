"""The user's cache of what was made from packages: the most recently used is kept."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

KEPT = 8
"""How many entries of each kind are kept; one of the shipped model is about 5 MB."""


def cache_folder(kind: str) -> Path:
    """Where entries of a kind lie; it may not exist yet."""
    return user_cache_path("nevus") / kind


def mark_used(entry: Path) -> None:
    """Make an entry the last to be removed; a cache that can't be written stays as it is."""
    with suppress(OSError):
        os.utime(entry)


def prune(folder: Path) -> None:
    """Remove all but the KEPT most recently used entries; what can't be removed stays.

    What a killed process left half made ages like an entry, and what another one is making now is
    among the most recent.
    """
    with suppress(OSError):
        entries = sorted(folder.iterdir(), key=_age)
        for entry in entries[KEPT:]:
            _remove(entry)


def _age(entry: Path) -> float:
    try:
        return -entry.stat().st_mtime_ns
    except OSError:
        # Another process was faster to remove it.
        return 0


def _remove(entry: Path) -> None:
    if entry.is_dir():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        entry.unlink(missing_ok=True)
