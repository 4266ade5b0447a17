"""A photo with edits comes up as they made it, whatever another photo's edits still take."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from db.values import DecisionKind
from imaging.mask import rle
from imaging.mask.measure import measure
from tests.tui.driving import Clinic, sentences, settled, shown_photo, text_of, until
from tui.app import NevusApp
from tui.screens.review import ReviewScreen
from tui.widgets.queue import Queue
from tui.widgets.workbench import Workbench
from tui.words import percent

MakeApp = Callable[[], NevusApp]
WIDE = (120, 40)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Holds up the lane of edits, as a long repair does."""
    gate = threading.Event()
    yield gate
    gate.set()


@pytest.fixture
def drafted(clinic: Clinic, three: list[int]) -> list[int]:
    """Three photos with outlines; the second has an edit of an earlier sitting."""
    editor = clinic.session.open(three[1]).editor
    editor.set_threshold(0.05)
    clinic.session.drain()
    return three


def shows(screen: ReviewScreen, photo_id: int) -> bool:
    """Whether a photo is there to be judged."""
    return shown_photo(screen) == photo_id and screen.query_one(Workbench).seen_since is not None


def area_seen(screen: ReviewScreen) -> str:
    """How large the mask on the table is, as the panel would say it."""
    draft = screen.query_one(Workbench).draft
    assert draft is not None
    return percent(measure(draft.mask).area_fraction)


@pytest.mark.parametrize("ahead", [True, False], ids=["opened ahead", "opened now"])
async def test_a_draft_is_told_and_decided_as_it_is_seen_while_another_photo_is_edited(
    clinic: Clinic, make_app: MakeApp, drafted: list[int], gate: threading.Event, ahead: bool
) -> None:
    async with make_app().run_test(size=WIDE) as pilot:
        screen = await settled(pilot)
        if not ahead:
            screen._desk.drop(drafted[1])
        screen._desk._editing.submit(gate.wait)
        await pilot.press("S", "j")
        await until(pilot, lambda: shows(screen, drafted[1]))
        draft = screen.query_one(Workbench).draft
        assert draft is not None
        seen = draft.mask.copy()
        await until(pilot, lambda: "photo1.jpg" in text_of(screen, "#details Static"))
        panel = text_of(screen, "#details Static")
        assert area_seen(screen) in panel
        assert "model, 1 edit" in panel
        await pilot.press("a")
        gate.set()
        await settled(pilot)
    assert clinic.item(drafted[1]).decision is DecisionKind.CORRECTED
    revision = clinic.store.photo(drafted[1]).revision
    assert revision is not None
    assert np.array_equal(rle.decode(clinic.store.mask(revision.id)), seen)


async def test_the_queue_keeps_the_area_of_a_draft_that_comes_up(
    make_app: MakeApp, drafted: list[int], gate: threading.Event
) -> None:
    async with make_app().run_test(size=WIDE) as pilot:
        screen = await settled(pilot)
        screen._desk._editing.submit(gate.wait)
        await pilot.press("j")
        await until(pilot, lambda: shows(screen, drafted[1]))
        line = screen.query_one(Queue).line(drafted[1])
        assert line is not None
        assert line.has_draft
        assert line.area_fraction is not None
        assert percent(line.area_fraction) == area_seen(screen)
        gate.set()
        await settled(pilot)


async def test_a_photo_whose_own_edits_are_not_made_yet_is_opening_when_it_comes_again(
    clinic: Clinic, make_app: MakeApp, three: list[int], gate: threading.Event
) -> None:
    async with make_app().run_test(size=WIDE) as pilot:
        screen = await settled(pilot)
        screen._desk._editing.submit(gate.wait)
        await pilot.press("t", "t", "j")
        await until(pilot, lambda: shows(screen, three[1]))
        await pilot.press("k")
        await until(pilot, lambda: "Opening photo0.jpg" in text_of(screen, "#canvas"))
        await pilot.press("a", "n")
        assert "No photo is open yet. Press again when you see it." in sentences(pilot)
        assert len(screen._outbox) == 0
        gate.set()
        await until(pilot, lambda: shows(screen, three[0]))
        screen = await settled(pilot)
        panel = text_of(screen, "#details Static")
        assert area_seen(screen) in panel
        assert "model, 1 edit" in panel
        assert "threshold 0.40" in text_of(screen, "#status")
    assert clinic.item(three[0]).decision is None
