"""How wide the brush is: it keeps its width on the screen, and no pointer can outrun it.

Widths are in pixels of the screen. `step` is how far the pointer moves at least: a narrower brush
would leave stripes between two lines drawn side by side.
"""

import math

FIRST_WIDTH = 3.0
WIDTH_STEP = 1.25
"""A brush grows and shrinks by this factor."""
WIDEST = 0.5
"""Of the longer side of what is seen of the photo."""
FINEST = 0.5
"""Photo pixels of radius: a brush in the middle of a pixel paints no less than that one."""
RADIUS, PAINTS = "radius", "paints"
"""What a stored edit says of its brush: the radius in photo pixels, and 1 to paint, 0 to erase."""


def resize_brush(width: float, steps: int, step: float, longest: float) -> float:
    """The width that many steps on; `longest` is the longer side of what is seen of the photo."""
    wanted = max(width, step) * WIDTH_STEP**steps
    return min(max(wanted, step), max(longest * WIDEST, step))


def brush_settings(radius: float, paints: bool) -> dict[str, float]:
    """A brush as a stored edit says it was set; the radius in photo pixels."""
    return {RADIUS: radius, PAINTS: int(paints)}


def explain_vain(passed: bool, paints: bool) -> str:
    """Why a stroke changed nothing that `passed` over the photo, or did not."""
    if not passed:
        return "The stroke passed no pixel of the photo."
    return f"All of the stroke lies {'in' if paints else 'outside'} the outline already."


def radius_on_photo(width: float, step: float, dot: float) -> float:
    """A brush's radius in photo pixels, of which a pixel of the screen is `dot` wide."""
    return max(max(width, step) * dot / 2, FINEST)


def aim(x: float, y: float, radius: float) -> tuple[float, float]:
    """Where a brush at a point of the photo paints: too fine a one in the middle of the pixel."""
    if radius >= 2 * FINEST:
        return x, y
    return math.floor(x) + 0.5, math.floor(y) + 0.5
