"""Lasso, polygon and box on the canvas, by mouse and by keys alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from textual.pilot import Pilot

from db.values import Tool
from imaging.framing import Mask, Size
from imaging.mask.form import Form, measure_form
from imaging.mask.measure import bounding_box
from imaging.mask.shape import Point, fill_shape
from tests.tui.easel import CELLS, PHOTO, Easel, Mouse, calm, disc, in_photo
from tui.widgets.canvas import STRIDE


def bare() -> Mask:
    return np.zeros((PHOTO.height, PHOTO.width), np.bool_, order="F")


@asynccontextmanager
async def shaping(mask: Mask, tool: Tool) -> AsyncIterator[tuple[Easel, Pilot[None], Mouse]]:
    easel = Easel(mask)
    async with easel.run_test(size=CELLS) as pilot:
        easel.bench.show(easel.opened)
        easel.bench.start_editing(tool)
        await calm(pilot)
        yield easel, pilot, Mouse(pilot)
    easel.lane.close()


def filled(mask: Mask, border: list[Point], value: bool = True) -> Mask:
    after = mask.copy(order="K")
    found = fill_shape(border, Size.of(mask))
    assert found is not None
    part, inside = found
    after[part][inside] = value
    return after


def cell(x: int, y: int) -> Point:
    """The photo's point in the middle of a cell."""
    return in_photo(x + 0.5, y + 0.5)


CORNERS = [(20, 10), (40, 10), (40, 20), (20, 20)]


async def test_a_lasso_is_what_was_gone_around() -> None:
    async with shaping(bare(), Tool.LASSO) as (easel, _, mouse):
        await mouse.drag(*CORNERS)
        assert np.array_equal(easel.editor.mask, filled(bare(), [cell(*at) for at in CORNERS]))
        assert easel.editor.edits == 1
        easel.bench.undo()
        await calm(mouse.pilot)
        assert not easel.editor.mask.any()


async def test_a_click_with_the_lasso_draws_nothing_and_begins_nothing() -> None:
    async with shaping(bare(), Tool.LASSO) as (easel, _, mouse):
        await mouse.drag((20, 10), (20, 10))
        assert not easel.canvas.shaping
        assert easel.editor.edits == 0


async def test_a_lasso_by_keys_alone() -> None:
    async with shaping(bare(), Tool.LASSO) as (easel, pilot, _):
        await pilot.press("space", "shift+right", "shift+down", "shift+left", "space")
        await calm(pilot)
        box = bounding_box(easel.editor.mask)
        assert box is not None
        side = STRIDE * PHOTO.width / CELLS[0]
        assert box[1].stop - box[1].start == pytest.approx(side, abs=2)
        assert not easel.canvas.shaping
        # The pen is up: what follows is not drawn.
        await pilot.press("shift+up", "shift+up")
        await calm(pilot)
        assert easel.editor.edits == 1


async def test_the_brush_that_comes_after_a_begun_lasso_is_up() -> None:
    async with shaping(bare(), Tool.LASSO) as (easel, pilot, _):
        await pilot.press("space", "shift+right")
        easel.bench.start_editing(Tool.BRUSH)
        await pilot.press("shift+down", "shift+left")
        await calm(pilot)
        assert not easel.editor.mask.any()


async def test_a_polygon_is_closed_by_a_click_on_its_first_point() -> None:
    async with shaping(bare(), Tool.POLYGON) as (easel, _, mouse):
        for x, y in (*CORNERS, CORNERS[0]):
            await mouse.drag((x, y))
        assert np.array_equal(easel.editor.mask, filled(bare(), [cell(*at) for at in CORNERS]))
        assert not easel.canvas.shaping


async def test_a_polygon_by_keys_alone() -> None:
    async with shaping(bare(), Tool.POLYGON) as (easel, pilot, _):
        await pilot.press("space", *["shift+right"] * 2, "space", "backspace", "space")
        await pilot.press("shift+down", "shift+down", "space", "shift+left", "shift+left", "enter")
        await calm(pilot)
        box = bounding_box(easel.editor.mask)
        assert box is not None
        rows, columns = box
        side = 2 * STRIDE * PHOTO.width / CELLS[0]
        assert rows.stop - rows.start == pytest.approx(side, abs=2)
        assert columns.stop - columns.start == pytest.approx(side, abs=2)
        assert easel.editor.edits == 1


async def test_a_box_by_drag_and_by_keys() -> None:
    async with shaping(bare(), Tool.BOX) as (easel, pilot, mouse):
        await mouse.drag((20, 10), (40, 20))
        expected = filled(bare(), [cell(*at) for at in CORNERS])
        assert np.array_equal(easel.editor.mask, expected)
        await mouse.move(2, 5, button=0)
        await pilot.press("space", "shift+right", "shift+down", "space")
        await calm(pilot)
        assert measure_form(easel.editor.mask) == Form(parts=2, holes=0)
        assert easel.editor.edits == 2


async def test_x_and_the_right_button_cut() -> None:
    async with shaping(disc(), Tool.BOX) as (easel, pilot, mouse):
        easel.bench.swap_brush()
        await mouse.drag((0, 4), (30, 27))
        half = disc()
        left = bounding_box(easel.editor.mask)
        assert left is not None
        assert left[1].start == pytest.approx(cell(30, 0)[0], abs=1)
        easel.bench.undo()
        easel.bench.swap_brush()
        await calm(pilot)
        assert np.array_equal(easel.editor.mask, half)
        await mouse.down(0, 4, button=3)
        await mouse.move(30, 27, button=3)
        await mouse.up(30, 27, button=3)
        assert bounding_box(easel.editor.mask) == left
        # The next one adds again.
        await mouse.drag((2, 6), (6, 10))
        assert measure_form(easel.editor.mask).parts == 2


async def test_a_shape_that_is_begun_is_seen_and_can_be_dropped() -> None:
    async with shaping(bare(), Tool.POLYGON) as (easel, pilot, mouse):
        await mouse.move(50, 25, button=0)
        before = easel.look()
        await mouse.drag((10, 5))
        await mouse.drag((30, 5))
        await mouse.move(50, 25, button=0)
        assert easel.look() != before
        assert easel.bench.drop_shape()
        await calm(pilot)
        assert easel.look() == before
        assert easel.editor.edits == 0


async def test_another_tool_and_another_photo_leave_what_is_begun_to_be_gone_on_with() -> None:
    async with shaping(bare(), Tool.POLYGON) as (easel, pilot, mouse):
        for corner in CORNERS[:3]:
            await mouse.drag(corner)
        easel.bench.start_editing(Tool.LASSO)
        assert not easel.canvas.shaping
        await mouse.drag((2, 2), (6, 2), (6, 6))
        easel.bench.start_editing(Tool.POLYGON)
        assert len(easel.canvas.shape_points) == 3
        easel.bench.stop_editing()
        easel.bench.show(easel.opened)
        await calm(pilot)
        assert not easel.canvas.shaping
        easel.bench.undo()
        easel.bench.start_editing(Tool.POLYGON)
        await mouse.drag(CORNERS[3])
        await mouse.drag(CORNERS[0])
        assert np.array_equal(easel.editor.mask, filled(bare(), [cell(*at) for at in CORNERS]))
        # Closed, and so nothing to go on with.
        easel.bench.stop_editing()
        easel.bench.start_editing(Tool.POLYGON)
        assert not easel.canvas.shaping


async def test_what_was_dropped_does_not_come_back() -> None:
    async with shaping(bare(), Tool.POLYGON) as (easel, _, mouse):
        await mouse.drag(CORNERS[0])
        easel.bench.start_editing(Tool.POLYGON)
        assert easel.canvas.shaping
        assert easel.bench.drop_shape()
        easel.bench.stop_editing()
        easel.bench.start_editing(Tool.POLYGON)
        assert not easel.canvas.shaping


async def test_a_lasso_goes_over_the_edge_of_what_is_seen_only_to_it() -> None:
    async with shaping(bare(), Tool.LASSO) as (easel, pilot, mouse):
        easel.bench.zoom(4)
        await calm(pilot)
        lens = easel.canvas._lens
        assert lens is not None
        await mouse.drag((30, 15), (75, 15), (75, 40), (30, 40))
        box = bounding_box(easel.editor.mask)
        assert box is not None
        right, bottom = lens.framing.point_to_photo(lens.grid.width, lens.grid.height)
        assert box[1].stop <= right + 1
        assert box[0].stop <= bottom + 1


@pytest.mark.parametrize("tool", [Tool.LASSO, Tool.BOX])
@pytest.mark.parametrize("put_away", [False, True])
async def test_a_shape_whose_button_nobody_let_go_is_not_closed(tool: Tool, put_away: bool) -> None:
    async with shaping(bare(), tool) as (easel, pilot, mouse):
        await mouse.down(*CORNERS[0])
        for point in CORNERS[1:3]:
            await mouse.move(*point)
        if put_away:
            easel.bench.stop_editing()
        else:
            easel.set_focus(None)
        await calm(pilot)
        assert easel.editor.edits == 0
        assert easel.canvas.shaping is not put_away
