"""The outline as it was before, seen instead of the present one."""

from collections.abc import Callable

import numpy as np
import pytest
from textual.pilot import Pilot

from db.values import DecisionKind
from imaging.framing import Pixels
from imaging.mask import rle
from tests.tui.driving import Clinic, sentences, settled, text_of, until
from tests.tui.test_app_repairs import draft_of
from tui.app import NevusApp
from tui.screens.review import ReviewScreen
from tui.widgets.canvas import Canvas
from tui.widgets.photo_table import BEFORE, OPENED, SAME
from tui.widgets.workbench import Workbench
from tui.words import percent

MakeApp = Callable[[], NevusApp]
EDIT = ("w", "w", "w", "w")


def seen(screen: ReviewScreen) -> Pixels:
    """What is drawn of the photo, without a brush."""
    scene = screen.query_one(Canvas)._scene
    assert scene is not None
    return scene._drawn.copy()


async def edited(pilot: Pilot[None]) -> tuple[ReviewScreen, Pixels, Pixels]:
    """The screen with a photo that was edited, and what was seen before and after."""
    screen = await settled(pilot)
    before = seen(screen)
    await pilot.press(*EDIT)
    await settled(pilot)
    after = seen(screen)
    assert not np.array_equal(before, after)
    return screen, before, after


async def test_a_key_shows_the_models_outline_and_the_present_one_again(
    clinic: Clinic, make_app: MakeApp
) -> None:
    clinic.outline("mole.png")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen, before, after = await edited(pilot)
        await pilot.press("b")
        await settled(pilot)
        assert np.array_equal(seen(screen), before)
        assert BEFORE in text_of(screen, "#status")
        await pilot.press("b")
        await settled(pilot)
        assert np.array_equal(seen(screen), after)
        assert "before" not in text_of(screen, "#status")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_area_that_is_told_is_that_of_what_is_seen(
    clinic: Clinic, make_app: MakeApp, size: tuple[int, int]
) -> None:
    photo_id = clinic.outline("mole.png")
    was = clinic.item(photo_id).area_fraction
    assert was is not None
    before = percent(was)
    async with make_app().run_test(size=size) as pilot:
        screen, _, _ = await edited(pilot)
        draft = draft_of(screen)
        assert draft.measured is not None
        after = percent(draft.measured.measurements.area_fraction)
        assert before != after
        assert after in text_of(screen, "#details Static")
        await pilot.press("b")
        await until(pilot, lambda: before in text_of(screen, "#details Static"))
        panel = text_of(screen, "#details Static")
        assert after not in panel
        assert "the model's" in panel
        await pilot.press("b")
        await until(pilot, lambda: after in text_of(screen, "#details Static"))
        await pilot.press("b")
        await until(pilot, lambda: before in text_of(screen, "#details Static"))
        # What is asked for next is seen as it is.
        await pilot.press("w")
        await until(pilot, lambda: "model, 5 edits" in text_of(screen, "#details Static"))


async def test_seen_near_it_stays_near_and_sharp(clinic: Clinic, make_app: MakeApp) -> None:
    clinic.outline("mole.png")
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("z", "plus")
        screen, before, after = await edited(pilot)
        framing = screen.query_one(Canvas)._lens
        for wanted in (before, after):
            await pilot.press("b")
            await settled(pilot)
            assert np.array_equal(seen(screen), wanted)
            assert screen.query_one(Canvas)._lens == framing


async def test_what_mends_returns_to_the_present_outline(clinic: Clinic, make_app: MakeApp) -> None:
    clinic.outline("mole.png")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen, *_ = await edited(pilot)
        bench = screen.query_one(Workbench)
        for keys in (["u"], ["ctrl+r"], ["t"], ["w"], ["e", "x", "space", "space"], ["M"]):
            await pilot.press("b")
            await settled(pilot)
            assert bench.sees_before
            await pilot.press(*keys)
            await settled(pilot)
            assert not bench.sees_before
            assert bench.canvas._subject is not None
            assert bench.canvas._subject.mask is draft_of(screen).mask


async def test_where_nothing_was_changed_that_is_said(clinic: Clinic, make_app: MakeApp) -> None:
    clinic.outline("mole.png")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press("b")
        await settled(pilot)
        assert sentences(pilot) == [SAME]
        assert not screen.query_one(Workbench).sees_before


async def test_what_is_accepted_is_seen_first(clinic: Clinic, make_app: MakeApp) -> None:
    photo_id = clinic.outline("mole.png")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen, *_ = await edited(pilot)
        mask = draft_of(screen).mask.copy()
        await pilot.press("b")
        await settled(pilot)
        await pilot.press("a")
        await settled(pilot)
        assert clinic.item(photo_id).decision is None
        assert not screen.query_one(Workbench).sees_before
        await pilot.press("a")
        await settled(pilot)
    assert clinic.item(photo_id).decision is DecisionKind.CORRECTED
    revision = clinic.store.photo(photo_id).revision
    assert revision is not None
    assert np.array_equal(rle.decode(clinic.store.mask(revision.id)), mask)


async def test_without_a_model_it_is_what_the_photo_was_opened_with(
    clinic: Clinic, make_app: MakeApp
) -> None:
    clinic.take_in(clinic.draw("bare.png"))
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        bare = seen(screen)
        await pilot.press("d", "space", "shift+right", "shift+down", "space", "escape", "b")
        await settled(pilot)
        assert OPENED in text_of(screen, "#status")
        assert np.array_equal(seen(screen), bare)
