"""Painting on the canvas: by mouse, by keyboard, and what becomes of a brush that is let alone."""

from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager

import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot

from imaging.framing import Mask, Size
from imaging.mask.form import Form, measure_form
from imaging.mask.stroke import Stroke
from pipeline.review.editor import Editor
from tests.tui.driving import until
from tests.tui.easel import (
    CELLS,
    PHOTO,
    PLACE,
    Easel,
    Forgetful,
    Mouse,
    calm,
    disc,
    in_photo,
)
from tui.widgets.canvas import STRIDE

RADIUS = 12.0


def bare() -> Mask:
    return np.zeros((PHOTO.height, PHOTO.width), np.bool_, order="F")


@asynccontextmanager
async def painting(
    mask: Mask, editing: bool = True
) -> AsyncIterator[tuple[Easel, Pilot[None], Mouse]]:
    """The easel with its photo, and the brush in hand."""
    easel = Easel(mask)
    async with easel.run_test(size=CELLS) as pilot:
        easel.bench.show(easel.opened)
        easel.canvas.dots = 2 * RADIUS * PLACE.width / PHOTO.width
        if editing:
            easel.bench.start_editing()
        await calm(pilot)
        yield easel, pilot, Mouse(pilot)
    easel.lane.close()


def drawn(mask: Mask, *points: tuple[float, float], value: bool = True) -> Mask:
    """The mask after a stroke through these points of the photo."""
    after = mask.copy(order="K")
    stroke = Stroke(after, RADIUS, value)
    for point in points:
        stroke.extend(*point)
    return after


async def test_a_drag_paints_where_the_pointer_is() -> None:
    async with painting(bare()) as (easel, _, mouse):
        await mouse.drag((20, 12), (30, 14), (32, 20))
        way = [in_photo(x + 0.5, y + 0.5) for x, y in ((20, 12), (30, 14), (32, 20))]
        assert np.array_equal(easel.editor.mask, drawn(bare(), *way))
        assert easel.editor.edits == 1


async def test_fractions_of_a_cell_are_used_where_the_terminal_tells_them() -> None:
    async with painting(bare()) as (easel, _, mouse):
        await mouse.drag((20.25, 12.5), (30.0, 14.0))
        way = [in_photo(20.25, 12.5), in_photo(30.0, 14.0)]
        assert np.array_equal(easel.editor.mask, drawn(bare(), *way))


async def test_the_eraser_takes_away() -> None:
    async with painting(disc()) as (easel, _, mouse):
        easel.bench.swap_brush()
        await mouse.drag((30, 15), (34, 15))
        way = [in_photo(30.5, 15.5), in_photo(34.5, 15.5)]
        assert np.array_equal(easel.editor.mask, drawn(disc(), *way, value=False))


@pytest.mark.parametrize("button", [2, 3])
async def test_other_buttons_do_not_paint(button: int) -> None:
    async with painting(bare()) as (easel, _, mouse):
        await mouse.down(30, 15, button)
        await mouse.move(40, 15, button)
        await mouse.up(40, 15, button)
        assert not easel.editor.mask.any()


async def test_without_a_brush_the_mouse_paints_nothing_and_takes_no_keys() -> None:
    async with painting(bare(), editing=False) as (easel, pilot, mouse):
        await mouse.drag((20, 12), (30, 14))
        await pilot.press("space", "right", "space")
        await calm(pilot)
        assert not easel.editor.mask.any()
        assert easel.focused is not easel.canvas


async def test_a_brush_that_leaves_the_canvas_paints_on_when_it_comes_back() -> None:
    async with painting(bare()) as (easel, _, mouse):
        await mouse.drag((2, 15), (-30, 15), (90, 15), (20, 15))
        crossed = round(in_photo(0, 15.5)[1])
        assert easel.editor.mask[crossed].all()
        assert easel.editor.edits == 1


async def test_let_go_outside_the_brush_is_lifted_and_still_seen() -> None:
    async with painting(bare()) as (easel, _, mouse):
        await mouse.drag((30, 15), (200, 15))
        painted = easel.editor.mask.copy()
        plain = easel.look()
        await mouse.move(40, 22, button=0)
        assert np.array_equal(easel.editor.mask, painted)
        assert easel.look() != plain
        assert easel.app.mouse_captured is None


async def test_a_button_let_go_unseen_ends_the_stroke() -> None:
    async with painting(bare()) as (easel, _, mouse):
        await mouse.down(20, 12)
        await mouse.move(24, 12)
        await mouse.move(50, 25, button=0)
        way = [in_photo(20.5, 12.5), in_photo(24.5, 12.5)]
        assert np.array_equal(easel.editor.mask, drawn(bare(), *way))
        assert easel.editor.edits == 1


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
async def test_a_terminal_that_loses_the_focus_lifts_the_brush(by: str) -> None:
    async with painting(bare()) as (easel, pilot, mouse):
        if by == "mouse":
            await mouse.down(30, 15)
        else:
            await pilot.press("space")
        easel.post_message(events.AppBlur())
        await calm(pilot)
        assert easel.editor.edits == 1
        await mouse.move(50, 15)
        assert not easel.editor.mask[:, round(in_photo(45, 0)[0]) :].any()


async def test_arrows_move_the_crosshair_by_pixels_of_the_screen() -> None:
    async with painting(bare()) as (easel, pilot, _):
        await pilot.press("space", "right", "down", "shift+right", "space")
        await calm(pilot)
        column, row = PLACE.point_to_grid(PHOTO.width / 2, PHOTO.height / 2)
        # Two columns of what is drawn are as wide as one row is high.
        steps = ((0, 0), (0.5, 0), (0.5, 1), (0.5 + STRIDE, 1))
        way = [PLACE.point_to_photo(column + across, row + down) for across, down in steps]
        assert np.array_equal(easel.editor.mask, drawn(bare(), *way))
        assert easel.editor.edits == 1


async def test_the_crosshair_stays_on_the_photo() -> None:
    async with painting(bare()) as (easel, pilot, _):
        await pilot.press(*["shift+left"] * 20, *["shift+up"] * 20, "space", "space")
        await calm(pilot)
        assert easel.editor.mask[0, 0]


async def test_keys_go_on_from_where_the_mouse_was() -> None:
    async with painting(bare()) as (easel, pilot, mouse):
        await mouse.move(10, 10, button=0)
        await pilot.press("space", "space")
        await calm(pilot)
        assert np.array_equal(easel.editor.mask, drawn(bare(), in_photo(10.5, 10.5)))


async def test_a_mouse_that_is_touched_does_not_pull_the_brush_of_the_keyboard() -> None:
    async with painting(bare()) as (easel, pilot, mouse):
        await pilot.press("space")
        await mouse.move(5, 5, button=0)
        await pilot.press("space")
        await calm(pilot)
        middle = (PHOTO.width / 2, PHOTO.height / 2)
        assert np.array_equal(easel.editor.mask, drawn(bare(), middle))


async def test_another_brush_is_another_stroke() -> None:
    async with painting(bare()) as (easel, pilot, _):
        await pilot.press("space")
        await calm(pilot)
        easel.bench.resize_brush(3)
        await calm(pilot)
        easel.bench.swap_brush()
        await pilot.press("space")
        await calm(pilot)
        assert easel.editor.edits == 3
        assert not easel.editor.mask.any()


async def test_undo_with_the_brush_down_takes_the_stroke_back() -> None:
    async with painting(bare()) as (easel, pilot, _):
        await pilot.press("space", "right")
        await calm(pilot)
        easel.bench.undo()
        await calm(pilot)
        assert not easel.editor.mask.any()
        await pilot.press("right", "right")
        await calm(pilot)
        assert not easel.editor.mask.any()
        await pilot.press("space")
        await calm(pilot)
        assert easel.editor.mask.any()


async def test_the_app_may_be_left_while_a_change_is_on_its_way() -> None:
    async with painting(bare()) as (easel, pilot, _):
        opened = easel.bench.opened
        assert opened is not None
        easel.bench._show_change(opened, Future())
        await pilot.pause()


async def test_put_away_at_once_the_brush_does_not_erase() -> None:
    async with painting(disc()) as (easel, pilot, _):
        easel.canvas.action_press()
        easel.bench.stop_editing()
        await calm(pilot)
        assert np.array_equal(easel.editor.mask, disc())


@pytest.mark.parametrize("photo", [(512, 512), (4000, 6000)])
async def test_rows_drawn_side_by_side_with_the_smallest_brush_leave_no_stripes(
    photo: tuple[int, int],
) -> None:
    easel = Easel(np.zeros(photo, np.bool_, order="F"))
    async with easel.run_test(size=(46, 20)) as pilot:
        easel.bench.show(easel.opened)
        easel.bench.start_editing()
        easel.bench.resize_brush(-50)
        await calm(pilot)
        mouse = Mouse(pilot)
        for row in range(6, 10):
            await mouse.drag((18, row), (28, row))
    easel.lane.close()
    assert easel.editor.edits == 4
    assert measure_form(easel.editor.mask) == Form(parts=1, holes=0)


async def test_the_brush_keeps_its_size_on_the_screen_from_photo_to_photo() -> None:
    async with painting(bare()) as (easel, pilot, mouse):
        easel.bench.resize_brush(4)
        await mouse.move(30, 15, button=0)
        small = easel.look(), easel.canvas.radius
        editor = big()
        easel.bench.show(easel.open(easel.skin, editor.mask, editor))
        easel.bench.start_editing()
        await calm(pilot)
        await mouse.move(30, 15, button=0)
        assert easel.canvas.radius == pytest.approx(10 * small[1])
        assert easel.look() == small[0]


BIG = Size(10 * PHOTO.width, 10 * PHOTO.height)


def big() -> Editor:
    return Editor(np.zeros((BIG.height, BIG.width), np.bool_, order="F"), 0.5, None, Forgetful())


async def test_a_stroke_is_handed_on_while_it_is_drawn() -> None:
    async with painting(bare()) as (easel, pilot, mouse):
        await mouse.down(20, 12)
        await mouse.move(24, 12)
        await until(pilot, lambda: not easel.bench.drawing)
        assert easel.editor.edits == 0
        await mouse.up(24, 12)
        assert easel.editor.edits == 1
