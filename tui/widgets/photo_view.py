"""A photo with its mask in cells, or a sentence where there is none."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from time import monotonic
from typing import Self

from rich.color import Color, ColorSystem
from rich.color_triplet import ColorTriplet
from textual.content import Content
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.message import Message
from textual.messages import Update
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from imaging.framing import Framing, Mask, Part, Pixels, Size
from imaging.mask.measure import bounding_box
from imaging.text import printable
from imaging.view.lens import Lens
from imaging.view.overlay import Pens, Shown
from tui.colour_app import ColourApp, Reduction, has_true_colours
from tui.surface.gallery import Gallery
from tui.surface.graphics import Way
from tui.surface.hung import Hung
from tui.surface.painted import Painted
from tui.surface.raster import HALVES
from tui.surface.surface import Halves, Quarters, Surface, Tiles
from tui.widgets.drawn_ahead import Ahead, Drawn, Easel, Near
from tui.widgets.scene import Look, Scene, Subject

IN_MOTION, REST = 4, 0.1
"""How many times fewer pixels a picture has each way that moves, and for how many seconds then."""
ANY_CELL = Region(0, 0, 1, 1)


class PhotoView(Widget):
    """Draws lines of cells from a scene; of a changed mask only the cells that look different."""

    @dataclass
    class Reframed(Message):
        """Another part of the photo is seen; a `preview` is less than the photo shows there."""

        framing: Framing
        preview: bool

    ALLOW_SELECT = False
    """No text to select: Textual draws all of a widget at each step of a selection."""
    DEFAULT_CSS = "PhotoView { content-align: center middle; text-align: center; }"

    overlay: reactive[Shown] = reactive(Shown.OUTLINE, init=False)
    contrast: reactive[bool] = reactive(False, init=False)
    """Whether the colours that are seen are spread over all there are."""
    heat: reactive[bool] = reactive(False, init=False)
    """Whether the model's probabilities are seen on the photo."""
    strength: reactive[float] = reactive(0.5, init=False)
    """Of the mask's tint and line, from 0 to 1; a widget's `opacity` is something else."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._pens = pens
        self._strips: dict[int, Strip] = {}
        self._message = ""
        self._subject: Subject | None = None
        self._scene: Scene | None = None
        self._near = Near.WHOLE
        self._lens: Lens | None = None
        self._moved = False
        self._ahead = Ahead()
        self._raster = HALVES
        self._stale: list[Region] = []
        self._tiles: Tiles = {}
        self._shrink = 1
        self._rest: Timer | None = None
        self.drawn_at: float | None = None
        """When the photo was first drawn, by `monotonic`: before it is sent. None before that."""

    @property
    def _gallery(self) -> Gallery | None:
        """Where pictures hang, if the terminal has any."""
        app = self.app
        return app.gallery if isinstance(app, ColourApp) and self._way is Way.KITTY else None

    @property
    def _way(self) -> Way:
        """How the photo is drawn: a picture's colours can't become others on their way."""
        app = self.app
        return (
            app.graphics.way if isinstance(app, ColourApp) and not is_filtered(self) else Way.CELLS
        )

    def show(self, subject: Subject) -> None:
        """Show a photo, all of it or its lesion as it was wanted last."""
        self._subject, self._moved, self._shrink = subject, False, 1
        self.drawn_at = None
        if self._gallery is not None:
            self._gallery.turn()
            self.call_after_refresh(self._sweep)
        drawn = self._ahead.take(self.easel, subject)
        if drawn is None:
            self._lay_out()
        else:
            self._put_up(drawn)
        # At once, not when this widget has its turn: the screen would draw what was refreshed
        # before it, and the photo only with the next frame, behind all that waits for a drawing.
        self.screen.post_message(Update(self))

    def keep(self, drawn: Drawn) -> None:
        """Keep a photo that was drawn on this easel until it is shown."""
        self._ahead.keep(drawn)

    @property
    def easel(self) -> Easel:
        """What photos are drawn on here, and how, as long as nobody sets it differently."""
        cells = Size(*self.size)
        beside = self.background_colors[1].rgb
        ink = self.overlay.ink(self.strength, self._pens)
        look = Look(ink, self.contrast, self.heat)
        return Easel(self._near, cells, beside, self._surface, look)

    @property
    def easel_in_cells(self) -> Easel:
        """The same in cells, whatever else the terminal has."""
        return replace(self.easel, surface=self._cells)

    @property
    def _surface(self) -> Surface:
        """What there is to draw on."""
        if self._gallery is not None:
            return Hung(self._raster, self._gallery)
        if self._way is Way.SIXEL:
            return Painted(self._raster)
        return self._cells

    @property
    def _cells(self) -> Surface:
        """What there is to draw on where pictures are none, or too many."""
        if has_true_colours(self.app):
            return Quarters()
        beside = Color.from_triplet(ColorTriplet(*self.background_colors[1].rgb))
        return Halves(beside.downgrade(ColorSystem.EIGHT_BIT).number or 0)

    def clear(self, *paragraphs: str) -> None:
        """Show sentences instead of a photo; they are no markup, and may hold any name."""
        self._message = "\n\n".join(map(printable, paragraphs))
        self._subject = None
        self._lay_out()

    @property
    def drawn_by(self) -> str:
        """Whose graphics draw the photo; empty for cells."""
        return "" if self._way is Way.CELLS else str(self._way)

    @property
    def not_drawn_by(self) -> str:
        """Whose graphics were asked for, and can't be had; empty where none were."""
        missed = self.app.graphics.missed if isinstance(self.app, ColourApp) else None
        return "" if missed is None else str(missed)

    @property
    def zoom(self) -> float:
        """How many times as large as all of it fits the photo is seen; 1 without a photo."""
        return 1.0 if self._lens is None else self._lens.zoom

    def look(self, near: Near) -> bool:
        """See all of this photo and of those to come, or the lesion; False where there is none."""
        subject, lesion = self._subject, near is Near.LESION
        if lesion and subject is not None and bounding_box(subject.mask) is None:
            return False
        self._near, self._moved = near, False
        self._lay_out()
        return True

    def prefer(self, near: Near) -> None:
        """See all of each photo to come, or its lesion, whatever there is of this one."""
        self._near, self._moved = near, False
        self._lay_out()

    @property
    def near(self) -> Near:
        """What is seen of each photo that comes."""
        return self._near

    @property
    def moved_lens(self) -> Lens | None:
        """Which part of this photo is seen; None where it is what is seen of each."""
        return self._lens if self._moved else None

    @property
    def sees_lesion(self) -> bool:
        """Whether the lesion with its surroundings is what is seen."""
        return self._near is Near.LESION and not self._moved

    def move(self, change: Callable[[Lens], Lens]) -> None:
        """See another part of the photo, or see it nearer or farther."""
        if self._lens is not None:
            after = change(self._lens)
            if after.framing != self._lens.framing:
                self._moved = True
                self._hurry()
                self._take(after)

    def _hurry(self) -> None:
        """Send pictures with fewer pixels until nothing has moved for a while."""
        self._shrink = IN_MOTION
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST, self._come_to_rest)

    def _come_to_rest(self) -> None:
        self._shrink = 1
        if self._gallery is not None:
            self.refresh()

    def sharpen(self, framing: Framing, pixels: Pixels) -> None:
        """Draw what the photo itself shows in a framing, unless another one is seen by now."""
        if self._scene is not None and self._scene.framing == framing:
            self._scene.sharpen(pixels)
            self.refresh()

    def mask_changed(self, part: Part) -> None:
        """Draw the mask anew where it changed."""
        if self._scene is not None:
            self._refresh(self._scene.draw_part(part))

    def show_mask(self, mask: Mask) -> None:
        """Show another mask on the same view of the photo."""
        if self._subject is not None and self._subject.mask is not mask:
            self._subject = replace(self._subject, mask=mask)
            if self._scene is not None:
                self._scene = self._scene.with_mask(mask)
                self._draw()
            self.refresh()

    def on_resize(self) -> None:
        """Fit the photo into the new size."""
        if isinstance(self.app, ColourApp):
            self._raster = self.app.graphics.raster
        self._lay_out()

    def watch_overlay(self) -> None:
        """Draw more or less of the mask."""
        self._draw()

    def watch_contrast(self) -> None:
        """Draw with more contrast, or as it is."""
        self._draw()

    def watch_heat(self) -> None:
        """Draw the model's probabilities, or not."""
        self._draw()

    def watch_strength(self) -> None:
        """Draw a fainter or stronger mask."""
        self._draw()

    def _lay_out(self) -> None:
        before, self._lens, self._scene = self._lens, None, None
        if self._subject is not None and self.size:
            easel, again = self.easel, before if self._moved else None
            lens = easel.place(self._subject) if again is None else easel.again(again)
            self._take(lens)
        self.refresh()

    def _put_up(self, drawn: Drawn) -> None:
        """Show what was drawn ahead."""
        self._lens, self._scene = drawn.lens, drawn.scene
        self.refresh()
        self._strips, self._tiles = dict(enumerate(drawn.strips)), drawn.tiles
        self._tell_framing(drawn.scene)

    def _take(self, lens: Lens) -> None:
        before, scene, easel = self._lens, self._scene, self.easel
        if self._subject is None:
            return
        if scene is not None and before is not None and before.zoom == lens.zoom:
            self._scene = scene.panned(easel.lay(lens))
        else:
            self._scene = easel.scene(self._subject, lens)
        self._lens = lens
        self._draw()
        self.refresh()
        self._tell_framing(self._scene)

    def _tell_framing(self, scene: Scene) -> None:
        self.post_message(self.Reframed(scene.framing, scene.is_preview))

    def on_mount(self) -> None:
        """Lay the photo out anew where the terminal's colours are others, or those around it."""
        if isinstance(self.app, ColourApp):
            self.app.colours_switched.subscribe(self, lambda _: self._lay_out())
        self.app.theme_changed_signal.subscribe(self, lambda _: self._lay_out())

    def _draw(self) -> None:
        if self._scene is not None:
            self._scene.draw(self.easel.look)

    def _refresh(self, *regions: Region) -> None:
        """Draw these cells again, if there are any: no region would mean all."""
        for region in filter(None, regions):
            self.refresh(region)

    def render(self) -> Content:
        """The sentence."""
        return Content(self._message)

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Draw these cells again, or all of them."""
        self._stale = [*self._stale, *regions] if regions else [self.size.region]
        if not regions:
            self._strips.clear()
        elif self._gallery is not None:
            # The picture alone changes: a cell is drawn so that this widget has its turn.
            regions = (ANY_CELL,)
        for region in regions:
            for y in region.line_range:
                self._strips.pop(y, None)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_line(self, y: int) -> Strip:
        """A line of the photo, or of the sentence."""
        if self._subject is None:
            return super().render_line(y)
        if self._scene is None or not self._fits(self._scene):
            return Strip.blank(self.size.width, self.rich_style)
        return self.draw_lines(self._scene, slice(y, y + 1))[0]

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in a part of the canvas; those that are new are made together."""
        if self.drawn_at is None and self._subject is not None:
            self.drawn_at = monotonic()
        if self._scene is None or not self._fits(self._scene) or is_filtered(self):
            return super().render_lines(crop)
        self._hang(self._scene)
        lines = range(crop.y, min(crop.bottom, self.size.height))
        for new in _stretches([y for y in lines if y not in self._strips]):
            drawn = self.draw_lines(self._scene, new)
            self._strips.update(zip(range(new.start, new.stop), drawn, strict=True))
        return [self._strips[y].crop(*crop.column_span) for y in lines]

    def _hang(self, scene: Scene) -> None:
        """Have the terminal hold what its cells are about to show."""
        if self._gallery is not None and isinstance(self.app, ColourApp):
            message = self._gallery.hang(
                scene, self._raster, self._stale, ready=self._tiles, shrink=self._shrink
            )
            self.app.send(message)
        self._stale, self._tiles = [], {}

    def _sweep(self) -> None:
        if self._gallery is not None and isinstance(self.app, ColourApp):
            self.app.send(self._gallery.sweep())

    def draw_lines(self, scene: Scene, lines: slice) -> list[Strip]:
        """Lines of the photo, in the colours that the terminal has."""
        return self.easel.surface.strips(scene, lines)

    def _fits(self, scene: Scene) -> bool:
        """Whether a scene is as large as the canvas: it is laid out a moment after a resize."""
        (width, height), raster = self.size, scene.raster
        return scene.framing.grid == Size(raster.across * width, raster.down * height)


def is_filtered(widget: Widget) -> bool:
    """Whether colours become others on the way to the terminal than they are drawn in."""
    known = (Reduction, ANSIToTruecolor)
    return any(not isinstance(each, known) for each in widget.get_line_filters())


def _stretches(lines: list[int]) -> Iterator[slice]:
    """Lines that follow each other, together."""
    start = 0
    for end in range(1, len(lines) + 1):
        if end == len(lines) or lines[end] != lines[end - 1] + 1:
            yield slice(lines[start], lines[end - 1] + 1)
            start = end
