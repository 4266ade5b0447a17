"""A photo's revisions: seen beside the present mask, and taken as one edit."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from db.store import Store
from db.values import DecisionKind, Origin, Tool
from imaging.framing import Mask
from imaging.mask import rle
from imaging.mask.agreement import agreement
from pipeline.errors import NothingToRepair
from pipeline.review.editor import Editor, OpenPhoto
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer

ACCEPT = Ruling(DecisionKind.ACCEPTED, seconds=1.0)
FIRST, SECOND = (20.0, 20.0), (300.0, 220.0)


@pytest.fixture
def session(store: Store, modelless: Pool, viewer: Viewer, folder: Path) -> Iterator[ReviewSession]:
    with closing(ReviewSession(store, modelless, viewer, folder, "ada")) as session:
        yield session


def stroke(editor: Editor, x: float, y: float) -> None:
    editor.begin_stroke(6, True)
    editor.extend_stroke(x, y)
    editor.end_stroke()


@pytest.fixture
def thrice(session: ReviewSession, remembered: int) -> OpenPhoto:
    """A photo with the model's outline and two corrections of it, open."""
    for point in (FIRST, SECOND):
        photo = session.open(remembered)
        stroke(photo.editor, *point)
        session.decide(photo, ACCEPT)
    return session.open(remembered)


def stored(store: Store, photo_id: int) -> list[Mask]:
    """All masks of a photo, the first first."""
    revisions = store.revisions(photo_id)
    return [rle.decode(store.mask(drawn.revision.id)) for drawn in revisions]


def take(session: ReviewSession, photo: OpenPhoto, place: int) -> None:
    version = session.versions(photo)[place]
    photo.editor.take_revision(version.revision, version.mask(), bool(version.lesions))


def test_they_come_last_first_with_who_how_and_how_far_they_agree(
    session: ReviewSession, store: Store, remembered: int, thrice: OpenPhoto
) -> None:
    stroke(thrice.editor, 160, 20)
    versions = session.versions(thrice)
    told = [(each.revision.author, each.revision.origin, each.model) for each in versions]
    assert told == [
        ("ada", Origin.BRUSH, "by hand"),
        ("ada", Origin.BRUSH, "by hand"),
        ("by hand", Origin.MODEL, "by hand"),
    ]
    masks = stored(store, remembered)[::-1]
    assert all(
        np.array_equal(each.mask(), mask) for each, mask in zip(versions, masks, strict=True)
    )
    dice = [agreement(mask, thrice.editor.mask).dice for mask in masks]
    assert [each.dice for each in versions] == dice
    assert 1 > dice[0] > dice[1] > dice[2] > 0


def test_one_is_taken_as_one_edit_that_undoes_and_survives(
    session: ReviewSession,
    store: Store,
    modelless: Pool,
    viewer: Viewer,
    folder: Path,
    remembered: int,
    thrice: OpenPhoto,
) -> None:
    _, first, second = before = stored(store, remembered)
    take(session, thrice, 1)
    assert np.array_equal(thrice.editor.mask, first)
    assert thrice.editor.edits == 1
    session.close()
    with closing(ReviewSession(store, modelless, viewer, folder, "ada")) as again:
        photo = again.open(remembered)
        assert np.array_equal(photo.editor.mask, first)
        photo.editor.undo()
        assert np.array_equal(photo.editor.mask, second)
        photo.editor.redo()
        again.decide(photo, ACCEPT)
        assert store.photo(remembered).decision is DecisionKind.CORRECTED
        *kept, last = stored(store, remembered)
        assert np.array_equal(last, first)
        assert all(np.array_equal(*pair) for pair in zip(kept, before, strict=True))


def test_what_was_drawn_on_the_way_to_it_stays_at_another_threshold(
    session: ReviewSession, remembered: int, thrice: OpenPhoto
) -> None:
    take(session, thrice, 1)
    for threshold in (0.3, 0.7):
        thrice.editor.set_threshold(threshold)
        assert thrice.editor.mask[20, 20]
        assert not thrice.editor.mask[220, 300]
    assert thrice.editor.origin is Origin.BRUSH
    session.decide(thrice, ACCEPT)
    again = session.open(remembered)
    again.editor.set_threshold(0.3)
    assert again.editor.mask[20, 20]
    assert not again.editor.mask[220, 300]


def test_the_models_is_taken_as_by_its_own_key(
    session: ReviewSession, store: Store, remembered: int, thrice: OpenPhoto
) -> None:
    take(session, thrice, 2)
    model = stored(store, remembered)[0]
    assert np.array_equal(thrice.editor.mask, model)
    assert (thrice.editor.threshold, thrice.editor.origin) == (0.5, Origin.THRESHOLD)
    thrice.editor.set_threshold(0.3)
    assert not thrice.editor.mask[20, 20]
    stroke(thrice.editor, *FIRST)
    session.decide(thrice, ACCEPT)
    revision = store.photo(remembered).revision
    assert revision is not None
    tools = [edit.tool for edit in store.strokes(revision.id)]
    assert tools[-2:] == [Tool.MODEL, Tool.BRUSH]


def test_what_it_is_already_is_said(session: ReviewSession, thrice: OpenPhoto) -> None:
    with pytest.raises(NothingToRepair, match="that revision's outline already"):
        take(session, thrice, 0)
    take(session, thrice, 2)
    with pytest.raises(NothingToRepair, match="the model's outline already"):
        take(session, thrice, 2)
    assert thrice.editor.edits == 1
