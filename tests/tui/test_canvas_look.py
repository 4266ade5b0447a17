"""What the canvas draws, when, and how little of it again."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widgets import Static

from benchmarks.renderer import colours as quarters
from imaging.framing import Mask, Pixels, Size
from imaging.view.overlay import BORDER, USUAL_PENS, Shown
from pipeline.review.editor import Editor
from tests.tui.driving import text_of
from tests.tui.easel import CELLS, Forgetful, Mouse, Onlooker, calm, disc, skin
from tui.colour_app import ColourApp
from tui.surface.colours import Colours, Depth, Source
from tui.widgets.canvas import Canvas
from tui.widgets.painter import BrushMode
from tui.widgets.scene import Scene, Subject


class Counting(Canvas):
    """Writes down which lines it draws."""

    lines: list[int]

    def draw_lines(self, scene: Scene, lines: slice) -> list[Strip]:
        self.lines += range(lines.start, lines.stop)
        return super().draw_lines(scene, lines)


class Wall(App[None]):
    """One canvas, nothing else."""

    CSS = "Canvas { width: 1fr; height: 1fr; }"

    def compose(self) -> ComposeResult:
        canvas = Counting(Onlooker(), USUAL_PENS, id="canvas")
        canvas.lines = []
        yield canvas

    @property
    def canvas(self) -> Counting:
        return self.query_one(Counting)

    def cells(self) -> list[list[Segment]]:
        return [list(self.canvas.render_line(y)) for y in range(self.canvas.size.height)]


class ColouredWall(Wall, ColourApp):
    """One canvas in a terminal whose colours are known."""


def show(wall: Wall, picture: Pixels, mask: Mask | None) -> None:
    mask = np.zeros(picture.shape[:2], np.bool_) if mask is None else mask
    wall.canvas.show(Subject(picture, Size.of(mask), mask))


@contextmanager
def drawn_lines(canvas: Counting) -> Iterator[set[int]]:
    """The lines that are drawn meanwhile."""
    canvas.lines.clear()
    lines: set[int] = set()
    yield lines
    lines.update(canvas.lines)


def colours(cells: list[list[Segment]]) -> set[Color]:
    return {
        colour
        for line in cells
        for segment in line
        if segment.style is not None
        for colour in (segment.style.color, segment.style.bgcolor)
        if colour is not None
    }


def has_line(cells: list[list[Segment]]) -> bool:
    """Whether a mask's line is seen."""
    return any(colour.triplet == ColorTriplet(*BORDER) for colour in colours(cells))


def editor() -> Editor:
    return Editor(disc(), 0.5, None, Forgetful())


async def test_a_stroke_draws_the_lines_it_touches_and_no_other() -> None:
    wall, edited = Wall(), editor()
    async with wall.run_test(size=CELLS) as pilot:
        show(wall, skin(), edited.mask)
        await calm(pilot)
        edited.begin_stroke(20.0, True)
        part = edited.extend_stroke(300.0, 60.0)
        assert part is not None
        before = wall.cells()
        with drawn_lines(wall.canvas) as lines:
            wall.canvas.mask_changed(part)
            await calm(pilot)
        after = wall.cells()
        differ = {y for y, (old, new) in enumerate(zip(before, after, strict=True)) if old != new}
        assert differ
        assert differ <= lines
        assert len(lines) <= 6


async def test_a_moving_brush_draws_where_it_was_and_where_it_is() -> None:
    wall = Wall()
    async with wall.run_test(size=CELLS) as pilot:
        show(wall, skin(), disc())
        wall.canvas.dots = 3.0
        wall.canvas.brush = BrushMode.DRAW
        mouse = Mouse(pilot)
        await mouse.move(30, 7, button=0)
        with drawn_lines(wall.canvas) as lines:
            await mouse.move(30, 24, button=0)
        assert {7, 24} <= lines
        assert lines <= {*range(5, 10), *range(22, 27)}
        with drawn_lines(wall.canvas) as lines:
            await mouse.move(30, 24, button=0)
        assert not lines


async def test_a_drag_draws_no_more_than_the_brush_that_moves() -> None:
    wall = Wall()
    async with wall.run_test(size=CELLS) as pilot:
        show(wall, skin(), disc())
        wall.canvas.dots = 3.0
        wall.canvas.brush = BrushMode.DRAW
        mouse = Mouse(pilot)
        await mouse.down(30, 14)
        with drawn_lines(wall.canvas) as lines:
            await mouse.move(32, 15)
            await mouse.move(34, 15)
        assert lines
        assert lines <= set(range(11, 19))


async def test_a_brush_put_away_is_not_seen() -> None:
    wall = Wall()
    async with wall.run_test(size=CELLS) as pilot:
        show(wall, skin(), disc())
        await calm(pilot)
        bare = wall.cells()
        wall.canvas.dots = 9.0
        wall.canvas.brush = BrushMode.ERASE
        await calm(pilot)
        erasing = wall.cells()
        wall.canvas.brush = BrushMode.DRAW
        drawing = wall.cells()
        wall.canvas.brush = BrushMode.OFF
        assert bare != erasing != drawing != bare
        assert wall.cells() == bare


async def test_the_outline_comes_and_goes_and_fades() -> None:
    wall = Wall()
    async with wall.run_test(size=CELLS) as pilot:
        show(wall, skin(), disc())
        await calm(pilot)
        full = wall.cells()
        assert has_line(full)
        wall.canvas.overlay = Shown.NOTHING
        hidden = wall.cells()
        assert not has_line(hidden)
        wall.canvas.strength = 0.2
        assert wall.cells() == hidden
        wall.canvas.overlay = Shown.OUTLINE
        assert wall.cells() not in (full, hidden)
        show(wall, skin(), None)
        assert wall.cells() == hidden


@pytest.mark.parametrize("size", [(60, 30), (25, 30), (90, 8), (7, 3), (1, 1)])
async def test_the_photo_is_whole_and_in_the_middle_at_every_size(size: tuple[int, int]) -> None:
    wall, white = Wall(), np.full((300, 400, 3), 255, np.uint8)
    async with wall.run_test(size=(60, 30)) as pilot:
        show(wall, white, None)
        await pilot.resize_terminal(*size)
        await calm(pilot)
        photo = pixels_of(wall.cells()).min(axis=-1) == 255
    assert photo.shape == (2 * size[1], 2 * size[0])
    rows, columns = (np.flatnonzero(photo.any(axis=axis)) for axis in (1, 0))
    assert photo[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all()
    assert len(rows) == photo.shape[0] or len(columns) == photo.shape[1]
    assert abs(len(rows) - len(columns) / 2 * 3 / 4) <= 1
    for line, length, least in zip((rows, columns), photo.shape, (1, 2), strict=True):
        assert abs(line[0] - (length - 1 - line[-1])) <= least


def pixels_of(cells: list[list[Segment]]) -> Pixels:
    """Two rows and two columns of pixels for each cell."""
    lines = [[cell for segment in line for cell in quarters(segment)] for line in cells]
    quartered = np.array(lines, np.uint8).reshape(len(lines), -1, 2, 2, 3)
    return quartered.swapaxes(1, 2).reshape(2 * len(lines), -1, 3)


async def test_a_message_is_centred_wrapped_and_nothing_but_text() -> None:
    wall = Wall()
    async with wall.run_test(size=(30, 9)) as pilot:
        wall.canvas.clear("[bold]no\x1b[31m markup[/bold] and a line that is wrapped", "Second.")
        await calm(pilot)
        lines = text_of(wall.screen, "#canvas").split("\n")
    text = " ".join(line.strip() for line in lines).strip()
    assert text == "[bold]no\\x1b[31m markup[/bold] and a line that is wrapped  Second."
    assert all(len(line) <= 30 for line in lines)
    second = next(line for line in lines if "Second." in line)
    assert second == " " * 11 + "Second."
    assert abs(lines.index(second) - 5) <= 1


async def test_a_photo_takes_the_place_of_a_message_and_the_other_way_round() -> None:
    wall = Wall()
    async with wall.run_test(size=CELLS) as pilot:
        wall.canvas.clear("Nothing yet.")
        await calm(pilot)
        show(wall, skin(), disc())
        await calm(pilot)
        assert "Nothing" not in text_of(wall.screen, "#canvas")
        wall.canvas.clear("Gone.")
        await calm(pilot)
        assert text_of(wall.screen, "#canvas").strip() == "Gone."


@pytest.mark.parametrize(
    ("depth", "kind"), [(Depth.TABLE, ColorType.EIGHT_BIT), (Depth.TRUE, ColorType.TRUECOLOR)]
)
async def test_the_photo_keeps_to_the_colours_of_the_terminal(
    depth: Depth, kind: ColorType
) -> None:
    wall = ColouredWall(Colours(depth, Source.OPTION))
    async with wall.run_test(size=(8, 3)) as pilot:
        show(wall, skin(Size(80, 60)), None)
        await calm(pilot)
        photo = [[part for part in line if part.text != "  "] for line in wall.cells()]
    assert {colour.type for colour in colours(photo)} == {kind}


class HungWall(Wall):
    """A canvas, and a line above it that is drawn as any other."""

    CSS = Wall.CSS + "Static { height: 1; }"

    def compose(self) -> ComposeResult:
        yield Static("above", id="above")
        yield from super().compose()


async def test_a_photo_is_drawn_with_what_came_before_it_and_before_what_waits_for_a_drawing() -> (
    None
):
    wall = HungWall()
    async with wall.run_test(size=CELLS) as pilot:
        show(wall, skin(), disc())
        await calm(pilot)
        frames: list[set[int]] = []
        with drawn_lines(wall.canvas):
            wall.query_one("#above", Static).refresh()
            # The screen has its turn before the canvas.
            wall.screen.call_later(lambda: None)
            show(wall, skin(), disc())
            wall.screen.call_after_refresh(lambda: frames.append({*wall.canvas.lines}))
            await calm(pilot)
        assert frames == [{*range(wall.canvas.size.height)}]
