"""Others work on the same photos: what is open there, and what is said there, is seen here."""

from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot

from db.store import Store
from db.values import DecisionKind
from imaging.framing import Mask
from pipeline.review.session import ReviewSession
from pipeline.review.verdict import Ruling
from tests.tui.driving import Clinic, review_screen, settled, shown_photo, text_of, until
from tui.app import NevusApp
from tui.widgets.progress import Progress
from tui.widgets.queue import Queue
from tui.widgets.status import Status
from tui.widgets.versions import HEADING
from tui.widgets.workbench import Workbench

MakeApp = Callable[[], NevusApp]


@pytest.fixture
def bo(clinic: Clinic) -> Iterator[ReviewSession]:
    """A session with a store of its own, as another process has."""
    with (
        closing(Store.open(clinic.store.path)) as store,
        closing(
            ReviewSession(store, clinic.scorer, clinic.viewer, clinic.folder, "bo\x1b[31m")
        ) as session,
    ):
        yield session


@pytest.fixture
def three(clinic: Clinic) -> list[int]:
    return clinic.outline_all([f"spot{number}.jpg" for number in range(3)], surer=True)


def taken(pilot: Pilot[None]) -> set[int]:
    return {*review_screen(pilot).query_one(Queue)._rows.taken}


def said(pilot: Pilot[None]) -> str:
    return "\n".join(note.message for note in pilot.app._notifications)


def reject(session: ReviewSession, photo_id: int) -> None:
    session.decide(session.open(photo_id), Ruling(DecisionKind.REJECTED, 1.0))


async def test_what_another_one_has_open_is_left_to_them_until_they_leave_it(
    make_app: MakeApp, three: list[int], bo: ReviewSession
) -> None:
    bo.claim_all([three[0]])
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        assert shown_photo(screen) == three[1]
        assert "bo\\x1" in text_of(screen, "#queue").splitlines()[0]
        await pilot.press("a")
        await until(pilot, lambda: shown_photo(review_screen(pilot)) == three[2])
        await pilot.press("a")
        screen = await settled(pilot)
        assert shown_photo(screen) is None
        assert "1 photo is open with others." in text_of(screen, "#canvas")
        bo.let_go()
        await until(pilot, lambda: shown_photo(review_screen(pilot)) == three[0])


async def test_it_may_be_gone_to_and_decided_and_is_said_to_be_open(
    make_app: MakeApp, clinic: Clinic, three: list[int], bo: ReviewSession
) -> None:
    bo.claim_all([three[0]])
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        # The key for the next photo passes over it, an arrow goes to it.
        await pilot.press("up", "up")
        await settled(pilot)
        bo.claim_all([three[1]])
        await until(pilot, lambda: taken(pilot) == {three[1]})
        await pilot.press("j")
        assert shown_photo(await settled(pilot)) == three[2]
        bo.claim_all([three[0]])
        await until(pilot, lambda: taken(pilot) == {three[0]})
        await pilot.press("home")
        screen = await settled(pilot)
        assert shown_photo(screen) == three[0]
        assert "bo\\x1b[31m has spot0.jpg open." in said(pilot)
        await pilot.press("a")
        await until(pilot, lambda: clinic.item(three[0]).decision is DecisionKind.ACCEPTED)
        screen = await settled(pilot)
        assert shown_photo(screen) == three[1]


async def test_the_next_photo_is_not_one_that_was_opened_elsewhere_this_moment(
    make_app: MakeApp, three: list[int], bo: ReviewSession
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        # It is asked for where the photo is claimed, however old the rows are.
        screen.query_one(Queue).take({})
        bo.claim_all([three[1]])
        await pilot.press("a")
        await until(pilot, lambda: shown_photo(review_screen(pilot)) == three[2])
        assert bo.claims()[-1].photo_id == three[2]


async def test_what_others_decide_is_counted_and_said_of_the_photo_that_lies_open(
    make_app: MakeApp, clinic: Clinic, three: list[int], bo: ReviewSession
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        opened = screen._bench.opened
        # Who has done nothing yet is shown whatever comes first; who works on a photo stays there.
        await pilot.press("i", "i")
        reject(bo, three[1])
        await until(pilot, lambda: "1 of 3 decided" in text_of(screen, "#progress"))
        assert "meanwhile" not in said(pilot)
        reject(bo, three[0])
        await until(pilot, lambda: "2 of 3 decided" in text_of(screen, "#progress"))
        await until(pilot, lambda: "has decided spot0.jpg meanwhile: rejected." in said(pilot))
        assert screen._bench.opened is opened
        # Nothing is decided on what is not so any more: the photo stays, and comes anew.
        await pilot.press("a")
        screen = await settled(pilot)
        assert "spot0.jpg has changed since you opened it" in said(pilot)
        assert clinic.item(three[0]).decision is DecisionKind.REJECTED
        assert shown_photo(screen) == three[0]
        await pilot.press("a")
        await until(pilot, lambda: clinic.item(three[0]).decision is DecisionKind.ACCEPTED)
        await until(
            pilot, lambda: shown_photo(screen) == three[2] and screen._bench.seen_since is not None
        )
        # Before any news of it is here: it is refused where it is stored, and the photo comes back.
        reject(bo, three[2])
        pilot.app.post_message(events.Key("a", "a"))
        await until(pilot, lambda: "The decision on spot2.jpg is not stored" in said(pilot))
        await until(pilot, lambda: shown_photo(screen) == three[2])
        assert clinic.item(three[2]).decision is DecisionKind.REJECTED


async def test_a_decision_that_is_refused_is_counted_by_nothing_that_is_said_to_be_saved(
    make_app: MakeApp, clinic: Clinic, three: list[int], bo: ReviewSession
) -> None:
    seen: list[tuple[bool, int]] = []
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await clinic.stop_ingest()
        await pilot.press("i", "i")
        status, progress = screen.query_one(Status), screen.query_one(Progress)

        def note() -> None:
            state = status.state
            seen.append((not (state.unsaved or state.refused), progress.tally.decided))

        screen.watch(status, "state", note, init=False)
        clinic.outline_anew("spot0.jpg", 7)
        # Before any news of it is here.
        screen.action_decide("accepted")
        await until(pilot, lambda: "The decision on spot0.jpg is not stored" in said(pilot))
        await until(pilot, lambda: shown_photo(screen) == three[0])
        await settled(pilot)
    assert any(not saved for saved, _ in seen)
    assert (True, 1) not in seen


async def test_what_others_take_in_or_take_back_is_seen(
    make_app: MakeApp, clinic: Clinic, three: list[int], bo: ReviewSession
) -> None:
    reject(bo, three[2])
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await until(pilot, lambda: "1 of 3 decided" in text_of(screen, "#progress"))
        await clinic.stop_ingest()
        bo.take_back()
        await until(pilot, lambda: "0 of 3 decided" in text_of(screen, "#progress"))
        clinic.outline("spot9.jpg", 9)
        await until(pilot, lambda: len(screen.query_one(Queue).items) == 4)


def correct(session: ReviewSession, photo_id: int) -> None:
    photo = session.open(photo_id)
    photo.editor.begin_stroke(6, True)
    photo.editor.extend_stroke(20, 20)
    session.decide(photo, Ruling(DecisionKind.ACCEPTED, 1.0))


async def kept_and_taken(pilot: Pilot[None], mine: Mask) -> None:
    """The photo that is seen is as another one drew it; what was drawn before is said and there."""
    screen = await settled(pilot)
    draft = screen.query_one(Workbench).draft
    assert draft is not None
    assert "Your 2 edits are kept with the outline before: V shows them" in said(pilot)
    assert not np.array_equal(draft.mask, mine)
    await pilot.press("u")
    await settled(pilot)
    assert "There is no edit to undo. Your 2 edits are kept" in said(pilot)
    await pilot.press("V")
    await settled(pilot)
    shown = text_of(screen, "#versions").splitlines()
    assert "yours, 2 edits" in shown[HEADING]
    assert "not decided  Dice 0." in shown[HEADING + 1]
    await pilot.press("enter")
    await settled(pilot)
    assert (draft.edits, np.array_equal(draft.mask, mine)) == (1, True)
    await pilot.press("V")
    await settled(pilot)
    assert "not decided" not in text_of(screen, "#versions")
    await pilot.press("escape", "u")
    await settled(pilot)
    assert not np.array_equal(draft.mask, mine)


async def drawn_on(pilot: Pilot[None]) -> Mask:
    """The mask once two edits were made."""
    await settled(pilot)
    await pilot.press("w", "w")
    screen = await settled(pilot)
    draft = screen.query_one(Workbench).draft
    assert draft is not None
    return draft.mask.copy()


async def test_what_was_drawn_is_kept_where_another_one_corrects_the_photo_under_the_hand(
    make_app: MakeApp, clinic: Clinic, three: list[int], bo: ReviewSession
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        mine = await drawn_on(pilot)
        clinic.session.drain()
        correct(bo, three[0])
        await until(pilot, lambda: "has decided spot0.jpg meanwhile: corrected." in said(pilot))
        assert "Your 2 edits are kept with the outline before" in said(pilot)
        await pilot.press("a")
        await until(pilot, lambda: "spot0.jpg has changed since you opened it" in said(pilot))
        await until(pilot, lambda: "spot0.jpg has another outline than" in said(pilot))
        await kept_and_taken(pilot, mine)


async def test_what_was_drawn_is_kept_where_the_decision_on_it_is_refused(
    make_app: MakeApp, clinic: Clinic, three: list[int], bo: ReviewSession
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        mine = await drawn_on(pilot)
        clinic.session.drain()
        correct(bo, three[0])
        # Before any news of it is here.
        review_screen(pilot).action_decide("accepted")
        await until(pilot, lambda: "The decision on spot0.jpg is not stored" in said(pilot))
        await until(pilot, lambda: "spot0.jpg has another outline than" in said(pilot))
        await kept_and_taken(pilot, mine)


async def test_what_was_drawn_is_kept_where_it_was_left_and_is_come_back_to(
    make_app: MakeApp, clinic: Clinic, three: list[int], bo: ReviewSession
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        mine = await drawn_on(pilot)
        await pilot.press("j")
        await settled(pilot)
        correct(bo, three[0])
        await until(pilot, lambda: "1 of 3 decided" in text_of(review_screen(pilot), "#progress"))
        await pilot.press("home")
        await kept_and_taken(pilot, mine)


async def test_edits_stay_on_an_outline_that_another_one_only_judged(
    make_app: MakeApp, clinic: Clinic, three: list[int], bo: ReviewSession
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        mine = await drawn_on(pilot)
        reject(bo, three[0])
        await until(pilot, lambda: "has decided spot0.jpg meanwhile: rejected." in said(pilot))
        await pilot.press("a")
        await until(pilot, lambda: "spot0.jpg has changed since you opened it" in said(pilot))
        screen = await settled(pilot)
        draft = screen.query_one(Workbench).draft
        assert draft is not None
        assert (draft.edits, np.array_equal(draft.mask, mine)) == (2, True)
        assert "kept with the outline before" not in said(pilot)


async def test_what_another_one_decides_on_an_edited_photo_is_its_line_once_it_is_seen_again(
    clinic: Clinic, make_app: MakeApp, three: list[int], bo: ReviewSession
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        queue, bench = screen.query_one(Queue), screen.query_one(Workbench)
        await pilot.press("w", "w")
        await settled(pilot)
        photo = bo.open(three[0])
        photo.editor.set_threshold(0.3)
        bo.decide(photo, Ruling(DecisionKind.ACCEPTED, 1.0))
        await until(pilot, lambda: "has decided spot0.jpg" in said(pilot))
        await pilot.press("j")
        await settled(pilot)
        await pilot.press("k")
        await until(pilot, lambda: bench.draft is not None and not bench.draft.edits)
        await settled(pilot)
        line = queue.line(three[0])
        assert line is not None
        assert line.area_fraction == clinic.item(three[0]).area_fraction
        assert line.area_fraction == photo.editor.measurements().area_fraction
        assert (line.has_draft, line.decision) == (False, DecisionKind.CORRECTED)
