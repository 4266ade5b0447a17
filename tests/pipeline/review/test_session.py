"""A sitting opens what it can, says what it cannot, and goes on."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from benchmarks.sql import sent
from db.masks import MadeOf
from db.store import Store
from db.values import DecisionKind
from imaging.values import Prediction
from models.run.setup import ModelSetup
from pipeline.errors import ReviewError
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from pipeline.work.scorer import Pool
from pipeline.work.shelf import Viewed
from pipeline.work.viewer import Viewer
from tests.support.intake import take_in

Draw = Callable[..., Path]
PATIENCE = 30.0
"""Seconds after which what has not happened is taken to happen never."""


def test_an_opened_photo_has_a_small_picture_and_its_whole_mask(
    session: ReviewSession, remembered: int
) -> None:
    photo = session.open(remembered, longest=160)
    assert photo.picture.shape == (120, 160, 3)
    editor = photo.editor
    assert editor.mask.shape == (240, 320)
    revision = photo.details.revision
    assert revision is not None
    assert editor.measurements() == revision.measurements
    assert editor.threshold == 0.5
    assert photo.prediction is not None
    assert (editor.can_undo, editor.can_redo, editor.edits) == (False, False, 0)


def test_a_photo_is_opened_with_few_statements(session: ReviewSession, remembered: int) -> None:
    session.open(remembered)
    with sent() as statements:
        session.open(remembered)
    begun = [each for each in statements if each.startswith("BEGIN")]
    # One moment of the database, one of the maps', and whether the file's picture is the photo's.
    assert len(begun) == 3
    assert len(statements) - len(begun) <= 12


def test_a_photo_is_decoded_while_its_outline_is_read(
    session: ReviewSession,
    store: Store,
    viewer: Viewer,
    remembered: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read, kept_map, view = Event(), store.kept_map, viewer.view

    def tell(made: MadeOf) -> Prediction | None:
        read.set()
        return kept_map(made)

    def wait(path: Path, longest: int) -> Viewed:
        assert read.wait(PATIENCE)
        return view(path, longest)

    monkeypatch.setattr(store, "kept_map", tell)
    monkeypatch.setattr(viewer, "view", wait)
    assert session.open(remembered, longest=160).picture.shape == (120, 160, 3)


def test_without_an_outline_there_is_none_to_accept_but_other_decisions(
    session: ReviewSession, store: Store, modelless: Pool, folder: Path, draw: Draw
) -> None:
    take_in(store, modelless, draw(folder / "a.jpg"))
    [item] = session.queue()
    photo = session.open(item.photo_id)
    assert not photo.has_outline
    with pytest.raises(ReviewError, match=r"a\.jpg has no outline"):
        session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
    session.decide(photo, Ruling(DecisionKind.NO_LESION, seconds=1))
    assert [item.decision for item in session.queue()] == [DecisionKind.NO_LESION]


@pytest.mark.parametrize(
    "kind", [DecisionKind.NO_LESION, DecisionKind.REJECTED, DecisionKind.SKIPPED]
)
def test_review_goes_on_with_a_model_that_is_not_there(
    store: Store,
    viewer: Viewer,
    folder: Path,
    draw: Draw,
    tmp_path: Path,
    kind: DecisionKind,
) -> None:
    with closing(Pool(ModelSetup(tmp_path / "none.mlpackage"))) as worker:
        take_in(store, worker, draw(folder / "a.jpg"))
        with closing(ReviewSession(store, worker, viewer, folder, "ada")) as session:
            [item] = session.queue()
            photo = session.open(item.photo_id)
            assert photo.picture.shape == (240, 320, 3)
            session.decide(photo, Ruling(kind, seconds=1))
            assert [item.decision for item in session.queue()] == [kind]
            [taken] = session.take_back()
            assert taken.decision.photo_id == item.photo_id
            assert [item.decision for item in session.queue()] == [None]


def test_a_photo_that_vanished_is_a_sentence_and_the_session_goes_on(
    session: ReviewSession, folder: Path, remembered: int
) -> None:
    photo = folder / "mole.jpg"
    kept = photo.read_bytes()
    photo.unlink()
    with pytest.raises(ReviewError, match=r"mole\.jpg is not there any more"):
        session.open(remembered)
    photo.write_bytes(kept)
    assert session.open(remembered).picture.shape[2] == 3


def test_a_lost_cache_of_probabilities_is_made_again(
    store: Store, scorer: Pool, viewer: Viewer, folder: Path, draw: Draw, tmp_path: Path
) -> None:
    take_in(store, scorer, draw(folder / "a.jpg"), scorer.model())
    [item] = store.queue(str(folder))
    stored = store.prediction(item.photo_id)
    assert stored is not None
    store.close()
    for file in (tmp_path / "memory").glob("*.maps.db*"):
        file.unlink()
    reopened = Store.open(tmp_path / "memory" / "nevus.db")
    assert reopened.prediction(item.photo_id) is None
    session = ReviewSession(reopened, scorer, viewer, folder, "ada")
    try:
        again = session.open(item.photo_id).prediction
    finally:
        session.close()
        reopened.close()
    assert again is not None
    assert np.array_equal(again.grid, stored.grid)
