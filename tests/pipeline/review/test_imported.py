"""An outline that was imported is reviewed like any other, and no threshold takes its place."""

from pathlib import Path

import numpy as np
import pytest

from db.brought import Brought
from db.store import Store
from db.values import DecisionKind
from imaging.mask import rle
from imaging.mask.measure import measure
from pipeline.errors import NothingToRepair
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer


def test_it_is_corrected_from_there_and_a_threshold_needs_the_model_s_first(
    store: Store, modelless: Pool, viewer: Viewer, folder: Path, remembered: int
) -> None:
    mask = np.zeros((240, 320), np.bool_)
    mask[20:60, 30:90] = True
    store.bring([Brought(remembered, rle.encode(mask), measure(mask), "eve")])
    session = ReviewSession(store, modelless, viewer, folder, "ada")
    photo = session.open(remembered)
    assert np.array_equal(photo.editor.mask, mask)
    assert photo.editor.can_set_threshold
    with pytest.raises(NothingToRepair, match="M goes back to that"):
        photo.editor.set_threshold(0.45)
    assert np.array_equal(photo.editor.mask, mask)
    photo.editor.begin_stroke(9, True)
    photo.editor.extend_stroke(200, 200)
    photo.editor.end_stroke()
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, 1.0))
    session.close()
    standing = store.photo(remembered)
    assert ("eve", "imported") in [(entry.who, entry.what) for entry in standing.history]
    assert standing.decision is DecisionKind.CORRECTED
    assert standing.revision is not None
    stored = rle.decode(store.mask(standing.revision.id))
    assert stored[200, 200]
    assert stored[20:60, 30:90].all()
