import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from db.store import Store
from db.values import DecisionKind, Origin, Remarks
from imaging.mask import rle
from imaging.mask.form import Form
from models.run.setup import ModelSetup
from pipeline.errors import Overruled, ReviewError, WriteFailed
from pipeline.review.editor import Editor
from pipeline.review.open_photo import OpenPhoto
from pipeline.review.reshaped import Reshaped
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from pipeline.review.waiting import Said
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer
from tests.db.conftest import verdict
from tests.support.intake import take_in

Draw = Callable[..., Path]


@pytest.fixture
def session(store: Store, modelless: Pool, viewer: Viewer, folder: Path) -> Iterator[ReviewSession]:
    session = ReviewSession(store, modelless, viewer, folder, "ada")
    yield session
    session.close()


def editor_of(photo: OpenPhoto) -> Editor:
    return photo.editor


def paint(photo: OpenPhoto, *points: tuple[float, float], value: bool = True) -> None:
    editor = editor_of(photo)
    editor.begin_stroke(6, value)
    for x, y in points:
        editor.extend_stroke(x, y)
    editor.end_stroke()


def restart(
    session: ReviewSession, store: Store, worker: Pool, viewer: Viewer, folder: Path
) -> ReviewSession:
    session.close()
    return ReviewSession(store, worker, viewer, folder, "ada")


def test_an_opened_photo_has_a_small_picture_and_its_whole_mask(
    session: ReviewSession, remembered: int
) -> None:
    photo = session.open(remembered, longest=160)
    assert photo.picture.shape == (120, 160, 3)
    editor = editor_of(photo)
    assert editor.mask.shape == (240, 320)
    revision = photo.details.revision
    assert revision is not None
    assert editor.measurements() == revision.measurements
    assert editor.threshold == 0.5
    assert photo.prediction is not None
    assert (editor.can_undo, editor.can_redo, editor.edits) == (False, False, 0)


def test_strokes_survive_a_restart_with_their_undo_and_redo(
    session: ReviewSession,
    store: Store,
    modelless: Pool,
    viewer: Viewer,
    folder: Path,
    remembered: int,
) -> None:
    photo = session.open(remembered)
    before = editor_of(photo).mask.copy()
    paint(photo, (10, 10), (60, 20))
    once = editor_of(photo).mask.copy()
    paint(photo, (160, 120), (180, 130), value=False)
    editor_of(photo).undo()
    again = restart(session, store, modelless, viewer, folder)
    try:
        editor = editor_of(again.open(remembered))
        assert np.array_equal(editor.mask, once)
        assert (editor.edits, editor.can_undo, editor.can_redo) == (1, True, True)
        editor.redo()
        assert not editor.mask[120, 165]
        editor.undo()
        editor.undo()
        assert np.array_equal(editor.mask, before)
    finally:
        again.close()


def test_an_edit_after_an_undo_branches_also_after_a_restart(
    session: ReviewSession,
    store: Store,
    modelless: Pool,
    viewer: Viewer,
    folder: Path,
    remembered: int,
) -> None:
    photo = session.open(remembered)
    paint(photo, (20, 20))
    paint(photo, (40, 40))
    editor_of(photo).undo()
    paint(photo, (300, 200))
    assert not editor_of(photo).can_redo
    expected = editor_of(photo).mask.copy()
    again = restart(session, store, modelless, viewer, folder)
    try:
        editor = editor_of(again.open(remembered))
        assert np.array_equal(editor.mask, expected)
        assert (editor.edits, editor.can_redo) == (2, False)
    finally:
        again.close()


def test_a_threshold_is_one_edit_that_can_be_undone_and_survives(
    session: ReviewSession,
    store: Store,
    modelless: Pool,
    viewer: Viewer,
    folder: Path,
    remembered: int,
) -> None:
    editor = editor_of(session.open(remembered))
    area = editor.measurements().area_pixels
    assert editor.set_threshold(0.2) is not None
    assert editor.measurements().area_pixels > area
    assert (editor.threshold, editor.edits, editor.origin) == (0.2, 1, Origin.THRESHOLD)
    again = restart(session, store, modelless, viewer, folder)
    try:
        editor = editor_of(again.open(remembered))
        assert editor.threshold == 0.2
        editor.undo()
        assert (editor.threshold, editor.measurements().area_pixels) == (0.5, area)
        editor.redo()
        assert editor.threshold == 0.2
    finally:
        again.close()


def test_accepted_as_it_is_stays_the_models_mask(
    session: ReviewSession, store: Store, remembered: int
) -> None:
    photo = session.open(remembered)
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, 3.5, Remarks(4, "clear border")))
    [reviewed] = store.reviewed([DecisionKind.ACCEPTED])
    assert photo.details.revision is not None
    assert reviewed.revision is not None
    assert reviewed.revision.id == photo.details.revision.id
    decision = reviewed.decision
    assert (decision.reviewer, decision.seconds, decision.score, decision.note) == (
        "ada",
        3.5,
        4,
        "clear border",
    )
    assert [item.decision for item in session.queue()] == [DecisionKind.ACCEPTED]


def test_accepted_with_live_edits_is_corrected_with_the_reviewer_as_author(
    session: ReviewSession, store: Store, remembered: int
) -> None:
    photo = session.open(remembered)
    paint(photo, (10, 10), (60, 20))
    mask = editor_of(photo).mask.copy()
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
    [reviewed] = store.reviewed([DecisionKind.CORRECTED])
    assert reviewed.revision is not None
    assert reviewed.rle is not None
    assert (reviewed.revision.author, reviewed.revision.origin) == ("ada", Origin.BRUSH)
    assert np.array_equal(rle.decode(reviewed.rle), mask)
    editor = editor_of(session.open(remembered))
    assert np.array_equal(editor.mask, mask)
    assert editor.edits == 0


def test_accepting_says_when_parts_or_holes_have_appeared(
    session: ReviewSession, remembered: int
) -> None:
    photo = session.open(remembered)
    paint(photo, (160, 60), (160, 180), value=False)
    change = session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
    assert change == Reshaped(Form(1, 0), Form(2, 0))
    again = session.open(remembered)
    paint(again, (130, 120), value=False)
    change = session.decide(again, Ruling(DecisionKind.ACCEPTED, seconds=1))
    assert change == Reshaped(Form(2, 0), Form(2, 1))
    last = session.open(remembered)
    paint(last, (160, 60), (160, 180))
    assert session.decide(last, Ruling(DecisionKind.ACCEPTED, seconds=1)) is None
    assert (
        session.decide(session.open(remembered), Ruling(DecisionKind.ACCEPTED, seconds=1)) is None
    )


def test_a_correction_keeps_the_strokes_of_an_earlier_one_at_any_threshold(
    session: ReviewSession, store: Store, remembered: int
) -> None:
    photo = session.open(remembered)
    editor_of(photo).set_threshold(0.3)
    paint(photo, (10, 10), (60, 10))
    paint(photo, (160, 120), (300, 120))
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
    again = session.open(remembered)
    editor = editor_of(again)
    assert (editor.threshold, editor.origin) == (0.3, Origin.BRUSH)
    area = editor.measurements().area_pixels
    editor.set_threshold(0.8)
    assert editor.measurements().area_pixels < area
    assert editor.mask[10, 10:60].all()
    assert editor.mask[120, 160:300].all()
    session.decide(again, Ruling(DecisionKind.ACCEPTED, seconds=1))
    [reviewed] = store.reviewed([DecisionKind.CORRECTED])
    assert reviewed.revision is not None
    assert (reviewed.revision.origin, reviewed.revision.threshold) == (Origin.BRUSH, 0.8)


def test_a_stroke_under_way_is_on_the_disk_before_it_ends(
    session: ReviewSession,
    store: Store,
    modelless: Pool,
    viewer: Viewer,
    folder: Path,
    remembered: int,
) -> None:
    photo = session.open(remembered)
    editor = editor_of(photo)
    editor.begin_stroke(6, True)
    for x in range(10, 100, 10):
        editor.extend_stroke(x, 12)
        editor.save_stroke()
    session.drain()
    seen = editor.mask.copy()
    # As after a kill: nothing of this session is asked any more, and another one opens the photo.
    other = ReviewSession(store, modelless, viewer, folder, "ada")
    try:
        found = editor_of(other.open(remembered))
        assert np.array_equal(found.mask, seen)
        assert found.edits == 1
    finally:
        other.close()
    editor.extend_stroke(100, 100)
    editor.end_stroke()
    session.drain()
    found = editor_of(session.open(remembered))
    assert (found.edits, found.can_redo) == (1, False)
    assert np.array_equal(found.mask, editor.mask)


def test_while_the_disk_refuses_a_stroke_waits_in_its_newest_form(
    session: ReviewSession, remembered: int, tmp_path: Path
) -> None:
    editor = editor_of(session.open(remembered))
    lock = sqlite3.connect(tmp_path / "memory" / "nevus.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    editor.begin_stroke(6, True)
    for x in range(10, 200, 10):
        editor.extend_stroke(x, 12)
        editor.save_stroke()
    assert session.pending == 1
    editor.end_stroke()
    assert session.pending == 1
    lock.execute("ROLLBACK")
    lock.close()
    session.drain()
    found = editor_of(session.open(remembered))
    assert np.array_equal(found.mask, editor.mask)
    assert found.edits == 1


def test_accepted_with_every_edit_undone_is_the_models_mask(
    session: ReviewSession, store: Store, remembered: int
) -> None:
    photo = session.open(remembered)
    paint(photo, (10, 10))
    editor_of(photo).undo()
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
    assert len(list(store.reviewed([DecisionKind.ACCEPTED]))) == 1


def test_a_stroke_still_being_drawn_belongs_to_the_decision(
    session: ReviewSession, store: Store, remembered: int
) -> None:
    photo = session.open(remembered)
    editor_of(photo).begin_stroke(5, True)
    editor_of(photo).extend_stroke(10, 10)
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
    assert len(list(store.reviewed([DecisionKind.CORRECTED]))) == 1


def test_taken_back_the_photo_waits_again_with_its_edits(
    session: ReviewSession, remembered: int
) -> None:
    photo = session.open(remembered)
    paint(photo, (10, 10), (60, 20))
    mask = editor_of(photo).mask.copy()
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
    [taken] = session.take_back()
    assert taken.decision.photo_id == remembered
    assert (taken.decision.kind, taken.stands) == (DecisionKind.CORRECTED, Said(None))
    assert [item.decision for item in session.queue()] == [None]
    editor = editor_of(session.open(remembered))
    assert np.array_equal(editor.mask, mask)
    assert editor.edits == 1
    assert not session.take_back()


def test_who_was_decided_over_is_told_so(
    session: ReviewSession, store: Store, remembered: int
) -> None:
    session.decide(session.open(remembered), Ruling(DecisionKind.ACCEPTED, seconds=1))
    store.decide(verdict(store, remembered, DecisionKind.REJECTED, "bob"))
    with pytest.raises(Overruled, match=r"bob has decided .* since you did: rejected"):
        session.take_back()


@pytest.mark.parametrize(
    "kind", [DecisionKind.REJECTED, DecisionKind.NO_LESION, DecisionKind.SKIPPED]
)
def test_the_other_decisions_store_no_mask_of_their_own(
    session: ReviewSession, store: Store, remembered: int, kind: DecisionKind
) -> None:
    photo = session.open(remembered)
    paint(photo, (10, 10))
    session.decide(photo, Ruling(kind, seconds=2))
    [reviewed] = store.reviewed([kind])
    assert reviewed.decision.kind is kind
    assert photo.details.revision is not None
    assert reviewed.revision is None or reviewed.revision.id == photo.details.revision.id


def test_two_reviewers_do_not_see_each_others_edits(
    session: ReviewSession,
    store: Store,
    modelless: Pool,
    viewer: Viewer,
    folder: Path,
    remembered: int,
) -> None:
    paint(session.open(remembered), (10, 10))
    session.drain()
    other = ReviewSession(store, modelless, viewer, folder, "bob")
    try:
        assert editor_of(other.open(remembered)).edits == 0
    finally:
        other.close()


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


def test_edits_that_cannot_be_saved_are_said_and_kept(
    store: Store,
    modelless: Pool,
    viewer: Viewer,
    folder: Path,
    remembered: int,
    tmp_path: Path,
) -> None:
    session = ReviewSession(store, modelless, viewer, folder, "ada")
    photo = session.open(remembered)
    # A reader can't write: the database file, as another process would lock it, is held by us.
    lock = sqlite3.connect(tmp_path / "memory" / "nevus.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    paint(photo, (10, 10))
    assert session.pending == 1
    with pytest.raises(WriteFailed, match="not saved yet"):
        session.drain()
    assert session.pending == 1
    lock.execute("ROLLBACK")
    lock.close()
    session.close()
    assert session.pending == 0
    state = store.draft("ada", remembered, photo.details.revision.id)  # type: ignore[union-attr]
    assert state is not None
    assert state.cursor == 1


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
