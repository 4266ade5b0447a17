"""What must hold of a database, whenever nevus was killed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from db.sqlite.files import maps_beside
from db.store import Store
from imaging.framing import Mask
from imaging.mask import rle
from imaging.mask.edit import PatchError, apply_patch, revert_patch

NONE_OF = {
    "photos that stand nowhere": "SELECT id FROM photo EXCEPT SELECT photo_id FROM standing",
    "photos without a file": "SELECT id FROM photo EXCEPT SELECT photo_id FROM file",
    "revisions without a mask": "SELECT id FROM revision EXCEPT SELECT revision_id FROM mask",
    "revisions that nothing was measured on": (
        "SELECT id FROM revision EXCEPT SELECT revision_id FROM measurement"
    ),
    "predictions without an outline": (
        "SELECT id FROM prediction EXCEPT SELECT prediction_id FROM revision"
    ),
    "photos that stand on another one's revision": (
        "SELECT standing.photo_id FROM standing JOIN revision ON revision.id = revision_id "
        "WHERE revision.photo_id != standing.photo_id"
    ),
    "photos that stand on another one's decision, or on one taken back": (
        "SELECT standing.photo_id FROM standing JOIN decision ON decision.id = standing.decision_id "
        "LEFT JOIN retraction ON retraction.decision_id = decision.id "
        "WHERE decision.photo_id != standing.photo_id OR retraction.decision_id IS NOT NULL"
    ),
    "photos whose last decision does not stand": (
        "SELECT photo_id FROM decision LEFT JOIN retraction ON decision_id = decision.id "
        "WHERE decision_id IS NULL GROUP BY photo_id "
        "EXCEPT SELECT photo_id FROM standing WHERE decision_id IS NOT NULL"
    ),
    "drafts with more live edits than they have": (
        "SELECT draft.id FROM draft WHERE cursor > (SELECT count(*) FROM edit "
        "WHERE draft_id = draft.id AND abandoned_by_id IS NULL)"
    ),
    "drafts whose edits are not counted": (
        "SELECT draft_id FROM edit GROUP BY draft_id HAVING max(sequence) != count(*) - 1"
    ),
    "paths that are a photo's twice": (
        "SELECT path FROM file WHERE gone_at IS NULL GROUP BY path HAVING count(*) > 1"
    ),
}


def faults(database: Path) -> list[str]:
    """What is wrong with a database and with the maps beside it; it is opened as nevus opens it."""
    with closing(Store.open(database)) as store:
        found = [*_broken_rules(database), *_broken_masks(store, database)]
        return [*found, *_lost_maps(store, database)]


def _broken_rules(database: Path) -> Iterator[str]:
    for path in (database, maps_beside(database)):
        if path.exists():
            for answer in _rows(path, "PRAGMA integrity_check"):
                if answer != ("ok",):
                    yield f"{path.name}: {answer}"
    for row in _rows(database, "PRAGMA foreign_key_check"):
        yield f"a pointer leads nowhere: {row}"
    for what, query in NONE_OF.items():
        rows = _rows(database, query)
        if rows:
            yield f"{what}: {[key for key, *_ in rows]}"


def _broken_masks(store: Store, database: Path) -> Iterator[str]:
    """Masks that can't be decoded, and edits that don't make of them what they say."""
    masks = {key: rle.decode(store.mask(key)) for (key,) in _rows(database, "SELECT id FROM revision")}
    sizes = {
        key: (height, width) for key, height, width in _rows(database, "SELECT id, height, width FROM photo")
    }
    for photo, base, reviewer in _rows(
        database, "SELECT photo_id, base_revision_id, reviewer FROM draft"
    ):
        mask = np.zeros(sizes[photo], np.bool_, order="F") if base is None else masks[base].copy()
        draft = store.draft(reviewer, photo, base)
        assert draft is not None
        try:
            for edit in draft.edits:
                apply_patch(mask, edit.patch)
            for edit in reversed(draft.edits[draft.cursor :]):
                revert_patch(mask, edit.patch)
        except PatchError as error:
            yield f"draft {draft.draft_id}: {error}"
            continue
        yield from _not_as_drawn(database, draft.draft_id, masks, mask)


def _not_as_drawn(database: Path, draft: int, masks: dict[int, Mask], mask: Mask) -> Iterator[str]:
    standing = (
        "SELECT decision.id, decision.revision_id FROM standing "
        f"JOIN decision ON decision.id = decision_id WHERE draft_id = {draft}"
    )
    for decision, revision in _rows(database, standing):
        if not np.array_equal(masks[revision], mask):
            yield f"decision {decision} stored another mask than its draft makes"


def _lost_maps(store: Store, database: Path) -> Iterator[str]:
    """A map is kept before the row that says that it is there."""
    outlined = "SELECT photo_id FROM standing WHERE revision_id IS NOT NULL"
    for (photo,) in _rows(database, outlined):
        if store.prediction(photo) is None:
            yield f"the map of photo {photo} is lost"


def _rows(database: Path, query: str) -> list[tuple[int, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()
