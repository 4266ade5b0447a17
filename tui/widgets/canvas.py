"""The canvas: a photo that is looked at and painted on, by mouse and by keyboard."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from db.values import Tool
from imaging.framing import Part
from imaging.mask.marks import Marks
from imaging.mask.shape import Point
from imaging.view.lens import Lens
from imaging.view.overlay import Pens, Shown
from pipeline.review.brush import FIRST_WIDTH, aim, radius_on_photo
from pipeline.review.refining import Mark
from pipeline.review.shape import SHAPES, Shape
from tui.widgets.aids import Aids, Brush
from tui.widgets.close_view import CloseView
from tui.widgets.painter import BrushMode, Painter
from tui.widgets.scene import Subject

STRIDE = 4
"""Dots, two of which are as high as a cell, that the crosshair moves with shift.

Without, it moves by half a cell, or by the finest that is drawn where that is more.
"""
ROOM = 4.0
"""Dots that are seen around a crosshair which keys move on."""
LEFT, RIGHT = 1, 3
"""The mouse's buttons."""
REACH = 2.0
"""Dots around a polygon's first point that mean that one."""
ARROWS = (("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1))


class Canvas(CloseView, can_focus=True):
    """Tells a painter what the brush in hand does; the mask is changed by others.

    There is one brush: the mouse takes it along, arrow keys move it on from there, and it stays
    where it is when the mouse is gone. It is as wide on the screen on every photo, however near
    that is seen. Without a brush in hand the mouse moves the photo.
    """

    DEFAULT_CSS = "Canvas.-brush { pointer: crosshair; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(f"{shift}{key}", f"{action}({x}, {y})", show=False)
            for shift, action in (("", "move"), ("shift+", "stride"))
            for key, x, y in ARROWS
        ),
        Binding("space", "press", show=False),
        Binding("enter", "close_shape", show=False),
        Binding("backspace", "step_back", show=False),
    ]

    brush: reactive[BrushMode] = reactive(BrushMode.OFF, init=False, repaint=False)
    tool: reactive[Tool] = reactive(Tool.BRUSH, init=False, repaint=False)
    """What is in hand where something is: the brush, or a shape."""
    dots: reactive[float] = reactive(FIRST_WIDTH, init=False, repaint=False)
    """How wide the brush is, in dots: two of them are as high as a cell."""

    def __init__(self, painter: Painter, pens: Pens, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(pens, id=id)
        self._painter = painter
        self._middle = (0.0, 0.0)
        self._down = False
        self._right = False
        self._shape: Shape | None = None
        self._numbered: Sequence[Part] = ()
        self._pins = Marks()

    def allow_focus(self) -> bool:
        """Only with a brush in hand are there keys to take."""
        return self.brush is not BrushMode.OFF

    def show(self, subject: Subject) -> None:
        """Show a photo, the brush in its middle."""
        self._middle = (subject.size.width / 2, subject.size.height / 2)
        self._numbered, self._pins = (), Marks()
        self.drop_shape()
        super().show(subject)

    def number(self, parts: Sequence[Part]) -> None:
        """Write at parts of the photo which one each is, from 1 on; at no others."""
        self._numbered = parts
        self._mark()

    def pin(self, pins: Marks) -> None:
        """Show the marks that the outline was mended at; no others."""
        self._pins = pins
        self._mark()

    def watch_tool(self, tool: Tool) -> None:
        """Take another tool: the shape of the last one is gone."""
        self.lift()
        self.drop_shape()
        self._shape = Shape(tool) if tool in SHAPES else None
        self._mark()

    def watch_brush(self, brush: BrushMode) -> None:
        """Take the brush, change it, or put it away."""
        self.set_class(brush is not BrushMode.OFF, "-brush")
        if brush is BrushMode.OFF:
            self.drop_shape()
            self.lift()
        self._change()

    @property
    def longest(self) -> int:
        """The longer side of what is seen, in dots; 0 without a photo."""
        return 0 if self._scene is None else self._scene.longest

    @property
    def radius(self) -> float:
        """The brush's radius in photo pixels; 0 without a photo."""
        if self._scene is None:
            return 0.0
        return radius_on_photo(self.dots, self.step, self._scene.dot)

    @property
    def dot(self) -> float:
        """How many photo pixels a dot is wide; 0 without a photo."""
        return 0.0 if self._scene is None else self._scene.dot

    @property
    def crosshair(self) -> tuple[float, float]:
        """Where the brush is, or would be if it were in hand, in photo pixels."""
        return self._middle

    def watch_dots(self) -> None:
        """Take a wider or narrower brush."""
        self._change()

    def _change(self) -> None:
        """A stroke is of one brush: with another one it is another stroke."""
        if self._down and self._shape is None:
            self._press()
        self._mark()

    def _take(self, lens: Lens) -> None:
        radius = self.radius
        super()._take(lens)
        if self.radius != radius:
            self._change()

    def aimed_at(self) -> tuple[float, float]:
        """The brush in hand, or else what is in the middle of the view."""
        return self._middle if self.allow_focus() else super().aimed_at()

    # Shapes

    @property
    def shaping(self) -> bool:
        """Whether a shape is begun."""
        return self._shape is not None and self._shape.begun

    @property
    def shape_points(self) -> tuple[Point, ...]:
        """Those of the shape in hand so far; none where the brush is."""
        return () if self._shape is None else self._shape.points

    def take_up(self, points: Sequence[Point]) -> None:
        """Go on with the shape in hand from points that it had before."""
        self._shape = Shape(self.tool, points)
        self._down = self._shape.follows
        self._mark()

    def drop_shape(self) -> None:
        """Forget the shape that is begun."""
        if self._shape is not None:
            self._shape.drop()
            self._down = self._right = False
            self._mark()

    def action_close_shape(self) -> None:
        """Close the shape with the crosshair as its last point."""
        if self.shaping:
            self._close()

    def action_step_back(self) -> None:
        """Take a shape's last point back."""
        if self._shape is not None:
            self._shape.step_back()
            self._down = self._shape.follows
            self._mark()

    def _close(self) -> None:
        shape, adds = self._shape, not self._erases
        if shape is not None:
            border = shape.border(self._middle)
            self.drop_shape()
            self._painter.draw_shape(shape.tool, border, adds)

    def _point(self, shape: Shape) -> None:
        """Put a shape's pen down."""
        if shape.press(self._middle, REACH * self.dot):
            self._close()
        else:
            self._down = shape.follows

    # The stroke

    @property
    def _erases(self) -> bool:
        return self._right or self.brush is BrushMode.ERASE

    def _press(self) -> None:
        if self._shape is not None:
            self._point(self._shape)
            return
        if self.tool is Tool.REFINE:
            self._painter.refine(Mark(*self._middle, not self._erases))
            self._right = False
            return
        self._down = True
        self._painter.begin_stroke(self.radius, not self._erases)
        self._painter.extend_stroke(*self._aimed)

    @property
    def _aimed(self) -> tuple[float, float]:
        return aim(*self._middle, self.radius)

    def lift(self) -> None:
        """Lift the brush if it is down; a shape whose pen nobody has lifted stays open."""
        if self._drags:
            self.release_mouse()
        self.let_go()
        if self._shape is None and self._down:
            self._down = self._right = False
            self._painter.end_stroke()
            if self._scene is not None:
                self._move_to(*self._scene.moved(*self._middle, 0, 0))
            self._mark()

    def _lift_pen(self) -> None:
        """The mouse's button was let go: that ends a stroke, and a shape that was dragged."""
        shape = self._shape
        self.lift()
        if shape is None:
            return
        if shape.release(self._middle):
            self._close()
        elif shape.tool is Tool.LASSO:
            self.drop_shape()

    def _move_to(self, x: float, y: float) -> None:
        if (x, y) != self._middle:
            self._middle = (x, y)
            if self._shape is not None:
                self._shape.move(self._middle)
            elif self._down:
                self._painter.extend_stroke(*self._aimed)
            self._mark()

    def _draw(self) -> None:
        if self._scene is not None and not self._down:
            self._middle = self._scene.in_view(*self._middle)
        super()._draw()
        self._mark()

    def _mark(self) -> None:
        """Draw the brush where it is, if it is in hand."""
        if self._scene is not None:
            in_hand = self.brush is not BrushMode.OFF
            brush = self._brush() if in_hand else None
            # Where nothing of the mask is seen the photo is bare.
            numbered = () if self.overlay is Shown.NOTHING else self._numbered
            pins = self._pins if self.tool is Tool.REFINE and in_hand else Marks()
            aids = Aids(brush, self._border(), numbered, pins)
            self._refresh(*self._scene.mark(aids))

    def _brush(self) -> Brush:
        if self._shape is not None or self.tool is Tool.REFINE:
            return Brush(*self._middle, 0.0, self._erases, is_down=False)
        return Brush(*self._aimed, self.radius, self._erases, self._down)

    def _border(self) -> Sequence[Point]:
        """The way that is drawn of a shape: what will close it is not seen before, but of a box."""
        if self._shape is None:
            return ()
        border = self._shape.border(self._middle)
        return border if self._shape.tool is not Tool.BOX else [*border, *border[:1]]

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
        """Put the brush down, or lift it; put a shape's pen down, or close it."""
        if self._down and self._shape is None:
            self.lift()
        else:
            self._press()
            self._mark()

    def action_move(self, across: int, down: int) -> None:
        """Move the brush by what is drawn, not beyond the photo; it stays in sight."""
        if self._scene is not None:
            x, y = self._scene.moved(*self._middle, across, down)
            room = ROOM * self._scene.raster.dot
            self.move(lambda lens: lens.following(x, y, room))
            self._move_to(x, y)

    def action_stride(self, across: int, down: int) -> None:
        """Move it by as much of the screen in each direction, and faster."""
        if self._scene is not None:
            self.action_move(STRIDE * self._scene.raster.steps_to_dot * across, STRIDE * down)

    # Mouse

    @property
    def _drags(self) -> bool:
        return self.app.mouse_captured is self

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the brush down where the pointer is, or take hold of the photo."""
        if event.button not in (LEFT, RIGHT) or self._scene is None:
            return
        if self.allow_focus():
            self.lift()
            self.capture_mouse()
            self._follow(event)
            self._right = event.button == RIGHT
            self._press()
            self._mark()
        elif event.button == LEFT:
            self.capture_mouse()
            self.grip(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Take the brush along, unless the keyboard draws with it, or the photo."""
        if self._drags and not event.button:
            # The button was let go where no terminal could see it.
            self._lift_pen()
        if self.hauled(event):
            return
        if self.allow_focus() and (self._drags or not self._down):
            self._follow(event)

    def on_mouse_up(self) -> None:
        """Lift what the mouse had put down."""
        if self._drags:
            self._lift_pen()

    def on_blur(self) -> None:
        """The keys go elsewhere from now on: lift the brush."""
        self.lift()

    def _follow(self, event: events.MouseEvent) -> None:
        """Bring the brush to the pointer."""
        if self._scene is not None:
            point = self._point_of(event)
            self._move_to(*(point if self._drags else self._scene.moved(*point, 0, 0)))
