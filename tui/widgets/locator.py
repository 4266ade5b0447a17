"""The small map beside a photo that is seen near: all of it, with a frame around what is seen."""

from textual.strip import Strip
from textual.widget import Widget

from imaging.framing import Framing, Pixels, Size, fit
from imaging.view.grid import contrasted, framed, place_picture, seen_part
from tui.colour_app import has_true_colours


class Locator(Widget):
    """Seen while not all of the photo is."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._picture: Pixels | None = None
        self._framing: Framing | None = None
        self._grid: Pixels | None = None

    def show(self, picture: Pixels, framing: Framing) -> None:
        """Show where on a photo, given as a small upright picture, a framing looks."""
        self._picture, self._framing = picture, framing
        self.set_class(framing.unseen_fraction > 0, "-near")
        self._draw()

    def on_mount(self) -> None:
        """Draw it anew where the colour around it is another."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())

    def on_resize(self) -> None:
        """Draw it in the new size."""
        self._draw()

    def _draw(self) -> None:
        picture, near = self._picture, self._framing
        if picture is None or near is None or not self.size:
            return
        size = Size(self.size.width, 2 * self.size.height)
        small = fit(near.photo, size)
        grid = place_picture(picture, small, self.background_colors[1].rgb)
        rows, columns = near.inside
        left, top = near.point_to_photo(columns.start, rows.start)
        right, bottom = near.point_to_photo(columns.stop, rows.stop)
        seen = seen_part(small, (_whole(top, bottom), _whole(left, right)))
        self._grid = contrasted(grid, framed(seen, size))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A line of the map."""
        if self._grid is None or 2 * y + 2 > len(self._grid):
            return Strip.blank(self.size.width, self.rich_style)
        # Late: of most photos all is seen, and no map.
        from tui.surface.renderer import HalfCells

        renderer = HalfCells(fixed=not has_true_colours(self.app))
        return renderer.block(self._grid[2 * y : 2 * y + 2]).strips()[0]


def _whole(start: float, stop: float) -> slice:
    return slice(round(start), max(round(start) + 1, round(stop)))
