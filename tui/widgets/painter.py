"""What a canvas has in hand, and whom it tells what that does."""

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from db.values import Tool
from imaging.mask.shape import Point
from pipeline.review.refining import Mark


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

    def draw_shape(self, tool: Tool, border: Sequence[Point], adds: bool) -> None:
        """A shape was closed: points of its border in photo pixels, and whether it adds or cuts."""

    def refine(self, mark: Mark) -> None:
        """A mark was set, on what is wrong with the outline."""
