"""A photo that is seen nearer and farther, and moved about, by keys, wheel and mouse."""

from textual import events

from imaging.view.overlay import Pens
from tui.widgets.photo_view import PhotoView

CELL_HEIGHT = 2
"""Dots in a cell."""
WHEEL = 1.25
"""How much nearer a step of the mouse's wheel goes."""


class CloseView(PhotoView):
    """Knows where on the photo the pointer is, to fractions of a cell where the terminal does."""

    def __init__(self, pens: Pens, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(pens, id=id)
        self._fractions = False
        self._grip: tuple[float, float] | None = None

    @property
    def step(self) -> float:
        """How far the pointer moves at least, in dots."""
        return 1.0 if self._fractions else float(CELL_HEIGHT)

    def zoom_by(self, factor: float) -> None:
        """See the photo nearer, or farther, around what is aimed at."""
        if self._lens is not None:
            self._zoom_at(factor, *self.aimed_at())

    def _zoom_at(self, factor: float, x: float, y: float) -> None:
        self.move(lambda lens: lens.zoomed(factor, x, y))

    def aimed_at(self) -> tuple[float, float]:
        """A point of the photo, in photo pixels: what is in the middle of the view."""
        width, height = self.size
        return (0.0, 0.0) if self._scene is None else self._scene.to_photo(width / 2, height / 2)

    def pan(self, across: float, down: float) -> None:
        """See what lies beside, by so much of the canvas' width and height."""
        self.move(lambda lens: lens.panned(across * lens.grid.width, down * lens.grid.height))

    # Mouse

    def grip(self, event: events.MouseEvent) -> None:
        """Take hold of the photo where the pointer is."""
        self._grip = event.pointer_x, event.pointer_y

    def let_go(self) -> None:
        """Let go of the photo."""
        self._grip = None

    def hauled(self, event: events.MouseEvent) -> bool:
        """Move the photo along with the pointer, if it has hold of it; whether it has."""
        if self._grip is None:
            return False
        x, y = self._grip
        self._grip = event.pointer_x, event.pointer_y
        raster = self.easel.surface.raster
        across = (x - event.pointer_x) * raster.across / raster.stretch
        down = (y - event.pointer_y) * raster.down
        self.move(lambda lens: lens.panned(across, down))
        return True

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """See the photo nearer where the pointer is."""
        self._wheel(event, WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """See the photo from farther away."""
        self._wheel(event, 1 / WHEEL)

    def _wheel(self, event: events.MouseEvent, factor: float) -> None:
        event.stop()
        if self._scene is not None:
            self._zoom_at(factor, *self._point_of(event))

    def _point_of(self, event: events.MouseEvent) -> tuple[float, float]:
        """Where on the photo the pointer is: in the middle of a cell where only cells are told."""
        x, y = event.pointer_x, event.pointer_y
        self._fractions = self._fractions or x % 1 != 0 or y % 1 != 0
        half = 0.0 if self._fractions else 0.5
        return (0.0, 0.0) if self._scene is None else self._scene.to_photo(x + half, y + half)
