"""Photos drawn before they are wanted, so that the next one is there at once."""

from dataclasses import dataclass
from enum import Enum

from textual.strip import Strip

from imaging.framing import Framing, Size
from imaging.mask.measure import bounding_box
from imaging.view.lens import CLOSEST, Lens
from imaging.view.overlay import Rgb
from tui.surface.surface import Surface, Tiles
from tui.widgets.scene import Look, Scene, Subject, stretched

MOST = 2
"""Photos that are kept drawn."""


class Near(Enum):
    """What is seen of each photo that comes."""

    WHOLE = "whole"
    LESION = "lesion"


@dataclass(frozen=True)
class Easel:
    """What photos are drawn on: `cells` is the canvas, `beside` the colour around them."""

    near: Near
    cells: Size
    beside: Rgb
    surface: Surface
    look: Look

    @property
    def grid(self) -> Size:
        """The canvas in square pixels."""
        return self.surface.raster.grid(self.cells)

    @property
    def closest(self) -> float:
        """Square pixels across a photo pixel where it is seen from as near as can be."""
        return CLOSEST * self.surface.raster.dot

    def place(self, subject: Subject) -> Lens:
        """Where a photo is seen from at first."""
        box = bounding_box(subject.mask) if self.near is Near.LESION else None
        if box is None:
            return Lens.whole(subject.size, self.grid, self.closest)
        return Lens.around(box, subject.size, self.grid, self.closest)

    def again(self, lens: Lens) -> Lens:
        """What a lens on another easel shows, on this one."""
        return lens.on(self.grid, self.closest)

    def lay(self, lens: Lens) -> Framing:
        """Where the photo lies on the pixels of the canvas."""
        return stretched(lens.framing, self.surface.raster.stretch)

    def scene(self, subject: Subject, lens: Lens) -> Scene:
        """A photo laid out, not drawn yet."""
        return Scene(subject, self.lay(lens), self.beside, self.surface.raster)

    def draw(self, subject: Subject) -> "Drawn":
        """A photo drawn whole; on any thread, as long as nobody edits its mask."""
        lens = self.place(subject)
        scene = self.scene(subject, lens)
        scene.draw(self.look)
        block = self.surface.strips(scene, slice(0, self.cells.height))
        return Drawn(self, subject, lens, scene, block, self.surface.tiles(scene))


@dataclass(frozen=True, eq=False)
class Drawn:
    """A photo as it was drawn on an easel: its lines and tiles, and the scene that goes on."""

    easel: Easel
    subject: Subject
    lens: Lens
    scene: Scene
    strips: list[Strip]
    tiles: Tiles


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
