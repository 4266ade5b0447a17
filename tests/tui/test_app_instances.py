"""The key that says that the parts of an outline are lesions of their own."""

from collections.abc import Callable

import numpy as np
import pytest

from db.values import DecisionKind
from tests.tui.driving import Clinic, sentences, settled, text_of, until
from tests.tui.test_app_repairs import SPECK, draft_of
from tui.app import NevusApp
from tui.screens.review import ReviewScreen
from tui.widgets.canvas import Canvas
from tui.widgets.workbench import Workbench

MakeApp = Callable[[], NevusApp]


def marked(screen: ReviewScreen) -> int:
    """How many pixels of the screen are marked, by numbers alone where no tool is in hand."""
    scene = screen.query_one(Canvas)._scene
    assert scene is not None
    return int(np.count_nonzero(scene._marks))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_two_lesions_are_said_numbered_and_stored(
    clinic: Clinic, make_app: MakeApp, size: tuple[int, int]
) -> None:
    photo_id = clinic.outline("mole.png")
    async with make_app().run_test(size=size) as pilot:
        screen = await settled(pilot)
        await pilot.press(*SPECK, "escape")
        await settled(pilot)
        assert marked(screen) == 0
        await pilot.press("I")
        await settled(pilot)
        assert "2 lesions" in text_of(screen, "#status")
        shown = text_of(screen, "#details Static")
        assert ("2 lesions" if size[0] < 100 else "Lesion 2") in shown
        numbers = marked(screen)
        assert numbers > 0
        await pilot.press("o")
        assert marked(screen) == 0
        await pilot.press("o", "o", "o")
        assert marked(screen) == numbers
        await pilot.press("u")
        await settled(pilot)
        assert marked(screen) == 0
        assert "lesions" not in text_of(screen, "#status")
        await pilot.press("I", "b")
        await settled(pilot)
        assert marked(screen) == 0
        await pilot.press("b")
        await settled(pilot)
        assert marked(screen) == numbers
        await pilot.press("a")
        await settled(pilot)
    assert clinic.item(photo_id).decision is DecisionKind.CORRECTED
    revision = clinic.store.photo(photo_id).revision
    assert revision is not None
    assert len(clinic.store.instances(revision.id)) == 2
    async with make_app().run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("k")
        screen = await settled(pilot)
        assert "2 lesions" in text_of(screen, "#status")
        assert marked(screen) == numbers
        assert draft_of(screen).edits == 0


async def test_one_part_is_one_lesion_and_that_is_said(clinic: Clinic, make_app: MakeApp) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("I")
        clinic.outline("mole.png")
        screen = await settled(pilot)
        screen.post_message(screen.StoreChanged())
        await until(pilot, lambda: screen.query_one(Workbench).opened is not None)
        await pilot.press("I")
        await settled(pilot)
        assert sentences(pilot) == [
            "No photo is open, so there are no lesions to tell apart.",
            "The outline has no second part, so there are no two lesions. Draw the other one "
            "first.",
        ]
