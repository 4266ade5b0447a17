"""Files looked up a page at a time: of those that are as they were, all that is to be known."""

from collections.abc import Sequence
from pathlib import Path

from db.arrivals import Unchanged
from db.store import Store
from imaging.values import FileStat
from pipeline.intake.scan import file_stat

PAGE = 500
"""Files asked for at once: what a statement costs is spread thin, and no list of them is long."""


def look_up_page(
    store: Store, stats: Sequence[FileStat | None], model_hash: str | None
) -> list[Unchanged | None]:
    """What is known of each of these files, a `PAGE` of them at most; None where it is to be
    looked at by itself. Raises StoreError.
    """
    found = iter(store.unchanged([stat for stat in stats if stat is not None], model_hash))
    return [None if stat is None else next(found) for stat in stats]


def stat_of(path: Path) -> FileStat | None:
    """What the file system tells of a file; None where it can't be looked at."""
    try:
        return file_stat(path)
    except OSError:
        return None
