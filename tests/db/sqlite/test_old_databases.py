"""A database that an older nevus itself made is brought up with all that is in it."""

import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from db.sqlite.forms import newest_form
from db.store import Store
from db.values import DecisionKind, Origin
from imaging.mask import rle
from imaging.mask.edit import apply_patch

MADE = Path(__file__).parents[2] / "data" / "form-0002.db.gz"
"""By commit c5d24f3: five photos of 96×72, accepted, corrected by threshold and brush, drawn on by
three strokes (one of them undone), skipped, and waiting; a file set aside, and a lease."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress(MADE.read_bytes()))
    return path


@pytest.fixture
def store(old: Path) -> Iterator[Store]:
    with closing(Store.open(old)) as store:
        yield store


def test_its_decisions_and_masks_are_there(store: Store) -> None:
    found = {item.name: (item.decision, item.has_draft) for item in store.queue("/photos")}
    assert found == {
        "accepted.png": (DecisionKind.ACCEPTED, False),
        "corrected.png": (DecisionKind.CORRECTED, False),
        "draft.png": (None, True),
        "skipped.png": (DecisionKind.SKIPPED, False),
        "waiting.png": (None, False),
    }
    assert [file.name for file in store.set_aside_files("/photos")] == ["gone.png"]
    [corrected] = store.reviewed([DecisionKind.CORRECTED])
    assert corrected.revision is not None
    assert corrected.rle is not None
    area = int(np.count_nonzero(rle.decode(corrected.rle)))
    assert area == corrected.revision.measurements.area_pixels == 2156


def test_its_unfinished_strokes_go_on_where_they_were(store: Store) -> None:
    photo = next(item.photo_id for item in store.queue("/photos") if item.has_draft)
    revision = store.photo(photo).revision
    assert revision is not None
    draft = store.draft("ada", photo, revision.id)
    assert draft is not None
    assert (len(draft.edits), draft.cursor) == (3, 2)
    mask = rle.decode(store.mask(revision.id))
    for edit in draft.edits[: draft.cursor]:
        apply_patch(mask, edit.patch)
    assert int(np.count_nonzero(mask)) == 1896


def test_what_was_drawn_by_hand_then_is_known(store: Store) -> None:
    [corrected] = store.reviewed([DecisionKind.CORRECTED])
    assert corrected.revision is not None
    assert corrected.revision.origin is Origin.BRUSH
    [stroke] = store.strokes(corrected.revision.id)
    assert (stroke.threshold, stroke.covered) == (None, None)
    [accepted] = store.reviewed([DecisionKind.ACCEPTED])
    assert accepted.revision is not None
    assert store.strokes(accepted.revision.id) == ()


def test_a_copy_of_it_as_it_was_is_laid_beside_it(old: Path, store: Store) -> None:
    copy = old.with_name(f"{old.name}.before-{newest_form()}")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0002",)
        assert connection.execute("SELECT count(*) FROM edit").fetchone() == (5,)
