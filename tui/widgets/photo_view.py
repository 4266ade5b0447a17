"""A photo with its mask in half cells, or a sentence where there is none."""

from rich.segment import Segment
from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from imaging.framing import Mask, Part, Pixels, Size
from imaging.text import printable
from tui.colour_app import has_true_colours
from tui.surface.renderer import HalfCells
from tui.widgets.scene import Scene


class PhotoView(Widget):
    """Draws lines of cells from a scene; of a changed mask only the cells that look different."""

    DEFAULT_CSS = "PhotoView { content-align: center middle; text-align: center; }"

    overlay: reactive[bool] = reactive(True, init=False)
    strength: reactive[float] = reactive(0.5, init=False)
    """Of the mask's tint and line, from 0 to 1; a widget's `opacity` is something else."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._true, self._fixed = HalfCells(), HalfCells(fixed=True)
        self._message = ""
        self._photo: tuple[Pixels, Mask | None] | None = None
        self._scene: Scene | None = None

    def show(self, picture: Pixels, mask: Mask | None) -> None:
        """Show a small upright picture, uint8 (height, width, 3), with the photo's live mask."""
        self._photo = picture, mask
        self._lay_out()

    def clear(self, *paragraphs: str) -> None:
        """Show sentences instead of a photo; they are no markup, and may hold any name."""
        self._message = "\n\n".join(map(printable, paragraphs))
        self._photo = None
        self._lay_out()

    def mask_changed(self, part: Part) -> None:
        """Draw the mask anew where it changed."""
        if self._scene is not None:
            self._refresh(self._scene.draw_part(part))

    def on_resize(self) -> None:
        """Fit the photo into the new size."""
        self._lay_out()

    def watch_overlay(self) -> None:
        """Show or hide the mask."""
        self._draw()

    def watch_strength(self) -> None:
        """Draw a fainter or stronger mask."""
        self._draw()

    def _lay_out(self) -> None:
        self._scene = None
        if self._photo is not None and self.size:
            picture, mask = self._photo
            cells = Size(self.size.width, self.size.height)
            self._scene = Scene(picture, mask, cells, self.background_colors[1].rgb)
        self._draw()
        self.refresh()

    def _draw(self) -> None:
        if self._scene is not None:
            self._scene.draw(self.strength if self.overlay else 0.0)

    def _refresh(self, *regions: Region) -> None:
        """Draw these cells again, if there are any: no region would mean all."""
        for region in filter(None, regions):
            self.refresh(region)

    def render(self) -> Content:
        """The sentence."""
        return Content(self._message)

    def render_line(self, y: int) -> Strip:
        """A line of the photo, or of the sentence."""
        scene, width = self._scene, self.size.width
        if self._photo is None:
            return super().render_line(y)
        if scene is None or not scene.shows(y):
            return Strip.blank(width, self.rich_style)
        left, right = scene.columns
        renderer = self._true if has_true_colours(self.app) else self._fixed
        line = renderer.line(scene.line(y))
        return Strip([*self._blank(left), *line, *self._blank(width - right)], width)

    def _blank(self, width: int) -> list[Segment]:
        return [Segment(" " * width, self.rich_style)] if width else []
