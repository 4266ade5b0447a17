"""Drafts and decisions: nothing is changed, everything can be taken back."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.arrivals import NewOutline
from db.errors import StaleDecision
from db.store import Store
from db.values import DecisionKind, DraftEdit, NewMask, Origin
from imaging.framing import Size, centre
from imaging.mask import rle
from imaging.values import Measurements, Prediction, Receipt
from tests.db.conftest import FOLDER, SIZE, edit, new_photo, outline, revision_of, verdict
from tests.support.tries import tries


@settings(
    max_examples=tries(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.sampled_from(["edit", "undo", "redo"]), max_size=12))
def test_a_draft_is_the_line_of_edits_with_a_cursor(store: Store, steps: list[str]) -> None:
    photo_id = outline(store, f"{id(steps)}-{len(list(store.queue(FOLDER)))}.jpg")
    revision = revision_of(store, photo_id)
    line: list[DraftEdit] = []
    cursor, draft_id, made = 0, None, 0
    for step in steps:
        if step == "edit":
            new = edit(made)
            draft_id = store.add_edit("ada", photo_id, revision, cursor, new).draft_id
            line[cursor:] = [new]
            cursor, made = cursor + 1, made + 1
        elif draft_id is not None:
            cursor = max(0, cursor - 1) if step == "undo" else min(len(line), cursor + 1)
            store.move_cursor(draft_id, cursor)
    state = store.draft("ada", photo_id, revision)
    if draft_id is None:
        assert state is None
    else:
        assert state is not None
        assert (list(state.edits), state.cursor) == (line, cursor)
    assert store.draft("bob", photo_id, revision) is None


def test_a_stroke_that_is_drawn_on_is_one_edit(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    base = revision_of(store, photo_id)
    stored = store.add_edit("ada", photo_id, base, 0, edit(1))
    assert store.redraw_edit(stored.edit_id, edit(2))
    state = store.draft("ada", photo_id, base)
    assert state is not None
    assert (state.edits, state.cursor) == ((edit(2),), 1)
    store.move_cursor(stored.draft_id, 0)
    store.add_edit("ada", photo_id, base, 0, edit(3))
    assert not store.redraw_edit(stored.edit_id, edit(4))
    assert not store.redraw_edit(stored.edit_id + 99, edit(4))
    state = store.draft("ada", photo_id, base)
    assert state is not None
    assert state.edits == (edit(3),)


def test_a_correction_is_a_new_revision_and_taking_it_back_restores_the_draft(
    store: Store,
) -> None:
    photo_id = outline(store, "a.jpg")
    base = revision_of(store, photo_id)
    draft = store.add_edit("ada", photo_id, base, 0, edit(1)).draft_id
    measured = store.photo(photo_id).revision
    assert measured is not None
    mask = NewMask(draft, store.mask(base), measured.measurements, Origin.BRUSH, None)
    store.decide(replace(verdict(store, photo_id, DecisionKind.CORRECTED), mask=mask))
    corrected = store.photo(photo_id).revision
    assert corrected is not None
    assert (corrected.author, corrected.parent_id) == ("ada", base)
    [taken] = store.take_back("ada")
    assert taken.photo_id == photo_id
    assert revision_of(store, photo_id) == base
    state = store.draft("ada", photo_id, base)
    assert state is not None
    assert state.cursor == 1
    assert store.mask(corrected.id) == store.mask(base)
    assert [entry.what for entry in store.photo(photo_id).history] == [
        "outlined by model lesion",
        "corrected",
        "taken back",
    ]


def test_decisions_are_taken_back_one_by_one_the_last_first(store: Store) -> None:
    first, second = outline(store, "a.jpg"), outline(store, "b.jpg")
    store.decide(verdict(store, first, DecisionKind.REJECTED))
    store.decide(verdict(store, second, DecisionKind.SKIPPED))
    store.decide(verdict(store, first, DecisionKind.ACCEPTED, score=4))
    back = [store.take_back("ada") for _ in range(4)]
    assert [[(d.photo_id, d.kind) for d in each] for each in back] == [
        [(first, DecisionKind.ACCEPTED)],
        [(second, DecisionKind.SKIPPED)],
        [(first, DecisionKind.REJECTED)],
        [],
    ]
    assert {item.decision for item in store.queue(FOLDER)} == {None}


def test_who_decides_on_what_has_changed_is_told(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    late = verdict(store, photo_id, DecisionKind.ACCEPTED, "bob")
    store.decide(verdict(store, photo_id, DecisionKind.REJECTED))
    with pytest.raises(StaleDecision, match="Look at it again"):
        store.decide(late)
    store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED, "bob"))
    [reviewed] = store.reviewed([DecisionKind.ACCEPTED], FOLDER)
    assert reviewed.decision.reviewer == "bob"
    assert list(store.reviewed([DecisionKind.ACCEPTED], "/elsewhere")) == []


def test_skipped_photos_can_be_put_in_the_order_they_were_skipped_in(store: Store) -> None:
    for name in ("b.jpg", "a.jpg"):
        store.decide(verdict(store, outline(store, name), DecisionKind.SKIPPED))
    first, second = sorted(store.queue(FOLDER), key=lambda item: item.decision_id or 0)
    assert (first.name, second.name) == ("b.jpg", "a.jpg")


def test_edits_since_a_decision_are_told_from_those_before_it(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    base = revision_of(store, photo_id)
    draft = store.add_edit("ada", photo_id, base, 0, edit(1)).draft_id
    store.decide(verdict(store, photo_id, DecisionKind.REJECTED))
    [item] = store.queue(FOLDER, "ada")
    assert (item.has_draft, item.edited_since) == (True, False)
    store.add_edit("ada", photo_id, base, 1, edit(2))
    [item] = store.queue(FOLDER, "ada")
    assert (item.has_draft, item.edited_since) == (True, True)
    store.move_cursor(draft, 0)
    [item] = store.queue(FOLDER, "ada")
    assert (item.has_draft, item.edited_since) == (False, False)


def test_every_edit_on_an_accepted_outline_is_made_since_but_only_for_who_made_it(
    store: Store,
) -> None:
    photo_id = outline(store, "a.jpg")
    store.decide(verdict(store, photo_id, DecisionKind.ACCEPTED))
    store.add_edit("ada", photo_id, revision_of(store, photo_id), 0, edit(1))
    assert [item.edited_since for item in store.queue(FOLDER, "ada")] == [True]
    assert [item.edited_since for item in store.queue(FOLDER, "bob")] == [False]
    assert [item.has_draft for item in store.queue(FOLDER)] == [True]


def test_the_history_says_who_drew_and_when_nothing_was_drawn(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    nothing = rle.encode(np.zeros((SIZE.height, SIZE.width), np.bool_))
    grid = np.zeros((8, 8), np.float32)
    made = Prediction(grid, centre(SIZE, Size(8, 8)), Receipt("other", "o" * 64, "x", "CPU", 1.0))
    store.take_in(new_photo("a.jpg"), NewOutline(made, nothing, Measurements(0, 0.0), 0.5))
    store.decide(verdict(store, photo_id, DecisionKind.REJECTED, score=2))
    told = [(entry.what, entry.who) for entry in store.photo(photo_id).history]
    assert told == [
        ("outlined by model lesion", ""),
        ("model other: nothing drawn", ""),
        ("rejected, score 2", "ada"),
    ]
    assert store.photo(photo_id).score == 2
