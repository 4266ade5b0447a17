"""A photo's revisions: seen beside the present mask, and taken as one edit."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from db.arrivals import NewPhoto
from db.errors import StaleDecision
from db.store import Store
from db.values import DecisionKind, KeptEdits, Origin, Revision, Tool
from imaging.decode.photo import fingerprint, read_file
from imaging.framing import Mask
from imaging.mask import rle
from imaging.mask.agreement import agreement
from pipeline.errors import NothingToRepair
from pipeline.intake.scan import file_stat
from pipeline.review.editor import Editor
from pipeline.review.open_photo import OpenPhoto
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer
from tests.pipeline.conftest import draw_photo

ACCEPT = Ruling(DecisionKind.ACCEPTED, seconds=1.0)
FIRST, SECOND = (20.0, 20.0), (300.0, 220.0)


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
    session.versions(photo)[place].take(photo.editor)


def test_they_come_last_first_with_who_how_and_how_far_they_agree(
    session: ReviewSession, store: Store, remembered: int, thrice: OpenPhoto
) -> None:
    stroke(thrice.editor, 160, 20)
    versions = session.versions(thrice)
    made = [each.made for each in versions]
    told = [
        (each.author, each.origin, version.model)
        for each, version in zip(made, versions, strict=True)
        if isinstance(each, Revision)
    ]
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


def test_each_says_what_it_was_drawn_with(session: ReviewSession, remembered: int) -> None:
    square = [(10.0, 10.0), (60.0, 10.0), (60.0, 60.0), (10.0, 60.0)]
    photo = session.open(remembered)
    photo.editor.draw_shape(Tool.LASSO, square, True)
    session.decide(photo, ACCEPT)
    photo = session.open(remembered)
    stroke(photo.editor, *SECOND)
    photo.editor.draw_shape(Tool.LASSO, [(x + 100, y) for x, y in square], True)
    session.decide(photo, ACCEPT)
    photo = session.open(remembered)
    # Of what was gone back to, the tools hold; not those of what was left for it.
    take(session, photo, 1)
    session.decide(photo, ACCEPT)
    tools = [each.tools for each in session.versions(session.open(remembered))]
    assert tools == [(Tool.LASSO,), (Tool.LASSO, Tool.BRUSH), (Tool.LASSO,), ()]


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


# Edits that are kept with an outline before


THIRD = (160.0, 20.0)


@pytest.fixture
def bo(store: Store, modelless: Pool, viewer: Viewer, folder: Path) -> Iterator[ReviewSession]:
    with closing(ReviewSession(store, modelless, viewer, folder, "bo")) as session:
        yield session


@pytest.fixture
def overtaken(session: ReviewSession, bo: ReviewSession, remembered: int) -> Mask:
    """A photo that was corrected elsewhere while two strokes were drawn on it; what they made."""
    photo = session.open(remembered)
    for point in (FIRST, SECOND):
        stroke(photo.editor, *point)
    theirs = bo.open(remembered)
    stroke(theirs.editor, *THIRD)
    bo.decide(theirs, ACCEPT)
    with pytest.raises(StaleDecision):
        session.decide(photo, ACCEPT)
    return photo.editor.mask.copy()


def test_edits_that_another_ones_correction_overtook_are_seen_before_the_revisions(
    session: ReviewSession, bo: ReviewSession, remembered: int, overtaken: Mask
) -> None:
    photo = session.open(remembered)
    kept, *revisions = session.versions(photo)
    assert isinstance(kept.made, KeptEdits)
    assert (photo.kept, len(kept.made.edits)) == (2, 2)
    assert np.array_equal(kept.mask(), overtaken)
    assert kept.dice == agreement(overtaken, photo.editor.mask).dice
    assert all(isinstance(each.made, Revision) for each in revisions)
    # They are whose they are: nobody else is told of them.
    theirs = bo.open(remembered)
    assert theirs.kept == 0
    assert len(bo.versions(theirs)) == len(revisions)


def test_they_are_taken_as_one_edit_and_are_no_more_kept_once_they_are(
    session: ReviewSession, store: Store, remembered: int, overtaken: Mask
) -> None:
    before, photo = stored(store, remembered), session.open(remembered)
    theirs, kept = photo.editor.mask.copy(), session.versions(photo)[0]
    kept.take(photo.editor)
    assert np.array_equal(photo.editor.mask, overtaken)
    assert (photo.editor.edits, photo.editor.origin) == (1, Origin.BRUSH)
    with pytest.raises(NothingToRepair, match="what you drew already"):
        kept.take(photo.editor)
    photo.editor.undo()
    assert np.array_equal(photo.editor.mask, theirs)
    assert session.open(remembered).kept == 2
    photo.editor.redo()
    assert session.open(remembered).kept == 0
    session.decide(photo, ACCEPT)
    *same, last = stored(store, remembered)
    assert np.array_equal(last, overtaken)
    assert all(np.array_equal(*pair) for pair in zip(same, before, strict=True))
    again = session.open(remembered)
    assert again.kept == 0
    assert all(isinstance(each.made, Revision) for each in session.versions(again))


def test_what_was_drawn_by_hand_in_them_stays_at_another_threshold_and_nothing_else(
    session: ReviewSession, store: Store, remembered: int, overtaken: Mask
) -> None:
    photo = session.open(remembered)
    take(session, photo, 0)
    assert photo.editor.threshold == 0.5
    for threshold in (0.3, 0.7):
        photo.editor.set_threshold(threshold)
        assert photo.editor.mask[20, 20]
        assert photo.editor.mask[220, 300]
        assert not photo.editor.mask[20, 160]
    session.decide(photo, ACCEPT)
    again = session.open(remembered)
    again.editor.set_threshold(0.3)
    assert again.editor.mask[20, 20]
    assert not again.editor.mask[20, 160]


def test_they_are_taken_as_they_were_whatever_is_drawn_there_later(
    session: ReviewSession, bo: ReviewSession, remembered: int, overtaken: Mask
) -> None:
    photo = session.open(remembered)
    take(session, photo, 0)
    session.drain()
    # Their decision is taken back: what the edits were made on stands again, and is drawn on.
    bo.take_back()
    before = session.open(remembered)
    assert np.array_equal(before.editor.mask, overtaken)
    assert before.kept == 1
    before.editor.undo()
    stroke(before.editor, *THIRD)
    session.drain()
    photo.editor.set_threshold(0.3)
    assert photo.editor.mask[220, 300]
    assert not photo.editor.mask[20, 160]


def test_lesions_that_were_told_apart_in_them_are_taken_too(
    session: ReviewSession, bo: ReviewSession, remembered: int
) -> None:
    photo = session.open(remembered)
    stroke(photo.editor, *FIRST)
    photo.editor.swap_instances()
    theirs = bo.open(remembered)
    stroke(theirs.editor, *THIRD)
    bo.decide(theirs, ACCEPT)
    session.drain()
    again = session.open(remembered)
    [kept] = [each for each in session.versions(again) if isinstance(each.made, KeptEdits)]
    assert kept.lesions == 2
    kept.take(again.editor)
    assert again.editor.several
    again.editor.undo()
    assert not again.editor.several


def test_what_was_drawn_on_nothing_is_kept_too_when_another_one_draws_an_outline(
    session: ReviewSession, bo: ReviewSession, store: Store, folder: Path
) -> None:
    photo = draw_photo(folder / "bare.jpg")
    photo_id = store.take_in(NewPhoto(file_stat(photo), fingerprint(read_file(photo)))).photo_id
    opened, theirs = session.open(photo_id), bo.open(photo_id)
    stroke(opened.editor, *FIRST)
    mine = opened.editor.mask.copy()
    session.drain()
    stroke(theirs.editor, *THIRD)
    bo.decide(theirs, ACCEPT)
    again = session.open(photo_id)
    take(session, again, 0)
    assert np.array_equal(again.editor.mask, mine)


def test_what_a_decision_holds_is_a_revision_and_is_not_kept(
    session: ReviewSession, bo: ReviewSession, remembered: int, thrice: OpenPhoto
) -> None:
    theirs = bo.open(remembered)
    stroke(theirs.editor, *THIRD)
    bo.decide(theirs, ACCEPT)
    again = session.open(remembered)
    assert again.kept == 0
    assert all(isinstance(each.made, Revision) for each in session.versions(again))
