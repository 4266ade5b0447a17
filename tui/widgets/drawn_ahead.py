"""Photos drawn before they are wanted, so that the next one is there at once."""

from dataclasses import dataclass
from enum import Enum

from textual.strip import Strip

from imaging.framing import Size
from imaging.mask.measure import bounding_box
from imaging.view.lens import Lens
from imaging.view.overlay import Rgb
from tui.surface.ansi import TABLE, TRUE
from tui.surface.strips import Block
from tui.widgets.scene import Look, Scene, Subject, stretched

MOST = 2
"""Photos that are kept drawn."""


class Near(Enum):
    """What is seen of each photo that comes."""

    WHOLE = "whole"
    LESION = "lesion"


@dataclass(frozen=True)
class Easel:
    """What photos are drawn on: `grid` is the canvas, two square pixels a cell.

    `table` is the colour beside photos where there are 256 of them alone, None where there are all.
    """

    near: Near
    grid: Size
    beside: Rgb
    table: int | None
    look: Look

    @property
    def across(self) -> int:
        """How many columns of pixels a cell has: 256 colours are too few for two in a cell."""
        return 2 if self.table is None else 1

    def place(self, subject: Subject) -> Lens:
        """Where a photo is seen from at first."""
        box = bounding_box(subject.mask) if self.near is Near.LESION else None
        if box is None:
            return Lens.whole(subject.size, self.grid)
        return Lens.around(box, subject.size, self.grid)

    def scene(self, subject: Subject, lens: Lens) -> Scene:
        """A photo laid out, not drawn yet."""
        return Scene(subject, stretched(lens.framing, self.across), self.beside, self.across)

    def lines(self, scene: Scene, lines: slice) -> list[Strip]:
        """Lines of a scene, in the colours that the terminal has."""
        if self.table is None:
            return Block(scene.cells(lines), TRUE).strips()
        return Block(scene.fixed_cells(lines, self.table), TABLE).strips()

    def draw(self, subject: Subject) -> "Drawn":
        """A photo drawn whole; on any thread, as long as nobody edits its mask."""
        lens = self.place(subject)
        scene = self.scene(subject, lens)
        scene.draw(self.look)
        block = self.lines(scene, slice(0, self.grid.height // 2))
        return Drawn(self, subject, lens, scene, block)


@dataclass(frozen=True, eq=False)
class Drawn:
    """A photo as it was drawn on an easel: its lines, and the scene that goes on from there."""

    easel: Easel
    subject: Subject
    lens: Lens
    scene: Scene
    strips: list[Strip]


class Ahead:
    """The photos that were drawn last. For one thread."""

    def __init__(self) -> None:
        self._drawn: list[Drawn] = []

    def keep(self, drawn: Drawn) -> None:
        """Keep one more, in place of the one that was drawn longest ago."""
        self.take(drawn.easel, drawn.subject)
        self._drawn = [*self._drawn, drawn][-MOST:]

    def take(self, easel: Easel, subject: Subject) -> Drawn | None:
        """The photo as it is drawn on this easel, if it is; it is not kept any more.

        From now on it may be edited, so that what was drawn is of no use for another time.
        """
        same = [each for each in self._drawn if each.subject.is_like(subject)]
        self._drawn = [each for each in self._drawn if each not in same]
        return next((each for each in same if each.easel == easel), None)
