"""What must hold of a database, whenever nevus was killed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from db.sqlite.files import maps_beside
from db.store import Store
from imaging.mask import rle
from imaging.mask.edit import apply_patch
from pipeline.upkeep.check import check

DECIDED = """
SELECT decision.id, decision.photo_id, draft.base_revision_id, draft.reviewer, decision.revision_id
FROM standing JOIN decision ON decision.id = standing.decision_id
JOIN draft ON draft.id = decision.draft_id
"""


def faults(database: Path) -> list[str]:
    """What is wrong with a database, the maps beside it and the photos that it names.

    It is opened as nevus opens it first, so that what a kill left in its log is in it.
    """
    with closing(Store.open(database)) as store:
        found = [*_lost_maps(store, database), *_not_as_drawn(store, database)]
    report = check(database, photos=True)
    return [*report.findings, *found, *_damaged(maps_beside(database))]


def _damaged(maps: Path) -> Iterator[str]:
    if maps.exists() and _rows(maps, "PRAGMA integrity_check") != [("ok",)]:
        yield f"{maps.name} is damaged"


def _lost_maps(store: Store, database: Path) -> Iterator[str]:
    """A map is kept before the row that says that it is there."""
    for (photo,) in _rows(database, "SELECT photo_id FROM standing WHERE revision_id IS NOT NULL"):
        if store.prediction(photo) is None:
            yield f"the map of photo {photo} is lost"


def _not_as_drawn(store: Store, database: Path) -> Iterator[str]:
    """A decision stores the mask that its draft makes."""
    for decision, photo, base, reviewer, stored in _rows(database, DECIDED):
        size = store.photo(photo).size
        mask = np.zeros((size.height, size.width), np.bool_, order="F")
        if base is not None:
            mask = rle.decode(store.mask(base))
        draft = store.draft(reviewer, photo, base)
        assert draft is not None
        for edit in draft.edits[: draft.cursor]:
            apply_patch(mask, edit.patch)
        if not np.array_equal(rle.decode(store.mask(stored)), mask):
            yield f"decision {decision} stored another mask than its draft makes"


def _rows(database: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()
