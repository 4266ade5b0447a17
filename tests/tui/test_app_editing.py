"""Correcting with keys: what is edited is what is stored, and can be taken back."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from db.values import DecisionKind, Tool
from pipeline.review.draft import SAME
from tests.tui.driving import SMALL, Clinic, sentences, settled, shown_photo, text_of, until
from tui.app import NevusApp
from tui.widgets.queue import Queue
from tui.widgets.status import Status
from tui.widgets.workbench import Workbench

MakeApp = Callable[[], NevusApp]


async def test_an_accepted_edit_is_a_correction(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        before = clinic.item(three[0]).area_fraction
        await pilot.press("t", "t")
        screen = await settled(pilot)
        assert screen.query_one(Status).state.threshold == pytest.approx(0.4)
        assert "edit" in text_of(screen, "#details Static")
        await pilot.press("a")
        await settled(pilot)
    decided = clinic.item(three[0])
    assert decided.decision is DecisionKind.CORRECTED
    assert before is not None
    assert decided.area_fraction is not None
    assert decided.area_fraction > before


async def test_undo_and_redo(make_app: MakeApp, three: list[int]) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        editor = screen.query_one(Workbench).draft
        assert editor is not None
        before = editor.mask.copy()
        await pilot.press("T")
        await settled(pilot)
        after = editor.mask.copy()
        assert (before != after).any()
        await pilot.press("u")
        await settled(pilot)
        assert (editor.mask == before).all()
        await pilot.press("ctrl+r")
        await settled(pilot)
        assert (editor.mask == after).all()


async def test_what_was_edited_before_the_key_is_in_the_decision(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    app, gate = make_app(), threading.Event()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        before = clinic.item(three[0]).area_fraction
        held = asyncio.wrap_future(app._desk._editing.submit(gate.wait))
        await pilot.press("t", "t", "a")
        await until(pilot, lambda: shown_photo(screen) == three[1])
        gate.set()
        await held
        await settled(pilot)
    decided = clinic.item(three[0])
    assert decided.decision is DecisionKind.CORRECTED
    revision = clinic.store.photo(three[0]).revision
    assert revision is not None
    assert revision.threshold == pytest.approx(0.4)
    assert before is not None
    assert decided.area_fraction is not None
    assert decided.area_fraction > before


async def test_undo_takes_the_threshold_back_too(make_app: MakeApp, three: list[int]) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        state = screen.query_one(Status)
        for keys, threshold in (("t", 0.45), ("u", 0.5), ("T", 0.55), ("uTT", 0.6), ("tu", 0.6)):
            await pilot.press(*keys)
            await settled(pilot)
            assert state.state.threshold == pytest.approx(threshold), keys


async def test_a_threshold_that_goes_no_further_says_so(
    make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press(*"T" * 9)
        await settled(pilot)
        assert screen.query_one(Status).state.threshold == pytest.approx(0.95)
        assert sentences(pilot) == []
        await pilot.press("T")
        assert sentences(pilot) == ["The threshold goes no higher."]


async def test_a_threshold_that_changes_no_pixel_moves_all_the_same_and_says_so(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    width, height = SMALL.width, SMALL.height
    editor = clinic.session.open(three[0]).editor
    editor.draw_shape(Tool.BOX, [(0, 0), (width, 0), (width, height), (0, height)], adds=True)
    clinic.session.drain()
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        state = screen.query_one(Status)
        for key, threshold in (("t", 0.45), ("t", 0.4), ("T", 0.45)):
            await pilot.press(key)
            await settled(pilot)
            assert state.state.threshold == pytest.approx(threshold)
        assert sentences(pilot) == [SAME]


async def test_more_undone_than_there_is_is_said_also_where_it_comes_fast(
    make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("w")
        screen = await settled(pilot)
        for press, sentence in (
            (screen.action_undo, "There is no edit to undo."),
            (screen.action_redo, "There is no undone edit to redo."),
        ):
            # The second comes before the first is done.
            press()
            press()
            await settled(pilot)
            assert sentences(pilot)[-1:] == [sentence]


async def test_nothing_to_undo_is_said_once(make_app: MakeApp, three: list[int]) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("u", "u", "ctrl+r", "u", "ctrl+r")
        assert sentences(pilot) == ["There is no edit to undo.", "There is no undone edit to redo."]


async def test_a_brush_that_is_not_in_hand_is_not_changed_in_silence(
    make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        before = screen.query_one(Status).state
        await pilot.press("x", "left_square_bracket", "escape")
        assert sentences(pilot) == ["No tool is in hand. e takes the brush, l the lasso."]
        assert screen.query_one(Status).state == before


async def test_the_row_shows_what_the_draft_makes_of_it(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        await pilot.press("t", "t")
        screen = await settled(pilot)
        drafted = screen.query_one(Queue).items[0].area_fraction
        assert drafted is not None
        assert drafted != clinic.item(three[0]).area_fraction
        screen._read_queue()
        await settled(pilot)
        assert screen.query_one(Queue).items[0].area_fraction == drafted
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        shown = screen.query_one(Queue).items[0].area_fraction
        assert shown == pytest.approx(drafted)


async def test_an_edit_is_still_there_when_the_photo_is_opened_again(
    clinic: Clinic, make_app: MakeApp, three: list[int]
) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("t")
        screen = await settled(pilot)
        editor = screen.query_one(Workbench).draft
        assert editor is not None
        mask = editor.mask.copy()
        await pilot.press("q")
        await pilot.pause()
    assert clinic.session.pending == 0
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        editor = screen.query_one(Workbench).draft
        assert editor is not None
        assert (editor.mask == mask).all()


async def test_edit_mode_comes_and_goes(make_app: MakeApp, three: list[int]) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        bench, status = screen.query_one(Workbench), screen.query_one(Status)
        await pilot.press("e")
        await settled(pilot)
        assert (status.state.tool, status.state.cuts) == (Tool.BRUSH, False)
        width = status.state.radius
        await pilot.press("x", "right_square_bracket")
        await settled(pilot)
        assert (status.state.tool, status.state.cuts) == (Tool.BRUSH, True)
        assert status.state.radius > width
        await pilot.press("escape")
        await settled(pilot)
        assert not bench.editing
        assert screen.focused is screen.query_one(Queue)


async def test_a_stroke_of_the_crosshair_is_one_edit(make_app: MakeApp, three: list[int]) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await settled(pilot)
        editor = screen.query_one(Workbench).draft
        assert editor is not None
        before = editor.mask.copy()
        await pilot.press("e", "x", "space", "right", "right", "down", "space", "escape")
        await settled(pilot)
        assert editor.edits == 1
        assert (before & ~editor.mask).any()
        assert not (~before & editor.mask).any()


@pytest.mark.parametrize("leave", ["j", "q", "escape"])
async def test_a_brush_that_is_still_down_when_the_photo_is_left_has_drawn(
    clinic: Clinic, make_app: MakeApp, three: list[int], leave: str
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("e", "x", "space", "right", leave)
        await pilot.pause()
    app.finish()
    clinic.session.drain()
    assert clinic.item(three[0]).has_draft
