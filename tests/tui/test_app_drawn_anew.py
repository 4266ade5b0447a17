"""The tools on a photo that the model has not outlined."""

from collections.abc import Callable

import numpy as np
from textual.pilot import Pilot

from db.values import DecisionKind, Origin
from imaging.mask import rle
from tests.tui.driving import Clinic, sentences, settled, shown_photo, text_of, until
from tui.app import NevusApp
from tui.screens.review import ReviewScreen
from tui.widgets.workbench import Workbench

MakeApp = Callable[[], NevusApp]


async def opened(pilot: Pilot[None], photo_id: int) -> ReviewScreen:
    screen = await settled(pilot)
    await until(pilot, lambda: shown_photo(screen) == photo_id)
    return await settled(pilot)


async def test_an_outline_is_drawn_and_accepted(clinic: Clinic, make_app: MakeApp) -> None:
    photo_id = clinic.take_in(clinic.draw("bare.png"))
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, photo_id)
        assert "no outline yet" in text_of(screen, "#details Static")
        await pilot.press("d", "space", *["shift+right"] * 3, *["shift+down"] * 2, "space")
        await settled(pilot)
        draft = screen.query_one(Workbench).draft
        assert draft is not None
        drawn = draft.mask.copy()
        assert drawn.any()
        shown = text_of(screen, "#details Static")
        assert "by hand, 1 edit" in shown
        assert "last, drawn by hand" in shown
        assert "no outline yet" not in shown
        await pilot.press("u")
        await settled(pilot)
        assert "no outline yet" in text_of(screen, "#details Static")
        await pilot.press("ctrl+r", "a")
        await settled(pilot)
    assert clinic.item(photo_id).decision is DecisionKind.CORRECTED
    revision = clinic.store.photo(photo_id).revision
    assert revision is not None
    assert revision.origin is Origin.BRUSH
    assert np.array_equal(rle.decode(clinic.store.mask(revision.id)), drawn)


async def test_what_needs_the_model_or_an_outline_says_so(
    clinic: Clinic, make_app: MakeApp
) -> None:
    photo_id = clinic.take_in(clinic.draw("bare.png"))
    async with make_app().run_test(size=(120, 40)) as pilot:
        await opened(pilot, photo_id)
        await pilot.press("t", "M", "a", "z")
        await settled(pilot)
        assert set(sentences(pilot)) == {
            "The model's probabilities for this photo are not at hand.",
            "There is no outline to accept yet. e, l, p and d draw one; n, r and s work "
            "without one.",
            "There is no outline to go near to.",
            "There is no model's outline of this photo to go back to.",
        }
    assert clinic.item(photo_id).decision is None


async def test_what_is_drawn_while_the_model_comes_stays_and_that_is_said(
    clinic: Clinic, make_app: MakeApp
) -> None:
    photo_id = clinic.take_in(clinic.draw("bare.png"))
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, photo_id)
        bench = screen.query_one(Workbench)
        await pilot.press("l", "space", *["right"] * 9)
        clinic.outline("bare.png")
        screen.post_message(screen.StoreChanged())
        said = (
            "The model has outlined bare.png by now. What you draw stays; M takes the model's "
            "outline."
        )
        await until(pilot, lambda: said in sentences(pilot))
        assert bench.canvas.shaping
        await pilot.press(*["down"] * 9, "space")
        screen = await settled(pilot)
        assert bench.draft is not None
        drawn = bench.draft.mask.copy()
        assert drawn.any()
        await pilot.press("M")
        await settled(pilot)
        assert bench.draft.edits == 2
        assert not np.array_equal(bench.draft.mask, drawn)
        await pilot.press("u", "a")
        await settled(pilot)
    revision = clinic.store.photo(photo_id).revision
    assert revision is not None
    assert np.array_equal(rle.decode(clinic.store.mask(revision.id)), drawn)


async def test_where_nothing_was_drawn_the_models_outline_is_shown_once_the_tool_is_away(
    clinic: Clinic, make_app: MakeApp
) -> None:
    photo_id = clinic.take_in(clinic.draw("bare.png"))
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, photo_id)
        bench = screen.query_one(Workbench)
        await pilot.press("e")
        clinic.outline("bare.png")
        screen.post_message(screen.StoreChanged())
        await until(pilot, lambda: len(sentences(pilot)) == 1)
        assert bench.editing
        assert bench.bare
        await pilot.press("escape")
        await until(pilot, lambda: not bench.bare)
        assert bench.draft is not None
        assert bench.draft.mask.any()


async def test_a_polygon_that_is_not_closed_is_asked_after_and_kept(
    clinic: Clinic, make_app: MakeApp
) -> None:
    photo_id = clinic.outline("photo.jpg")
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, photo_id)
        await pilot.press("p", "space", "right", "space", "a")
        await settled(pilot)
        assert sentences(pilot)[-1].startswith("The polygon is not closed. enter closes it, esc")
        assert clinic.item(photo_id).decision is None
        # Put away, and taken again.
        await pilot.press("p")
        await settled(pilot)
        kept = "The polygon on photo.jpg is not closed. Its points are kept: p goes on."
        assert sentences(pilot)[-1] == kept
        await pilot.press("s")
        await settled(pilot)
        await pilot.press("k")
        screen = await opened(pilot, photo_id)
        await pilot.press("p")
        assert len(screen.query_one(Workbench).canvas.shape_points) == 2
        await pilot.press("escape", "escape", "a")
        await settled(pilot)
    assert clinic.item(photo_id).decision is DecisionKind.ACCEPTED
    assert clinic.store.begun_shapes(photo_id, "ada") == {}


async def test_an_outline_that_comes_while_a_tool_is_in_hand_is_said_and_then_shown(
    clinic: Clinic, make_app: MakeApp
) -> None:
    photo_id = clinic.outline("photo.jpg")
    first = clinic.item(photo_id).revision_id
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot, photo_id)
        await pilot.press("e")
        clinic.outline_anew("photo.jpg", 1)
        screen._read_queue()
        screen = await settled(pilot)
        told = "photo.jpg has a newer outline. esc puts the tool away and shows it."
        assert sentences(pilot)[-1] == told
        await pilot.press("escape")
        screen = await settled(pilot)
        shown = screen.query_one(Workbench).opened
        assert shown is not None
        assert shown.details.revision is not None
        assert shown.details.revision.id != first
