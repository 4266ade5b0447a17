from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from db.arrivals import NewOutline, NewPhoto
from db.store import Store
from db.values import DecisionKind, DraftEdit, NewMask, Origin, Tool, Verdict
from imaging.framing import Size, centre
from imaging.mask import rle
from imaging.mask.measure import measure
from imaging.values import FileStat, Fingerprint, Patch, Prediction, Receipt
from tests.support.databases import new_store

SIZE = Size(40, 30)
FOLDER = "/photos"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "memory" / "nevus.db"


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    with closing(new_store(database)) as store:
        yield store


def new_photo(name: str, content: str = "", modified: int = 1) -> NewPhoto:
    content = content or name
    stat = FileStat(f"{FOLDER}/{name}", 2**63 + 5, 1000, modified)
    return NewPhoto(stat, Fingerprint(f"file-{content}", f"content-{content}", "JPEG", SIZE))


def outline(
    store: Store,
    name: str,
    model: str = "m" * 64,
    predicted_jaccard: float | None = None,
    lesion_probability: float | None = None,
) -> int:
    """A photo in the store with a model's outline; its id."""
    grid = np.zeros((8, 8), np.float32)
    grid[2:6, 2:6] = 0.75
    receipt = Receipt("lesion", model, "x", "CPU", 1.0)
    word = (predicted_jaccard, lesion_probability)
    prediction = Prediction(grid, centre(SIZE, Size(8, 8)), receipt, *word)
    mask = prediction.framing.map_to_photo(grid) >= 0.5
    made = NewOutline(prediction, rle.encode(mask), measure(mask), 0.5)
    return store.take_in(new_photo(name), made).photo_id


def verdict(
    store: Store, photo_id: int, kind: DecisionKind, reviewer: str = "ada", score: int | None = None
) -> Verdict:
    """A decision on the photo as it stands now."""
    details = store.photo(photo_id)
    revision = details.revision.id if details.revision else None
    return Verdict(photo_id, revision, details.decision_id, kind, reviewer, 1.5, score)


def revision_of(store: Store, photo_id: int) -> int:
    """The current revision of a photo that has one."""
    revision = store.photo(photo_id).revision
    assert revision is not None
    return revision.id


def edit(number: int) -> DraftEdit:
    """An edit like no other, of which the store minds nothing but that it comes back."""
    patch = Patch(number, 0, 1, 1, b"x", f"before{number}", f"after{number}")
    return DraftEdit(patch, Tool.BRUSH, covered=b"y" if number % 2 else None)


def correct(store: Store, photo_id: int, reviewer: str = "ada") -> int:
    """One more edit on the photo as it stands now, decided on; the new revision."""
    details = store.photo(photo_id)
    base = details.revision.id if details.revision else None
    draft = store.draft(reviewer, photo_id, base)
    cursor = draft.cursor if draft else 0
    draft_id = store.add_edit(reviewer, photo_id, base, cursor, edit(cursor)).draft_id
    whole = np.ones((SIZE.height, SIZE.width), np.bool_)
    mask = NewMask(draft_id, rle.encode(whole), measure(whole), Origin.BRUSH, None)
    store.decide(replace(verdict(store, photo_id, DecisionKind.CORRECTED, reviewer), mask=mask))
    return revision_of(store, photo_id)
