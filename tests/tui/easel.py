"""A workbench alone with one photo on it, and a mouse to paint with."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np
from rich.segment import Segment
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from db.values import DraftEdit, PhotoDetails, Tool
from imaging.framing import Framing, Mask, Pixels, Probabilities, Size, fit
from imaging.mask.marks import Marks
from imaging.mask.shape import Point
from imaging.mask.window import Window
from imaging.view.overlay import USUAL_PENS
from pipeline.review.desk import DeskPhoto
from pipeline.review.editor import Editor
from pipeline.review.lane import Lane
from pipeline.review.open_photo import OpenPhoto
from pipeline.review.refining import Mark
from pipeline.review.whereabouts import Whereabouts
from tui.widgets.canvas import Canvas
from tui.widgets.workbench import Workbench

PHOTO = Size(400, 300)
CELLS = (60, 30)
NOWHERE = Whereabouts("/photos/a.jpg", lambda _content_hash: True, tuple)
"""The file of a photo that none is read from."""
PLACE = fit(PHOTO, Size(CELLS[0], 2 * CELLS[1]))


class Forgetful:
    """Keeps no edits."""

    def add(self, cursor: int, edit: DraftEdit) -> None:
        """Nothing is saved."""

    def draw(self, cursor: int, edit: Callable[[], DraftEdit]) -> None:
        """Nothing is saved."""

    def move(self, cursor: int) -> None:
        """Nothing is saved."""


class Unmended:
    """Mends nothing: there is no process behind the easel."""

    def side(self) -> int:
        return 16

    def refine(self, window: Window, outline: Probabilities, marks: Marks) -> Probabilities:
        return outline


class Onlooker:
    """Paints nothing."""

    def begin_stroke(self, radius: float, paints: bool) -> None:
        """Nothing is painted."""

    def extend_stroke(self, x: float, y: float) -> None:
        """Nothing is painted."""

    def end_stroke(self) -> None:
        """Nothing is painted."""

    def refine(self, mark: Mark) -> None:
        """Nothing is mended."""

    def draw_shape(self, tool: Tool, border: Sequence[Point], adds: bool) -> None:
        """Nothing is painted."""


def skin(size: Size = PHOTO) -> Pixels:
    """A picture with no two pixels alike."""
    shape = (size.height, size.width, 3)
    return np.random.default_rng(5).integers(120, 220, shape, np.uint8)


def disc(size: Size = PHOTO, radius: float = 60.0) -> Mask:
    """A round lesion in the middle."""
    x, y = np.arange(size.width) + 0.5, np.arange(size.height)[:, None] + 0.5
    return np.asfortranarray(np.hypot(x - size.width / 2, y - size.height / 2) < radius)


def details(size: Size = PHOTO) -> PhotoDetails:
    return PhotoDetails(1, "/photos/a.jpg", "a.jpg", size, "JPEG", None, None, None, None, ())


class Easel(App[None]):
    """The workbench, as large as the terminal."""

    CSS = "Workbench, Canvas { width: 1fr; height: 1fr; }"

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self.lane = Lane("editing")
        self.editor = Editor(mask, 0.5, None, Forgetful())
        self.skin = skin(Size.of(mask))
        self.opened = self.open(self.skin, mask, self.editor)

    def open(self, picture: Pixels, mask: Mask, editor: Editor) -> DeskPhoto:
        """A photo with its mask, open; what is looked at is drawn from `skin`."""
        known = details(Size.of(mask))
        opened = OpenPhoto(known, NOWHERE, picture, None, editor, Unmended())
        return DeskPhoto(opened, self.lane, self._look, self._keep_shape)

    def _keep_shape(self, _photo: int, _tool: Tool, _points: tuple[Point, ...]) -> None:
        """Nothing is saved."""

    def _look(self, _opened: OpenPhoto, framing: Framing) -> Future[Pixels]:
        return self.lane.submit(lambda: framing.picture_to_grid(self.skin))

    def compose(self) -> ComposeResult:
        yield Workbench(USUAL_PENS)

    @property
    def bench(self) -> Workbench:
        return self.query_one(Workbench)

    @property
    def canvas(self) -> Canvas:
        return self.query_one(Canvas)

    def look(self) -> list[list[Segment]]:
        """The lines of the canvas."""
        return [list(self.canvas.render_line(y)) for y in range(self.canvas.size.height)]


@dataclass
class Mouse:
    """A pointer that is told to the app as a terminal tells it."""

    pilot: Pilot[None]

    def _tell(self, kind: type[events.MouseEvent], x: float, y: float, button: int) -> None:
        event = kind(None, x, y, 0, 0, button, False, False, False, x, y)
        self.pilot.app.post_message(event)

    async def down(self, x: float, y: float, button: int = 1) -> None:
        self._tell(events.MouseDown, x, y, button)
        await calm(self.pilot)

    async def move(self, x: float, y: float, button: int = 1) -> None:
        self._tell(events.MouseMove, x, y, button)
        await calm(self.pilot)

    async def up(self, x: float, y: float, button: int = 1) -> None:
        self._tell(events.MouseUp, x, y, button)
        await calm(self.pilot)

    async def drag(self, *way: tuple[float, float]) -> None:
        """Press at the first point, let go at the last."""
        await self.down(*way[0])
        for point in way[1:]:
            await self.move(*point)
        await self.up(*way[-1])


async def calm(pilot: Pilot[None]) -> None:
    """Wait until every edit is made and shown."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def in_photo(x: float, y: float) -> tuple[float, float]:
    """Where a point of the canvas, in cells, lies in the photo."""
    return PLACE.point_to_photo(x, 2 * y)


def lines_of(region: Region) -> set[int]:
    """The lines of cells in a region."""
    return set(range(region.y, region.bottom))


Begin = Callable[[], Easel]
