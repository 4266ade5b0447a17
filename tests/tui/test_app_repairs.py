"""The keys that repair an outline: one edit each, with and without a brush in hand."""

from collections.abc import Callable

import numpy as np
import pytest

from db.values import DecisionKind, Tool
from imaging.framing import Mask
from imaging.mask import rle
from imaging.mask.form import Form, measure_form
from imaging.mask.repair import grow
from pipeline.review.draft import Draft
from tests.tui.driving import Clinic, sentences, settled, until
from tests.tui.easel import CELLS, Easel, Mouse, calm, disc, in_photo
from tui.app import NevusApp
from tui.screens.review import ReviewScreen
from tui.widgets.canvas import Canvas
from tui.widgets.details import Details
from tui.widgets.workbench import Workbench

MakeApp = Callable[[], NevusApp]
SPECK = ("e", *["shift+left"] * 18, *["shift+up"] * 18, "space", "space")
"""Keys that paint a speck in the photo's corner."""


@pytest.fixture
def photo(clinic: Clinic) -> int:
    return clinic.outline("mole.png")


def draft_of(screen: ReviewScreen) -> Draft:
    draft = screen.query_one(Workbench).draft
    assert draft is not None
    return draft


@pytest.mark.parametrize("brush", [(), ("e",)])
async def test_a_key_repairs_and_u_takes_it_back(
    make_app: MakeApp, photo: int, brush: tuple[str, ...]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        draft, dot = draft_of(screen), screen.query_one(Canvas).dot
        before = draft.mask.copy()
        await pilot.press(*brush, "w")
        await settled(pilot)
        assert np.array_equal(draft.mask, grow(before, dot))
        await pilot.press("C")
        await settled(pilot)
        assert not draft.mask.any()
        assert screen.query_one(Details).empty
        await pilot.press("u", "u")
        await settled(pilot)
        assert np.array_equal(draft.mask, before)
        assert screen.query_one(Workbench).editing == bool(brush)


async def test_seen_nearer_a_border_moves_by_less(make_app: MakeApp, photo: int) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        draft, canvas = draft_of(screen), screen.query_one(Canvas)
        before, whole = draft.mask.copy(), canvas.dot
        await pilot.press("plus", "plus")
        await settled(pilot)
        assert 1 < canvas.dot < whole
        await pilot.press("w")
        await settled(pilot)
        assert np.array_equal(draft.mask, grow(before, canvas.dot))
        await pilot.press("u", *["plus"] * 9, "w")
        await settled(pilot)
        assert canvas.dot < 1
        assert np.array_equal(draft.mask, grow(before, 1))


async def test_the_part_at_the_crosshair_is_dropped_or_all_the_others(
    make_app: MakeApp, photo: int
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        draft = draft_of(screen)
        before = draft.mask.copy()
        await pilot.press(*SPECK)
        await settled(pilot)
        both = draft.mask.copy()
        assert measure_form(both).parts == 2
        await pilot.press("Y")
        await settled(pilot)
        assert np.array_equal(draft.mask, before)
        await pilot.press("u", "y")
        await settled(pilot)
        assert np.array_equal(draft.mask, both & ~before)
        assert (draft.edits, draft.can_redo) == (2, False)


async def test_holes_are_filled_and_the_models_outline_comes_back(
    make_app: MakeApp, photo: int
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        draft = draft_of(screen)
        before = draft.mask.copy()
        await pilot.press("e", "x", "space", "space")
        await settled(pilot)
        assert measure_form(draft.mask) == Form(1, 1)
        await pilot.press("h")
        await settled(pilot)
        assert np.array_equal(draft.mask, before)
        await pilot.press("t", "W", "M")
        await settled(pilot)
        assert np.array_equal(draft.mask, before)
        assert (draft.edits, draft.threshold) == (5, 0.5)


NO_TOOL = "y and Y mean the part at the crosshair, which a tool shows. e takes the brush."


# Said of y, it is not said again of Y.
@pytest.mark.parametrize("part", ["y", "Y"])
async def test_a_key_that_changes_nothing_says_why(
    make_app: MakeApp, photo: int, part: str
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        for keys, sentence in (
            ((part,), NO_TOOL),
            (("h",), "There is no hole to fill."),
            (("M",), "This is the model's outline already."),
            (("e", "y"), "This part is all there is: there is no other one to drop."),
            (("escape", "C", "h"), "The outline is empty, so there is nothing to repair."),
        ):
            pilot.app.clear_notifications()
            await pilot.press(*keys)
            await settled(pilot)
            assert sentences(pilot) == [sentence]
            assert draft_of(screen).edits == keys.count("C")


async def test_where_there_is_no_part_under_the_crosshair_that_is_said(
    make_app: MakeApp, photo: int
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press(*SPECK, "u", "Y")
        await settled(pilot)
        assert sentences(pilot) == ["There is no part of the outline under the crosshair."]
        assert draft_of(screen).edits == 0


async def test_without_an_outline_or_a_photo_there_is_nothing_to_repair(
    clinic: Clinic, make_app: MakeApp
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("S")
        assert sentences(pilot) == ["No photo is open, so there is no outline to repair."]
        clinic.take_in(clinic.draw("bare.png"))
        bench = pilot.app.screen.query_one(Workbench)
        await until(pilot, lambda: bench.opened is not None)
        await pilot.press("S")
        assert sentences(pilot)[1:] == ["The outline is empty, so there is nothing to repair."]


async def test_what_was_repaired_before_the_key_is_in_the_decision(
    clinic: Clinic, make_app: MakeApp, photo: int
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        before: Mask = draft_of(screen).mask.copy()
        dot = screen.query_one(Canvas).dot
        await pilot.press("w", "a")
        await settled(pilot)
    assert clinic.item(photo).decision is DecisionKind.CORRECTED
    revision = clinic.store.photo(photo).revision
    assert revision is not None
    assert np.array_equal(rle.decode(clinic.store.mask(revision.id)), grow(before, dot))
    assert [edit.tool for edit in clinic.store.strokes(revision.id)] == [Tool.GROW]


async def test_with_the_mouse_the_part_under_the_pointer_is_meant() -> None:
    mask = disc(radius=40)
    mask[20:30, 20:30] = True
    alone, easel = disc(radius=40), Easel(mask)
    async with easel.run_test(size=CELLS) as pilot:
        easel.bench.show(easel.opened)
        easel.bench.start_editing()
        await calm(pilot)
        x, y = 3, 5
        speck = in_photo(x + 0.5, y + 0.5)
        assert mask[int(speck[1]), int(speck[0])]
        await Mouse(pilot).move(x, y, button=0)
        easel.bench.repair(Tool.DROP)
        await calm(pilot)
        assert np.array_equal(easel.editor.mask, alone)
    easel.lane.close()
