"""What one key accepts of a page of photos: what was seen of it, and nothing else."""

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from db.store import Store
from db.together import LeftOut
from db.values import DecisionKind, QueueItem, Remarks
from imaging.framing import Mask
from pipeline.errors import ReviewError
from pipeline.review.pace import REACTION
from pipeline.review.session import ReviewSession
from pipeline.review.sheet import Bar, Drawn, Meant, Page, Shares, tell_accepted, tell_left_out
from pipeline.review.verdict import Ruling
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer

NOW = 100.0
SEEN = Drawn(7, NOW - REACTION)
WAITING = QueueItem(1, "/photos/a.jpg", "a.jpg", None, True, False, 0.1, revision_id=7)


@pytest.fixture
def two(remember: Callable[..., int], draw: Callable[..., Path], folder: Path, store: Store) -> int:
    for at in range(2):
        remember(store, draw(folder / f"{at}.png", at=(at, 0)))
    return 2


def meant(item: QueueItem, seconds: float = 1.0) -> Meant:
    remarks = Remarks.of(item)
    return Meant(item.photo_id, item.revision_id, item.decision_id, remarks, seconds)


def whole(_mask: Mask | None) -> int:
    return 64


@pytest.mark.parametrize(
    ("item", "drawn", "bar"),
    [
        (WAITING, SEEN, None),
        (WAITING, None, Bar.UNDRAWN),
        (WAITING, replace(SEEN, since=NOW - REACTION / 2), Bar.UNSEEN),
        (WAITING, replace(SEEN, failure="gone"), Bar.UNREADABLE),
        (WAITING, replace(SEEN, empty=True), Bar.EMPTY),
        (replace(WAITING, revision_id=8), SEEN, Bar.NEWER),
        (replace(WAITING, revision_id=None), replace(SEEN, revision_id=None), Bar.BARE),
        (replace(WAITING, has_draft=True), SEEN, Bar.EDITED),
        (replace(WAITING, decision=DecisionKind.SKIPPED), SEEN, Bar.SKIPPED),
        (replace(WAITING, decision=DecisionKind.REJECTED), None, Bar.DECIDED),
    ],
)
def test_nothing_is_accepted_but_an_outline_that_waits_and_was_seen(
    item: QueueItem, drawn: Drawn | None, bar: Bar | None
) -> None:
    page = Page([item], {} if drawn is None else {1: drawn})
    assert page.bar(item, NOW) is bar
    assert page.accepted(NOW) == ([item] if bar is None else [])


def test_what_was_taken_out_and_what_others_have_stays_and_is_told() -> None:
    items = [replace(WAITING, photo_id=number) for number in range(5)]
    page = Page(items, dict.fromkeys(range(4), SEEN), out={1, 3}, taken={0})
    assert [item.photo_id for item in page.accepted(NOW)] == [2]
    assert page.barred(NOW) == Counter({Bar.OUT: 2, Bar.ELSEWHERE: 1, Bar.UNDRAWN: 1})
    told = tell_accepted(1, page.barred(NOW))
    assert told == "1 accepted. Not accepted: 2 taken out, 1 not drawn yet, 1 open elsewhere."
    assert tell_accepted(0, {Bar.DECIDED: 3}) == "None accepted. Not accepted: 3 decided already."
    assert tell_accepted(9, {}) == "9 accepted."
    assert tell_left_out(LeftOut()) == ""
    assert tell_left_out(LeftOut((4,), (5, 6))) == (
        "Not accepted after all: 1 decided or outlined anew meanwhile, 2 opened elsewhere "
        "meanwhile. Look at them again."
    )


def test_the_seconds_of_a_page_are_parted_among_what_is_seen_of_it() -> None:
    seconds = [0.0]
    shares = Shares(lambda: seconds[0])
    shares.see([1, 2])
    seconds[0] = 8.0
    shares.see([1, 2, 3, 4])
    seconds[0] = 16.0
    assert [shares.take(photo) for photo in (1, 2, 3)] == [6.0, 6.0, 2.0]
    # What is over goes to the others, who are seen on.
    shares.see([])
    seconds[0] = 99.0
    assert [shares.take(photo) for photo in (1, 4)] == [0.0, 2.0]


def test_a_page_is_accepted_as_it_was_seen_and_taken_back_as_one_by_another_sitting(
    session: ReviewSession,
    two: int,
    store: Store,
    modelless: Pool,
    viewer: Viewer,
    folder: Path,
) -> None:
    items = list(session.queue())
    assert session.accept_page([meant(item, 2.5) for item in items]) == LeftOut()
    assert session.sitting.summary().kinds == {DecisionKind.ACCEPTED: two}
    decisions = [each.decision for each in store.reviewed([DecisionKind.ACCEPTED])]
    assert {each.revision_id for each in decisions} == {each.revision_id for each in items}
    assert [(each.reviewer, each.seconds) for each in decisions] == [("ada", 2.5)] * two
    assert len({each.batch for each in decisions}) == 1
    session.close()
    with closing(ReviewSession(store, modelless, viewer, folder, "ada")) as again:
        back = again.take_back()
        assert {each.decision.photo_id for each in back} == {each.photo_id for each in items}
        assert {each.stands.kind for each in back} == {None}
        assert again.take_back() == ()
        assert list(again.queue()) == items


def test_what_another_one_decided_meanwhile_is_left_out_and_not_counted(
    session: ReviewSession, two: int
) -> None:
    first, second = session.queue()
    session.decide(session.open(first.photo_id), Ruling(DecisionKind.REJECTED, 1.0))
    left = session.accept_page([meant(first), meant(second)])
    assert left == LeftOut(changed=(first.photo_id,))
    kinds = {DecisionKind.REJECTED: 1, DecisionKind.ACCEPTED: 1}
    assert session.sitting.summary().kinds == kinds


def test_a_glance_is_small_and_shows_the_outline_that_the_line_tells_of(
    session: ReviewSession, remembered: int
) -> None:
    [item] = session.queue()
    asked = list[Mask | None]()

    def side(mask: Mask | None) -> int:
        asked.append(mask)
        return 64

    seen = session.glance(item, side)
    assert seen.picture.shape == (48, 64, 3)
    assert (seen.revision_id, seen.mask.shape) == (item.revision_id, (240, 320))
    assert asked[0] is seen.mask
    opened = session.open(remembered)
    assert np.array_equal(seen.mask, opened.editor.mask)
    bare = session.glance(replace(item, revision_id=None), whole)
    assert (bare.revision_id, bare.mask.shape) == (None, (240, 320))
    assert not bare.mask.any()


def test_a_mask_is_not_shown_on_a_picture_that_it_was_not_made_for(
    session: ReviewSession, remembered: int, folder: Path, draw: Callable[..., Path]
) -> None:
    [item] = session.queue()
    draw(folder / "mole.jpg", at=(30, 0))
    with pytest.raises(ReviewError, match=r"mole\.jpg holds another picture"):
        session.glance(item, whole)
    assert item.photo_id == remembered
