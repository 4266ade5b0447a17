"""Drafts: every edit comes back as it was made, on the photo, base and reviewer it was made on."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlmodel import Session, col

from db.errors import Unknown
from db.store import Store
from db.tables import DraftRow, EditRow
from db.values import KEPT, DecisionKind, DraftEdit, Origin, Tool
from imaging.framing import Mask
from imaging.mask import rle
from imaging.mask.edit import apply_patch, difference
from imaging.values import Patch
from tests.db.conftest import FOLDER, SIZE, correct, edit, new_photo, outline, revision_of, verdict
from tests.support.tries import tries

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
EDITS = st.builds(
    DraftEdit,
    patch=st.builds(
        Patch,
        *(st.integers(0, 2**16),) * 4,
        bits=st.binary(max_size=40),
        hash_before=st.text("0123456789abcdef", max_size=64),
        hash_after=st.text("0123456789abcdef", max_size=64),
    ),
    tool=st.just(Tool.BRUSH),
    settings=st.dictionaries(st.text(max_size=8), NUMBERS | st.integers(-(2**53), 2**53)),
    covered=st.none() | st.binary(max_size=40),
)
LENIENT = settings(
    max_examples=tries(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def count(store: Store, table: type[DraftRow | EditRow]) -> int:
    with Session(store._engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def line_of(store: Store, reviewer: str, photo_id: int, base: int | None) -> list[DraftEdit]:
    state = store.draft(reviewer, photo_id, base)
    return [] if state is None else list(state.edits[: state.cursor])


@LENIENT
@given(made=st.lists(EDITS, min_size=1, max_size=5), threshold=st.floats(0, 1))
def test_every_edit_comes_back_as_it_was(
    store: Store, made: list[DraftEdit], threshold: float
) -> None:
    photo_id = outline(store, f"{len(list(store.queue(FOLDER)))}.jpg")
    base = revision_of(store, photo_id)
    made.append(DraftEdit.at_threshold(made[0].patch, threshold))
    for cursor, each in enumerate(made):
        store.add_edit("ada", photo_id, base, cursor, each)
    assert line_of(store, "ada", photo_id, base) == made
    assert made[-1].threshold == threshold
    assert [each.threshold for each in made[:-1]] == [None] * (len(made) - 1)


@LENIENT
@given(
    rows=st.lists(
        st.lists(st.booleans(), min_size=SIZE.width, max_size=SIZE.width), min_size=1, max_size=4
    ),
    data=st.data(),
)
def test_patches_that_went_through_the_store_make_the_same_mask(
    store: Store, rows: list[list[bool]], data: st.DataObject
) -> None:
    photo_id = outline(store, f"{len(list(store.queue(FOLDER)))}.jpg")
    base = revision_of(store, photo_id)
    mask: Mask = rle.decode(store.mask(base))
    cursor = 0
    for row in rows:
        wanted = mask.copy()
        wanted[data.draw(st.integers(0, SIZE.height - 1))] = row
        patch = difference(mask, wanted)
        if patch is not None:
            store.add_edit("ada", photo_id, base, cursor, DraftEdit(patch, Tool.BRUSH))
            mask, cursor = wanted, cursor + 1
    again: Mask = rle.decode(store.mask(base))
    for each in line_of(store, "ada", photo_id, base):
        apply_patch(again, each.patch)
    assert np.array_equal(again, mask)


def test_a_number_that_is_none_is_never_stored(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    base = revision_of(store, photo_id)
    endless = DraftEdit.at_threshold(edit(1).patch, float("nan"))
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.add_edit("ada", photo_id, base, 0, endless)
    assert store.draft("ada", photo_id, base) is None


def test_a_draft_begins_where_there_is_no_outline_and_becomes_one(store: Store) -> None:
    photo_id = store.take_in(new_photo("a.jpg")).photo_id
    other = store.take_in(new_photo("b.jpg")).photo_id
    store.add_edit("ada", photo_id, None, 0, edit(1))
    store.add_edit("ada", photo_id, None, 1, edit(2))
    store.add_edit("bob", photo_id, None, 0, edit(3))
    assert line_of(store, "ada", photo_id, None) == [edit(1), edit(2)]
    assert line_of(store, "bob", photo_id, None) == [edit(3)]
    assert store.draft("ada", other, None) is None
    assert count(store, DraftRow) == 2
    drawn = correct(store, photo_id)
    details = store.photo(photo_id)
    assert details.revision is not None
    assert (details.revision.parent_id, details.revision.author) == (None, "ada")
    assert (details.revision.origin, details.receipt) == (Origin.BRUSH, None)
    assert [each.patch.left for each in store.strokes(drawn)] == [1, 2, 2]
    store.take_back("ada")
    assert store.photo(photo_id).revision is None
    assert len(line_of(store, "ada", photo_id, None)) == 3


def test_what_is_drawn_on_nothing_stays_also_when_an_outline_comes(store: Store) -> None:
    photo_id = store.take_in(new_photo("a.jpg")).photo_id
    store.add_edit("ada", photo_id, None, 0, edit(1))
    for reviewer, drawn in (("ada", True), ("bob", False), (None, True)):
        [item] = store.queue(FOLDER, reviewer)
        assert (item.segmented, item.has_draft) == (False, drawn), reviewer
    outline(store, "a.jpg")
    [item] = store.queue(FOLDER, "ada")
    assert (item.segmented, item.has_draft) == (False, True)
    assert line_of(store, "ada", photo_id, None) == [edit(1)]
    found = store.model_outline(photo_id, None)
    assert found is not None
    assert found.origin is Origin.MODEL


def test_what_was_drawn_on_nothing_and_undone_gives_way_to_an_outline(store: Store) -> None:
    photo_id = store.take_in(new_photo("a.jpg")).photo_id
    store.move_cursor(store.add_edit("ada", photo_id, None, 0, edit(1)).draft_id, 0)
    outline(store, "a.jpg")
    [item] = store.queue(FOLDER, "ada")
    assert (item.segmented, item.has_draft) == (True, False)


def test_an_outline_that_came_before_the_first_stroke_was_stored_replaces_nothing(
    store: Store,
) -> None:
    photo_id = store.take_in(new_photo("a.jpg")).photo_id
    outline(store, "a.jpg")
    store.add_edit("ada", photo_id, None, 0, edit(1))
    [item] = store.queue(FOLDER, "ada")
    assert (item.segmented, item.has_draft) == (False, True)
    drawn = correct(store, photo_id)
    assert revision_of(store, photo_id) == drawn
    store.take_back("ada")
    assert store.photo(photo_id).revision is None
    assert len(line_of(store, "ada", photo_id, None)) == 2


def test_an_outline_that_somebody_works_on_stays_whoever_draws_on_nothing(store: Store) -> None:
    photo_id = store.take_in(new_photo("a.jpg")).photo_id
    outline(store, "a.jpg")
    base = revision_of(store, photo_id)
    store.add_edit("bob", photo_id, base, 0, edit(2))
    store.add_edit("ada", photo_id, None, 0, edit(1))
    assert revision_of(store, photo_id) == base


def test_a_draft_is_of_one_photo_base_and_reviewer(store: Store) -> None:
    first, second = outline(store, "a.jpg"), outline(store, "b.jpg")
    base = revision_of(store, first)
    ids = [
        store.add_edit("ada", first, base, 0, edit(1)).draft_id,
        store.add_edit("bob", first, base, 0, edit(2)).draft_id,
        store.add_edit("ada", second, revision_of(store, second), 0, edit(3)).draft_id,
        store.add_edit("ada", first, correct(store, first, "eve"), 0, edit(4)).draft_id,
    ]
    assert len(set(ids)) == 4
    assert line_of(store, "ada", first, base) == [edit(1)]
    assert line_of(store, "bob", first, base) == [edit(2)]
    assert store.draft("ada", second, base) is None
    assert store.draft("ada", first, 99) is None


def test_edits_that_an_edit_after_an_undo_abandons_stay(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    base = revision_of(store, photo_id)
    for cursor in range(3):
        stored = store.add_edit("ada", photo_id, base, cursor, edit(cursor))
    store.move_cursor(stored.draft_id, 1)
    branch = store.add_edit("ada", photo_id, base, 1, edit(9))
    assert line_of(store, "ada", photo_id, base) == [edit(0), edit(9)]
    with Session(store._engine) as session:
        rows = session.scalars(select(EditRow).order_by(col(EditRow.sequence))).all()
        assert [(row.sequence, row.position, row.abandoned_by_id) for row in rows] == [
            (0, 0, None),
            (1, 1, branch.edit_id),
            (2, 2, branch.edit_id),
            (3, 1, None),
        ]


def test_a_draft_is_there_after_the_end(store: Store, database: Path) -> None:
    photo_id = outline(store, "a.jpg")
    base = revision_of(store, photo_id)
    stored = store.add_edit("ada", photo_id, base, 0, edit(1))
    store.add_edit("ada", photo_id, base, 1, edit(2))
    store.move_cursor(stored.draft_id, 1)
    before = store.draft("ada", photo_id, base)
    store.close()
    with closing(Store.open(database)) as again:
        assert again.draft("ada", photo_id, base) == before
        assert before is not None
        assert (before.draft_id, before.cursor, before.edits) == (
            stored.draft_id, 1, (edit(1), edit(2)),
        )  # fmt: skip


def test_the_strokes_on_the_way_to_a_revision_are_those_that_live_in_it(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    base = revision_of(store, photo_id)
    assert store.strokes(base) == ()
    store.add_edit("ada", photo_id, base, 0, edit(5))
    store.add_edit("ada", photo_id, base, 1, DraftEdit.at_threshold(edit(6).patch, 0.4))
    undone = store.add_edit("ada", photo_id, base, 2, edit(7))
    store.move_cursor(undone.draft_id, 2)
    first = correct(store, photo_id)
    second = correct(store, photo_id, "bob")
    assert [each.patch.left for each in store.strokes(first)] == [5, 2]
    assert [each.patch.left for each in store.strokes(second)] == [5, 2, 0]
    assert store.strokes(base) == ()


def test_the_models_outline_is_found_behind_every_correction(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    base = revision_of(store, photo_id)
    last = [correct(store, photo_id, reviewer) for reviewer in ("ada", "bob")][-1]
    for revision_id in (base, last):
        found = store.model_outline(photo_id, revision_id)
        assert found is not None
        assert (found.id, found.origin, found.threshold) == (base, Origin.MODEL, 0.5)


def test_behind_what_was_drawn_on_nothing_is_what_a_model_made_since(store: Store) -> None:
    photo_id = store.take_in(new_photo("a.jpg")).photo_id
    drawn = correct(store, photo_id)
    assert store.model_outline(photo_id, drawn) is None
    outline(store, "a.jpg")
    found = store.model_outline(photo_id, drawn)
    assert found is not None
    assert (found.id, found.origin, revision_of(store, photo_id)) == (2, Origin.MODEL, drawn)


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.move_cursor(99, 0),
        lambda store: store.mask(99),
        lambda store: store.photo(99),
        lambda store: store.prediction(99),
        lambda store: store.decide(replace(verdict(store, 1, DecisionKind.SKIPPED), photo_id=99)),
    ],
)
def test_what_is_not_there_is_said_to_be_unknown(
    store: Store, ask: Callable[[Store], object]
) -> None:
    outline(store, "a.jpg")
    with pytest.raises(Unknown, match="holds no"):
        ask(store)
    assert not store.redraw_edit(99, edit(1))


def test_live_edits_on_an_outline_that_stands_no_more_are_kept_until_a_decision_holds_them(
    store: Store,
) -> None:
    photo_id = outline(store, "a.jpg")
    base = revision_of(store, photo_id)
    store.add_edit("ada", photo_id, base, 0, edit(1))
    stored = store.add_edit("ada", photo_id, base, 1, edit(2))
    store.move_cursor(stored.draft_id, 1)
    assert store.kept_edits("ada", photo_id, base) == ()
    drawn = correct(store, photo_id, "bob")
    [kept] = store.kept_edits("ada", photo_id, drawn)
    assert (kept.base_revision_id, kept.edits) == (base, (edit(1),))
    assert store.kept_edits("bob", photo_id, drawn) == ()
    # Gone back to by an edit that is live, they are where that one is.
    taken = replace(edit(4), tool=Tool.REVISION, settings={KEPT: kept.last_id})
    again = store.add_edit("ada", photo_id, drawn, 0, taken)
    assert store.kept_edits("ada", photo_id, drawn) == ()
    store.move_cursor(again.draft_id, 0)
    assert store.kept_edits("ada", photo_id, drawn) == (kept,)
    store.move_cursor(stored.draft_id, 0)
    assert store.kept_edits("ada", photo_id, drawn) == ()


def test_the_strokes_until_an_edit_are_those_that_lived_when_it_was_made(store: Store) -> None:
    photo_id = outline(store, "a.jpg")
    store.add_edit("ada", photo_id, revision_of(store, photo_id), 0, edit(5))
    base = correct(store, photo_id, "ada")
    store.add_edit("ada", photo_id, base, 0, edit(6))
    last = store.add_edit("ada", photo_id, base, 1, edit(7))
    before = [each.patch.left for each in store.strokes_until(last.edit_id)]
    assert before[-2:] == [6, 7]
    assert 5 in before
    store.move_cursor(last.draft_id, 1)
    branch = store.add_edit("ada", photo_id, base, 1, edit(8))
    store.add_edit("ada", photo_id, base, 2, edit(9))
    assert [each.patch.left for each in store.strokes_until(last.edit_id)] == before
    after = [each.patch.left for each in store.strokes_until(branch.edit_id)]
    assert after == [*before[:-1], 8]
