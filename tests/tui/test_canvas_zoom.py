"""Seeing nearer and farther on the canvas, and painting there."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest
from textual import events
from textual.pilot import Pilot

from imaging.framing import Framing, Mask, Pixels, Size
from imaging.mask.measure import bounding_box
from imaging.view.lens import CLOSEST, Lens
from imaging.view.overlay import Shown
from pipeline.review.editor import Editor
from tests.tui.easel import CELLS, PHOTO, Easel, Forgetful, Mouse, calm, disc
from tui.surface.raster import QUARTERS
from tui.widgets.scene import Look, Scene, Subject, stretched

GRID = Size(CELLS[0], 2 * CELLS[1])
LOOK = Look(Shown.OUTLINE.ink(0.5))
SHRINK = 8
ACROSS = QUARTERS.stretch


def bare() -> Mask:
    return np.zeros((PHOTO.height, PHOTO.width), np.bool_, order="F")


@asynccontextmanager
async def table(mask: Mask) -> AsyncIterator[tuple[Easel, Pilot[None], Mouse]]:
    """The easel with its photo, opened as a small picture."""
    easel = Easel(mask)
    easel.opened = easel.open(easel.skin[::SHRINK, ::SHRINK], mask, easel.editor)
    async with easel.run_test(size=CELLS) as pilot:
        easel.bench.show(easel.opened)
        await calm(pilot)
        yield easel, pilot, Mouse(pilot)
    easel.lane.close()


def framing_of(easel: Easel) -> Framing:
    """What is seen now."""
    lens = easel.canvas._lens
    assert lens is not None
    return lens.framing


def pixels(scene: Scene) -> Pixels:
    return scene.pixels(slice(0, 2 * CELLS[1]))


def expected(easel: Easel, framing: Framing) -> Pixels:
    """How the photo itself looks there, drawn in one go from all its pixels."""
    beside = easel.canvas.background_colors[1].rgb
    subject = Subject(easel.skin, PHOTO, easel.editor.mask)
    scene = Scene(subject, stretched(framing, ACROSS), beside, QUARTERS)
    scene.draw(LOOK)
    return pixels(scene)


def shown(easel: Easel) -> Pixels:
    scene = easel.canvas._scene
    assert scene is not None
    return pixels(scene)


async def wheel(pilot: Pilot[None], kind: type[events.MouseEvent], x: float, y: float) -> None:
    pilot.app.post_message(kind(None, x, y, 0, 0, 0, False, False, False, x, y))
    await calm(pilot)


async def test_at_each_step_the_photo_itself_is_seen() -> None:
    async with table(disc()) as (easel, pilot, _):
        changes: tuple[Callable[[], None], ...] = (
            lambda: easel.bench.zoom(2),
            lambda: easel.bench.pan(1, 0),
            lambda: easel.bench.pan(-1, 1),
            lambda: easel.bench.zoom(4),
            lambda: easel.bench.pan(0, -1),
            lambda: easel.bench.zoom(-1),
        )
        for change in changes:
            change()
            await calm(pilot)
            assert np.array_equal(shown(easel), expected(easel, framing_of(easel)))


async def test_the_wheel_brings_what_is_under_the_pointer_nearer() -> None:
    async with table(disc()) as (easel, pilot, _):
        before = framing_of(easel).point_to_photo(20.5, 2 * 10.5)
        await wheel(pilot, events.MouseScrollUp, 20, 10)
        await wheel(pilot, events.MouseScrollUp, 20, 10)
        after = framing_of(easel)
        assert after.width > PHOTO.width * GRID.width / PHOTO.width
        assert after.point_to_photo(20.5, 2 * 10.5) == pytest.approx(before, abs=10)
        await wheel(pilot, events.MouseScrollDown, 20, 10)
        await wheel(pilot, events.MouseScrollDown, 20, 10)
        assert easel.canvas.zoom == pytest.approx(1.0)


async def test_without_a_tool_a_drag_moves_the_photo_and_paints_nothing() -> None:
    async with table(disc()) as (easel, pilot, mouse):
        easel.bench.zoom(4)
        await calm(pilot)
        before = framing_of(easel)
        await mouse.drag((30, 15), (27, 13), (25, 12))
        after = framing_of(easel)
        assert (after.left - before.left, after.top - before.top) == (-5, -6)
        assert easel.editor.edits == 0
        await mouse.move(2, 2, button=0)
        assert framing_of(easel) == after


async def test_as_near_as_it_goes_a_click_paints_one_pixel_of_the_photo() -> None:
    async with table(bare()) as (easel, pilot, mouse):
        easel.bench.zoom(50)
        easel.bench.start_editing()
        easel.bench.resize_brush(-50)
        await calm(pilot)
        framing = framing_of(easel)
        assert framing.width == CLOSEST * PHOTO.width
        await mouse.drag((20, 12))
        x, y = framing.point_to_photo(20.5, 2 * 12.5)
        assert np.argwhere(easel.editor.mask).tolist() == [[int(y), int(x)]]


async def test_keys_that_lead_the_crosshair_out_of_sight_take_the_view_along() -> None:
    async with table(bare()) as (easel, pilot, _):
        easel.bench.zoom(6)
        easel.bench.start_editing()
        await calm(pilot)
        await pilot.press("space", *["shift+left"] * 20, "space")
        await calm(pilot)
        box = bounding_box(easel.editor.mask)
        assert box is not None
        framing = framing_of(easel)
        left, _ = framing.point_to_grid(box[1].start, 0)
        right, _ = framing.point_to_grid(box[1].stop, 0)
        assert -1 <= left <= GRID.width
        assert right > GRID.width, "it began beside what is seen now"


async def test_the_mouse_never_moves_the_view_by_painting() -> None:
    async with table(bare()) as (easel, pilot, mouse):
        easel.bench.zoom(4)
        easel.bench.start_editing()
        await calm(pilot)
        before = framing_of(easel)
        await mouse.drag((30, 15), (59, 29))
        assert framing_of(easel) == before
        await mouse.drag((0, 0))
        assert framing_of(easel) == before


async def test_what_is_not_seen_is_not_painted() -> None:
    async with table(bare()) as (easel, pilot, mouse):
        easel.bench.zoom(4)
        easel.bench.start_editing()
        await calm(pilot)
        seen = framing_of(easel)
        await mouse.drag((30, 15), (55, 15), (75, 15), (75, 40), (30, 40))
        box = bounding_box(easel.editor.mask)
        assert box is not None
        right, bottom = seen.point_to_photo(GRID.width, GRID.height)
        radius = easel.canvas.radius
        assert box[1].stop <= right + radius + 1
        assert box[0].stop <= bottom + radius + 1


async def test_the_right_button_erases_with_either_tool() -> None:
    async with table(disc()) as (easel, pilot, mouse):
        easel.bench.start_editing()
        await calm(pilot)
        for _ in range(2):
            area = easel.editor.mask.sum()
            for x in (28, 32):
                await mouse.down(x, 15, button=3)
                await mouse.move(x + 1, 15, button=3)
                await mouse.up(x + 1, 15, button=3)
            assert easel.editor.mask.sum() < area
            easel.bench.undo()
            easel.bench.undo()
            easel.bench.swap_brush()
            await calm(pilot)
        # The left one draws again.
        easel.bench.swap_brush()
        easel.bench.swap_brush()
        easel.editor.mask[...] = False
        await mouse.drag((30, 15), (31, 15))
        assert easel.editor.mask.any()


async def test_the_lesion_is_seen_on_each_photo_until_the_whole_is_wanted() -> None:
    async with table(disc(radius=20)) as (easel, pilot, _):
        assert easel.bench.swap_near()
        await calm(pilot)
        box = (slice(130, 170), slice(180, 220))
        assert framing_of(easel) == Lens.around(box, PHOTO, GRID).framing
        other = bare()
        other[30:60, 300:390] = True
        easel.bench.show(easel.open(easel.skin, other, Editor(other, 0.5, None, Forgetful())))
        await calm(pilot)
        box = (slice(30, 60), slice(300, 390))
        assert framing_of(easel) == Lens.around(box, PHOTO, GRID).framing
        # Moved by hand, the next photo is seen as was said last all the same.
        easel.bench.zoom(3)
        easel.bench.show(easel.opened)
        await calm(pilot)
        assert easel.canvas.sees_lesion
        assert easel.bench.swap_near()
        assert framing_of(easel) == Lens.whole(PHOTO, GRID).framing


async def test_where_there_is_no_lesion_the_whole_is_seen() -> None:
    async with table(bare()) as (easel, pilot, _):
        assert not easel.bench.swap_near()
        easel.bench.show(easel.open(easel.skin, disc(), Editor(disc(), 0.5, None, Forgetful())))
        assert easel.bench.swap_near()
        easel.bench.show(easel.opened)
        await calm(pilot)
        assert framing_of(easel) == Lens.whole(PHOTO, GRID).framing


async def test_a_resize_keeps_what_is_seen() -> None:
    async with table(disc()) as (easel, pilot, _):
        easel.bench.zoom(3)
        easel.bench.pan(1, 1)
        await calm(pilot)
        before = framing_of(easel).point_to_photo(GRID.width / 2, GRID.height / 2)
        await pilot.resize_terminal(90, 40)
        await calm(pilot)
        after = framing_of(easel).point_to_photo(45, 40)
        assert after == pytest.approx(before, abs=4)
        assert easel.canvas.zoom == pytest.approx(1.5**3)
