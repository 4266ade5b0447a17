"""The canvas: a photo that is painted on, by mouse and by keyboard."""

from enum import Enum
from typing import ClassVar, Protocol

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from imaging.framing import Mask, Pixels, Size
from pipeline.review.brush import FIRST_WIDTH, radius_on_photo
from tui.widgets.photo_view import PhotoView
from tui.widgets.scene import Brush

STRIDE = 8
"""Pixels of the screen that the crosshair moves with shift."""
CELL_HEIGHT = 2
"""Pixels of the screen in a cell."""
ARROWS = (("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1))


class BrushMode(Enum):
    """Whether there is a brush in hand, and what it does."""

    OFF = "off"
    DRAW = "draw"
    ERASE = "erase"


class Painter(Protocol):
    """Whom the canvas tells what the brush does, while the key or the pointer is handled.

    Not by message: one would be read after the key that comes next, which may be the decision.
    """

    def begin_stroke(self, radius: float, paints: bool) -> None:
        """The brush was put down: its radius in photo pixels, and whether it paints or erases."""

    def extend_stroke(self, x: float, y: float) -> None:
        """The brush is down and came to this point, in photo pixels; it may lie outside."""

    def end_stroke(self) -> None:
        """The brush was lifted."""


class Canvas(PhotoView, can_focus=True):
    """Tells a painter what the brush in hand does; the mask is changed by others.

    There is one brush: the mouse takes it along, arrow keys move it on from there, and it stays
    where it is when the mouse is gone. It is as wide on the screen on every photo.
    """

    DEFAULT_CSS = "Canvas.-brush { pointer: crosshair; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(f"{shift}{key}", f"move({step * x}, {step * y})", show=False)
            for shift, step in (("", 1), ("shift+", STRIDE))
            for key, x, y in ARROWS
        ),
        Binding("space", "press", show=False),
    ]

    brush: reactive[BrushMode] = reactive(BrushMode.OFF, init=False, repaint=False)
    dots: reactive[float] = reactive(FIRST_WIDTH, init=False, repaint=False)
    """How wide the brush is, in pixels of the screen: two of them are as high as a cell."""

    def __init__(self, painter: Painter, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._painter = painter
        self._middle = (0.0, 0.0)
        self._down = False
        self._fractions = False

    def allow_focus(self) -> bool:
        """Only with a brush in hand are there keys to take."""
        return self.brush is not BrushMode.OFF

    def show(self, picture: Pixels, mask: Mask | None) -> None:
        """Show a photo, the brush in its middle."""
        photo = Size.of(picture if mask is None else mask)
        self._middle = (photo.width / 2, photo.height / 2)
        super().show(picture, mask)

    def watch_brush(self, brush: BrushMode) -> None:
        """Take the brush, change it, or put it away."""
        self.set_class(brush is not BrushMode.OFF, "-brush")
        if brush is BrushMode.OFF:
            self.lift()
        self._change()

    @property
    def step(self) -> float:
        """How far the pointer moves at least, in pixels of the screen."""
        return 1.0 if self._fractions else float(CELL_HEIGHT)

    @property
    def longest(self) -> int:
        """The photo's longer side in pixels of the screen; 0 without a photo."""
        return 0 if self._scene is None else self._scene.longest

    @property
    def radius(self) -> float:
        """The brush's radius in photo pixels; 0 without a photo."""
        if self._scene is None:
            return 0.0
        return radius_on_photo(self.dots, self.step, self._scene.dot)

    def watch_dots(self) -> None:
        """Take a wider or narrower brush."""
        self._change()

    def _change(self) -> None:
        """A stroke is of one brush: with another one it is another stroke."""
        if self._down:
            self._press()
        self._mark()

    # The stroke

    def _press(self) -> None:
        self._down = True
        self._painter.begin_stroke(self.radius, self.brush is BrushMode.DRAW)
        self._painter.extend_stroke(*self._middle)

    def lift(self) -> None:
        """Lift the brush if it is down."""
        if self._drags:
            self.release_mouse()
        if self._down:
            self._down = False
            self._painter.end_stroke()
            self.action_move(0, 0)
            self._mark()

    def _move_to(self, x: float, y: float) -> None:
        if (x, y) != self._middle:
            self._middle = (x, y)
            if self._down:
                self._painter.extend_stroke(x, y)
            self._mark()

    def _draw(self) -> None:
        super()._draw()
        self._mark()

    def _mark(self) -> None:
        """Draw the brush where it is, if it is in hand."""
        if self._scene is not None:
            erases = self.brush is BrushMode.ERASE
            brush = Brush(*self._middle, self.radius, erases, self._down)
            in_hand = self.brush is not BrushMode.OFF
            self._refresh(*self._scene.mark(brush if in_hand else None))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:  # noqa: ARG002
        """Keys do nothing without a brush and a photo."""
        return self.allow_focus() and self._scene is not None

    async def on_key(self, event: events.Key) -> None:
        """Do what a key does in its turn among the mouse's events.

        Textual's own way leads it over all that the canvas lies in, and mouse events that came
        later overtake it: a stroke would be drawn with the tool of before.
        """
        active = self.screen.active_bindings.get(event.key)
        if active is not None and active.enabled:
            event.stop()
            event.prevent_default()
            await self.app.run_action(active.binding.action, active.node)

    def action_press(self) -> None:
        """Put the brush down, or lift it."""
        if self._down:
            self.lift()
        else:
            self._press()
            self._mark()

    def action_move(self, across: int, down: int) -> None:
        """Move the brush by pixels of the screen, not beyond the photo."""
        if self._scene is not None:
            self._move_to(*self._scene.moved(*self._middle, across, down))

    # Mouse

    @property
    def _drags(self) -> bool:
        return self.app.mouse_captured is self

    def on_resize(self) -> None:
        """Fit the photo into the new size; the brush is another one there."""
        super().on_resize()
        self._change()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the brush down where the pointer is."""
        if event.button == 1 and self.allow_focus() and self._scene is not None:
            self.lift()
            self.capture_mouse()
            self._follow(event)
            self._press()
            self._mark()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Take the brush along, unless the keyboard draws with it."""
        if self._drags and not event.button:
            # The button was let go where no terminal could see it.
            self.lift()
        if self.allow_focus() and (self._drags or not self._down):
            self._follow(event)

    def on_mouse_up(self) -> None:
        """Lift the brush that the mouse had put down."""
        if self._drags:
            self.lift()

    def on_blur(self) -> None:
        """The keys go elsewhere from now on: lift the brush."""
        self.lift()

    def _follow(self, event: events.MouseEvent) -> None:
        """Bring the brush to the pointer: to the middle of a cell where only cells are told."""
        if self._scene is not None:
            x, y = event.pointer_x, event.pointer_y
            self._fractions = self._fractions or x % 1 != 0 or y % 1 != 0
            half = 0.0 if self._fractions else 0.5
            point = self._scene.to_photo(x + half, y + half)
            self._move_to(*(point if self._drags else self._scene.moved(*point, 0, 0)))
