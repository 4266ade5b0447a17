"""Seeing photos near in the app: what keys do, what the screen says, what becomes of it."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from textual.pilot import Pilot

from imaging.framing import Size
from tests.tui.driving import Clinic, review_screen, settled, shown_photo, text_of, until
from tui.app import NevusApp
from tui.screens.review import ReviewScreen
from tui.widgets.canvas import Canvas
from tui.widgets.locator import Locator
from tui.widgets.workbench import Workbench

MakeApp = Callable[[], NevusApp]
LARGE = Size(2400, 1800)


@pytest.fixture
def two(clinic: Clinic) -> list[int]:
    return [clinic.outline(f"{number}.png", number, LARGE) for number in range(2)]


def canvas(screen: ReviewScreen) -> Canvas:
    return screen.query_one(Canvas)


async def said(pilot: Pilot[None], words: str) -> None:
    """Wait until a sentence is shown."""
    await until(pilot, lambda: any(words in each.message for each in pilot.app._notifications))


async def test_the_lesion_is_seen_near_and_the_next_one_too(
    make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        assert "zoom" not in text_of(screen, "#status")
        assert not screen.query_one(Locator).display
        await pilot.press("z")
        await settled(pilot)
        assert canvas(screen).zoom > 1
        assert f"zoom {canvas(screen).zoom:.3g}×" in text_of(screen, "#status")
        assert screen.query_one(Locator).display
        first = shown_photo(screen)
        await pilot.press("a")
        await settled(pilot)
        assert shown_photo(screen) != first
        assert canvas(screen).sees_lesion
        await pilot.press("plus", "plus", "minus", "L", "J", "0")
        await settled(pilot)
        assert canvas(screen).zoom == 1
        assert not screen.query_one(Locator).display


async def test_near_it_is_the_photo_itself_that_is_seen(make_app: MakeApp, two: list[int]) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        # To where the lesion ends, so near that its edge is sharper than a small picture has it.
        await pilot.press(*["plus"] * 9, *["L"] * 29)
        await settled(pilot)
        scene, opened = canvas(screen)._scene, screen.query_one(Workbench).opened
        assert scene is not None
        assert opened is not None
        assert scene.is_preview
        inside = scene.framing.inside
        preview = scene.framing.picture_to_grid(opened.picture)[inside]
        photo = scene.framing.picture_to_grid(np.asarray(Image.open(opened.details.path)))[inside]
        assert np.abs(scene._picture[inside].astype(int) - photo).max() <= 1
        assert np.abs(preview.astype(int) - photo).max() > 10


async def test_a_photo_that_is_gone_stays_a_preview_and_says_so(
    clinic: Clinic, make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await clinic.stop_ingest()
        for path in clinic.folder.iterdir():
            path.unlink()
        await pilot.press(*["plus"] * 9)
        await said(pilot, "png")
        await settled(pilot)
        assert canvas(screen).zoom > 1


async def test_where_there_is_nothing_to_see_nearer_it_says_so(
    clinic: Clinic, make_app: MakeApp
) -> None:
    clinic.take_in(clinic.draw("bare.png"))
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        await pilot.press("z")
        await said(pilot, "no outline to go near to")
        # It can be seen near all the same.
        await pilot.press("plus")
        await settled(pilot)
        assert canvas(screen).zoom == pytest.approx(1.5)


async def test_without_a_photo_keys_say_that_there_is_none(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("plus")
        await said(pilot, "No photo is open")
        await pilot.press("0")
        assert review_screen(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_map_is_beside_the_details_or_below_them_and_no_message_covers_it(
    make_app: MakeApp, two: list[int], size: tuple[int, int]
) -> None:
    async with make_app().run_test(size=size, notifications=True) as pilot:
        screen = await settled(pilot)
        assert not screen.query_one(Locator).display
        await pilot.press("z", "plus")
        pilot.app.notify("Something to be read. " * 5, timeout=3600)
        await settled(pilot)
        small = screen.query_one(Locator)
        assert "▄" in text_of(screen, "#locator")
        shown = text_of(screen, "#details Static")
        assert [word for word in ("Area", "model", "waiting") if word not in shown] == []
        toasts = [toast.region for toast in screen.query("Toast")]
        assert toasts
        assert all(toasts)
        covering = (*toasts, screen.query_one("#canvas").region)
        assert not [region for region in covering if region.overlaps(small.region)]
        assert screen.region.contains_region(small.region)


async def test_folded_away_panels_leave_their_room_to_the_photo(
    make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        narrow = canvas(screen).size.width
        await pilot.press("v")
        await settled(pilot)
        assert canvas(screen).size.width == 78
        # Keys go on as before, the crosshair's too.
        first = shown_photo(screen)
        await pilot.press("e", "x", "space", "right", "space", "escape", "j")
        await settled(pilot)
        assert shown_photo(screen) != first
        await pilot.press("k")
        await settled(pilot)
        assert screen.query_one(Workbench).edited
        await pilot.press("v")
        await settled(pilot)
        assert canvas(screen).size.width == narrow


async def test_contrast_and_heat_change_the_picture_and_nothing_else(
    make_app: MakeApp, two: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        scene = canvas(screen)._scene
        assert scene is not None
        rows = slice(0, scene.framing.grid.height)
        bare = scene.pixels(rows).copy()
        for key, name in (("i", "contrast"), ("m", "heat map")):
            await pilot.press(key)
            await settled(pilot)
            assert f"photo with {name}" in text_of(screen, "#status")
            assert (scene.pixels(rows) != bare).any()
            await pilot.press(key)
            await settled(pilot)
            assert np.array_equal(scene.pixels(rows), bare)
        assert not screen.query_one(Workbench).edited
