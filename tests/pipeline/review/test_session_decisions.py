"""What a decision stores, and what taking it back brings back."""

import numpy as np
import pytest

from db.store import Store
from db.values import DecisionKind, Origin, Remarks
from imaging.mask import rle
from imaging.mask.form import Form
from pipeline.errors import Overruled
from pipeline.review.reshaped import Reshaped
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from pipeline.review.waiting import Said
from tests.db.conftest import verdict
from tests.pipeline.review.conftest import Sit, paint


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
    mask = photo.editor.mask.copy()
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
    [reviewed] = store.reviewed([DecisionKind.CORRECTED])
    assert reviewed.revision is not None
    assert reviewed.rle is not None
    assert (reviewed.revision.author, reviewed.revision.origin) == ("ada", Origin.BRUSH)
    assert np.array_equal(rle.decode(reviewed.rle), mask)
    editor = session.open(remembered).editor
    assert np.array_equal(editor.mask, mask)
    assert editor.edits == 0


@pytest.mark.parametrize("there_and_back", [False, True])
def test_a_correction_that_its_reviewer_accepts_again_is_one_still_and_anothers_is_accepted(
    session: ReviewSession, sit: Sit, store: Store, remembered: int, there_and_back: bool
) -> None:
    photo = session.open(remembered)
    paint(photo, (10, 10), (60, 20))
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
    again = session.open(remembered)
    if there_and_back:
        paint(again, (200, 10), (220, 20))
        again.editor.undo()
    session.decide(again, Ruling(DecisionKind.ACCEPTED, seconds=1))
    assert [item.decision for item in session.queue()] == [DecisionKind.CORRECTED]
    other = sit("bo")
    other.decide(other.open(remembered), Ruling(DecisionKind.ACCEPTED, seconds=1))
    assert [item.decision for item in other.queue()] == [DecisionKind.ACCEPTED]


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
    photo.editor.set_threshold(0.3)
    paint(photo, (10, 10), (60, 10))
    paint(photo, (160, 120), (300, 120))
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
    again = session.open(remembered)
    editor = again.editor
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


def test_accepted_with_every_edit_undone_is_the_models_mask(
    session: ReviewSession, store: Store, remembered: int
) -> None:
    photo = session.open(remembered)
    paint(photo, (10, 10))
    photo.editor.undo()
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
    assert len(list(store.reviewed([DecisionKind.ACCEPTED]))) == 1


def test_a_stroke_still_being_drawn_belongs_to_the_decision(
    session: ReviewSession, store: Store, remembered: int
) -> None:
    photo = session.open(remembered)
    photo.editor.begin_stroke(5, True)
    photo.editor.extend_stroke(10, 10)
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
    assert len(list(store.reviewed([DecisionKind.CORRECTED]))) == 1


def test_taken_back_the_photo_waits_again_with_its_edits(
    session: ReviewSession, remembered: int
) -> None:
    photo = session.open(remembered)
    paint(photo, (10, 10), (60, 20))
    mask = photo.editor.mask.copy()
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, seconds=1))
    [taken] = session.take_back()
    assert taken.decision.photo_id == remembered
    assert (taken.decision.kind, taken.stands) == (DecisionKind.CORRECTED, Said(None))
    assert [item.decision for item in session.queue()] == [None]
    editor = session.open(remembered).editor
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
