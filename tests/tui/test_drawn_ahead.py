"""Photos drawn before they are shown: seen as if they were drawn then, and never as they were."""

import numpy as np

from imaging.framing import Size
from imaging.view.overlay import Ink
from tests.tui.easel import CELLS, calm, disc, skin
from tests.tui.test_canvas_look import Wall, drawn_lines
from tui.surface.surface import Quarters
from tui.widgets.drawn_ahead import Ahead, Easel, Near
from tui.widgets.scene import Look, Subject


def subject() -> Subject:
    mask = disc()
    return Subject(skin(), Size.of(mask), mask)


async def test_a_photo_drawn_ahead_is_seen_as_any_other_and_nothing_is_drawn_then() -> None:
    wall, photo = Wall(), subject()
    async with wall.run_test(size=CELLS) as pilot:
        for near in (Near.WHOLE, Near.LESION):
            wall.canvas.show(photo)
            wall.canvas.look(near)
            await calm(pilot)
            expected, framing = wall.cells(), wall.canvas.zoom
            wall.canvas.show(subject())
            await calm(pilot)
            wall.canvas.keep(wall.canvas.easel.draw(photo))
            with drawn_lines(wall.canvas) as lines:
                wall.canvas.show(photo)
                await calm(pilot)
            assert not lines
            assert wall.cells() == expected
            assert wall.canvas.zoom == framing


async def test_what_was_edited_since_it_was_shown_is_drawn_anew() -> None:
    wall, photo = Wall(), subject()
    async with wall.run_test(size=CELLS) as pilot:
        wall.canvas.keep(wall.canvas.easel.draw(photo))
        wall.canvas.show(photo)
        await calm(pilot)
        before = wall.cells()
        wall.canvas.show(subject())
        photo.mask[:100, :100] = True
        wall.canvas.show(photo)
        await calm(pilot)
        assert wall.cells() != before


async def test_on_an_easel_that_was_changed_it_is_drawn_anew() -> None:
    wall, photo = Wall(), subject()
    async with wall.run_test(size=CELLS) as pilot:
        for contrast in (False, True):
            wall.canvas.keep(wall.canvas.easel.draw(photo))
            wall.canvas.contrast = contrast
            await calm(pilot)
            with drawn_lines(wall.canvas) as lines:
                wall.canvas.show(photo)
                await calm(pilot)
            assert bool(lines) is contrast


def test_as_many_are_kept_as_are_wanted_next() -> None:
    easel = Easel(Near.WHOLE, Size(*CELLS), (0, 0, 0), Quarters(), Look(Ink(0.5, 0.5)))
    ahead, photos = Ahead(), [subject() for _ in range(3)]
    for photo in photos:
        ahead.keep(easel.draw(photo))
    assert ahead.take(easel, photos[0]) is None
    taken = ahead.take(easel, photos[2])
    assert taken is not None
    assert np.array_equal(taken.subject.mask, photos[2].mask)
    assert ahead.take(easel, photos[2]) is None
