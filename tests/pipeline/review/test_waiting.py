from dataclasses import replace

import pytest

from db.values import DecisionKind, QueueItem
from pipeline.review.held import count_held, is_edited_since
from pipeline.review.waiting import Said, Unfinished, foresee, order_skipped, order_waiting

ACCEPTED, REJECTED, SKIPPED = DecisionKind.ACCEPTED, DecisionKind.REJECTED, DecisionKind.SKIPPED


def item(photo_id: int, decision: DecisionKind | None = None, since: bool = False) -> QueueItem:
    decision_id = None if decision is None else 100 - photo_id
    return QueueItem(
        photo_id=photo_id,
        path=f"/photos/{photo_id}.jpg",
        name=f"{photo_id}.jpg",
        decision=decision,
        segmented=True,
        has_draft=False,
        area_fraction=0.25,
        decision_id=decision_id,
        edited_since=since,
    )


def test_undecided_photos_behind_the_cursor_come_first_and_skipped_ones_last() -> None:
    items = [item(1), item(2, SKIPPED), item(3, ACCEPTED, since=True), item(4), item(5, ACCEPTED)]
    order = [each.photo_id for each in order_waiting(items, 2, [])]
    assert order == [4, 1, 3, 2]


def test_what_was_skipped_first_comes_again_first() -> None:
    items = [item(1, SKIPPED), item(2, SKIPPED), item(3, SKIPPED)]
    assert [each.photo_id for each in order_skipped(items, [])] == [3, 2, 1]
    assert [each.photo_id for each in order_skipped(items, [3])] == [2, 1, 3]


def test_a_decision_on_its_way_stands_before_edits() -> None:
    made = Unfinished(0.5, edits=True, since=True)
    seen = foresee(replace(item(1), has_draft=True), Said(REJECTED), made)
    assert (seen.decision, seen.has_draft, seen.edited_since) == (REJECTED, False, False)


def test_edits_on_their_way_are_since_a_decision_only_where_there_is_one() -> None:
    made = Unfinished(0.5, edits=True, since=True)
    assert foresee(item(1, ACCEPTED), None, made).edited_since
    seen = foresee(item(1), None, made)
    assert (seen.area_fraction, seen.has_draft, seen.edited_since) == (0.5, True, False)


def test_the_area_of_a_mask_edited_in_another_sitting_is_not_known() -> None:
    assert foresee(replace(item(1), has_draft=True), None, None).area_fraction is None
    assert foresee(item(1, ACCEPTED, since=True), None, None).area_fraction is None
    assert foresee(item(1), None, None).area_fraction == 0.25


@pytest.mark.parametrize(
    ("row", "held"),
    [
        (item(1), None),
        (item(1, SKIPPED), None),
        (item(1, ACCEPTED), 0),
        (item(1, REJECTED), 2),
        (item(1, REJECTED, since=True), 0),
    ],
)
def test_an_outline_holds_none_of_the_live_edits_and_a_rejection_those_it_had(
    row: QueueItem, held: int | None
) -> None:
    assert count_held(row, 2) == held
    assert is_edited_since(held, 3) == (held is not None)
    assert not is_edited_since(2, 2)
