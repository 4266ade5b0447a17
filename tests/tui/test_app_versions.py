"""The revisions of a photo, gone through beside it."""

from collections.abc import Callable

import numpy as np
import pytest
from textual.pilot import Pilot

from db.values import DecisionKind, Tool
from imaging.framing import Mask
from imaging.mask import rle
from pipeline.review.verdict import Ruling
from tests.tui.driving import Clinic, sentences, settled, shown_photo, text_of, until
from tests.tui.test_app_repairs import draft_of
from tui.app import NevusApp
from tui.screens.review import ReviewScreen
from tui.screens.revising import REVISION
from tui.widgets.canvas import Canvas
from tui.widgets.workbench import Workbench

MakeApp = Callable[[], NevusApp]


def seen(screen: ReviewScreen) -> Mask:
    """The mask on the canvas."""
    subject = screen.query_one(Canvas)._subject
    assert subject is not None
    return subject.mask


def masks_of(clinic: Clinic, photo_id: int) -> list[Mask]:
    """All masks of a photo, the last first."""
    revisions = clinic.store.revisions(photo_id)
    return [rle.decode(clinic.store.mask(drawn.revision.id)) for drawn in reversed(revisions)]


async def corrected(pilot: Pilot[None]) -> ReviewScreen:
    """The screen with a photo that was corrected once and is open again, edited."""
    await settled(pilot)
    await pilot.press("w", "w", "a")
    await settled(pilot)
    await pilot.press("k")
    await settled(pilot)
    await pilot.press("w")
    return await settled(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_each_is_seen_on_the_photo_and_leaving_changes_nothing(
    clinic: Clinic, make_app: MakeApp, size: tuple[int, int]
) -> None:
    photo_id = clinic.outline("mole.png")
    async with make_app().run_test(size=size) as pilot:
        screen = await corrected(pilot)
        present, (last, first) = draft_of(screen).mask.copy(), masks_of(clinic, photo_id)
        await pilot.press("V")
        await settled(pilot)
        assert np.array_equal(seen(screen), last)
        shown = text_of(screen, "#versions")
        assert "Revisions  1 of 2" in shown
        assert "ada, grow" in shown
        assert "lesion, model" in shown
        assert shown.count("Dice 0.") == 2
        assert "Dice: with what is drawn now" in shown
        assert "enter takes it" in text_of(screen, "#keys")
        await pilot.press("down")
        await settled(pilot)
        assert np.array_equal(seen(screen), first)
        assert REVISION in text_of(screen, "#status")
        await pilot.press("a", "w", "n", "b", "escape")
        await settled(pilot)
        assert np.array_equal(seen(screen), present)
        assert REVISION not in text_of(screen, "#status")
        assert (shown_photo(screen), draft_of(screen).edits) == (photo_id, 1)
        assert not screen.query_one("#versions").display
        await pilot.press("u")
        await settled(pilot)
        assert draft_of(screen).edits == 0


async def test_enter_makes_it_the_outline_and_u_takes_that_back(
    clinic: Clinic, make_app: MakeApp
) -> None:
    photo_id = clinic.outline("mole.png")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await corrected(pilot)
        present, stored = draft_of(screen).mask.copy(), masks_of(clinic, photo_id)
        await pilot.press("V")
        await settled(pilot)
        await pilot.press("down", "enter")
        await settled(pilot)
        assert np.array_equal(draft_of(screen).mask, stored[1])
        assert seen(screen) is draft_of(screen).mask
        assert draft_of(screen).edits == 2
        await pilot.press("u")
        await settled(pilot)
        assert np.array_equal(draft_of(screen).mask, present)
        await pilot.press("ctrl+r", "a")
        await settled(pilot)
    assert clinic.item(photo_id).decision is DecisionKind.CORRECTED
    after = masks_of(clinic, photo_id)
    assert np.array_equal(after[0], stored[1])
    assert all(np.array_equal(*pair) for pair in zip(after[1:], stored, strict=True))


async def test_another_photo_leaves_them(clinic: Clinic, make_app: MakeApp) -> None:
    clinic.outline("mole.png")
    other = clinic.outline("other.png", 1)
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press("V")
        await settled(pilot)
        assert screen.query_one("#versions").display
        screen._queue.choose(other)
        await settled(pilot)
        assert not screen.query_one("#versions").display
        assert seen(screen) is draft_of(screen).mask
        await pilot.press("a")
        await settled(pilot)
    assert clinic.item(other).decision is DecisionKind.ACCEPTED


async def test_where_there_are_none_that_is_said(clinic: Clinic, make_app: MakeApp) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("V")
        clinic.take_in(clinic.draw("bare.png"))
        screen = await settled(pilot)
        screen.post_message(screen.StoreChanged())
        await until(pilot, lambda: screen.query_one(Workbench).opened is not None)
        await pilot.press("V")
        await settled(pilot)
        assert set(sentences(pilot)) == {
            "No photo is open, so it has no revisions.",
            "There is no revision of this photo yet.",
        }


@pytest.mark.parametrize(("key", "shown"), [("V", "#versions"), ("R", "#reasons")])
async def test_with_the_panels_away_what_is_asked_for_is_seen_all_the_same(
    clinic: Clinic, make_app: MakeApp, key: str, shown: str
) -> None:
    clinic.outline("mole.png")
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        await pilot.press("v", key)
        await settled(pilot)
        canvas, asked = screen.query_one(Canvas).region, screen.query_one(shown).region
        assert asked.area > 0
        assert not canvas.overlaps(asked)
        await pilot.press("escape")
        await settled(pilot)
        assert screen.query_one(shown).region.area == 0


SQUARE = [(10.0, 10.0), (40.0, 10.0), (40.0, 40.0), (10.0, 40.0)]


@pytest.mark.parametrize(
    ("tools", "how"),
    [
        ((Tool.LASSO,), "ada, lasso on lesion"),
        ((Tool.LASSO, Tool.LASSO), "ada, lasso on lesion"),
        ((Tool.BOX, Tool.POLYGON), "ada, box and polygon"),
        ((Tool.BOX, Tool.LASSO, Tool.POLYGON), "ada, 3 tools on lesion"),
    ],
)
async def test_each_names_the_tools_it_was_drawn_with(
    clinic: Clinic, make_app: MakeApp, tools: tuple[Tool, ...], how: str
) -> None:
    photo = clinic.session.open(clinic.outline("mole.png"))
    for place, tool in enumerate(tools):
        photo.editor.draw_shape(tool, [(x + 60 * place, y) for x, y in SQUARE], True)
    clinic.session.decide(photo, Ruling(DecisionKind.ACCEPTED, 1.0))
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("k")
        await settled(pilot)
        await pilot.press("V")
        screen = await settled(pilot)
        assert how in text_of(screen, "#versions")
