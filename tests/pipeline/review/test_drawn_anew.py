"""A mask drawn where the model has none."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from db.store import Store
from db.values import DecisionKind, Origin, Tool
from imaging.mask import rle
from imaging.mask.form import Form
from pipeline.errors import EmptyOutline, NothingToRepair, ReviewError
from pipeline.exchange.export import export
from pipeline.review.open_photo import OpenPhoto
from pipeline.review.reshaped import Reshaped
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer
from tests.support.intake import take_in

Draw = Callable[..., Path]
Remember = Callable[[Store, Path], int]
ACCEPT = Ruling(DecisionKind.ACCEPTED, seconds=1.0)
BOX = [(100.0, 80.0), (140.0, 80.0), (140.0, 120.0), (100.0, 120.0)]


@pytest.fixture
def path(draw: Draw, folder: Path) -> Path:
    return draw(folder / "bare.jpg")


@pytest.fixture
def bare(store: Store, modelless: Pool, session: ReviewSession, path: Path) -> int:
    """A photo that no model has outlined."""
    take_in(store, modelless, path)
    [item] = session.queue()
    return item.photo_id


def box(photo: OpenPhoto, adds: bool = True) -> None:
    photo.editor.draw_shape(Tool.BOX, BOX, adds)


def test_it_is_drawn_by_each_tool_and_survives_a_restart_with_its_undo(
    session: ReviewSession,
    store: Store,
    modelless: Pool,
    viewer: Viewer,
    folder: Path,
    bare: int,
) -> None:
    photo = session.open(bare)
    assert not photo.editor.mask.any()
    assert not photo.has_outline
    box(photo)
    once = photo.editor.mask.copy()
    photo.editor.begin_stroke(6, True)
    photo.editor.extend_stroke(50, 50)
    photo.editor.end_stroke()
    twice = photo.editor.mask.copy()
    photo.editor.undo()
    session.close()
    with closing(ReviewSession(store, modelless, viewer, folder, "ada")) as again:
        editor = again.open(bare).editor
        assert np.array_equal(editor.mask, once)
        assert (editor.edits, editor.can_redo) == (1, True)
        editor.redo()
        assert np.array_equal(editor.mask, twice)
        editor.undo()
        editor.undo()
        assert not editor.mask.any()


def test_accepted_it_is_a_revision_drawn_by_hand_and_in_the_dataset(
    session: ReviewSession, store: Store, folder: Path, tmp_path: Path, bare: int
) -> None:
    photo = session.open(bare)
    box(photo)
    drawn = photo.editor.mask.copy()
    assert session.decide(photo, ACCEPT) is None
    details = store.photo(bare)
    revision = details.revision
    assert revision is not None
    assert (details.decision, revision.author) == (DecisionKind.CORRECTED, "ada")
    assert (revision.origin, revision.threshold, revision.parent_id) == (Origin.BRUSH, None, None)
    assert np.array_equal(rle.decode(store.mask(revision.id)), drawn)
    [line] = session.queue()
    assert (line.segmented, line.has_draft, line.edited_since) == (True, False, False)
    exported = export(
        tmp_path / "memory" / "nevus.db", tmp_path / "set", folder, "png", [DecisionKind.CORRECTED]
    )
    assert (exported.photos, exported.masks) == (1, 1)


def test_accepted_and_opened_again_it_is_what_is_edited(
    session: ReviewSession, store: Store, bare: int
) -> None:
    photo = session.open(bare)
    box(photo)
    session.decide(photo, ACCEPT)
    again = session.open(bare)
    assert (again.editor.mask.sum(), again.editor.edits) == (1600, 0)
    again.editor.repair(Tool.GROW, {"radius": 2.0})
    session.decide(again, ACCEPT)
    revision = store.photo(bare).revision
    assert revision is not None
    assert revision.parent_id is not None
    assert [edit.tool for edit in store.strokes(revision.id)] == [Tool.BOX, Tool.GROW]


def test_taken_back_it_is_a_draft_again(session: ReviewSession, bare: int) -> None:
    photo = session.open(bare)
    box(photo)
    drawn = photo.editor.mask.copy()
    session.decide(photo, ACCEPT)
    assert session.take_back()
    again = session.open(bare)
    assert again.details.revision is None
    assert np.array_equal(again.editor.mask, drawn)


def test_nothing_drawn_is_nothing_to_accept(session: ReviewSession, bare: int) -> None:
    photo = session.open(bare)
    box(photo)
    photo.editor.undo()
    with pytest.raises(ReviewError, match="has no outline yet"):
        session.decide(photo, ACCEPT)


def test_drawn_and_erased_it_is_accepted_empty_where_that_is_meant(
    session: ReviewSession, store: Store, bare: int
) -> None:
    photo = session.open(bare)
    box(photo)
    box(photo, adds=False)
    with pytest.raises(EmptyOutline):
        session.decide(photo, ACCEPT)
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, 1.0, may_be_empty=True))
    revision = store.photo(bare).revision
    assert revision is not None
    assert revision.measurements.area_pixels == 0


def test_two_parts_drawn_on_nothing_are_said(session: ReviewSession, bare: int) -> None:
    photo = session.open(bare)
    box(photo)
    photo.editor.draw_shape(Tool.BOX, [(x - 90, y) for x, y in BOX], adds=True)
    assert session.decide(photo, ACCEPT) == Reshaped(Form(0, 0), Form(2, 0))


def test_no_threshold_draws_where_there_are_no_probabilities(
    session: ReviewSession, bare: int
) -> None:
    photo = session.open(bare)
    assert (photo.editor.can_set_threshold, photo.editor.threshold) == (False, None)
    assert photo.editor.set_threshold(0.3) is None
    with pytest.raises(NothingToRepair, match="no model's outline"):
        photo.editor.back_to_model()


def test_a_models_outline_that_comes_meanwhile_is_there_to_go_to(
    session: ReviewSession, store: Store, path: Path, remember: Remember, bare: int
) -> None:
    photo = session.open(bare)
    box(photo)
    drawn = photo.editor.mask.copy()
    session.drain()
    assert not session.has_model_outline(bare)
    remember(store, path)
    assert session.has_model_outline(bare)
    again = session.open(bare)
    assert again.details.revision is None
    assert np.array_equal(again.editor.mask, drawn)
    again.editor.back_to_model()
    found = store.model_outline(bare, None)
    assert found is not None
    assert np.array_equal(again.editor.mask, rle.decode(store.mask(found.id)))
    assert again.editor.threshold == 0.5
    again.editor.undo()
    assert np.array_equal(again.editor.mask, drawn)
    session.decide(again, ACCEPT)
    assert store.photo(bare).decision is DecisionKind.CORRECTED
