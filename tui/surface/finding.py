"""What is found out of a terminal before anything is drawn."""

import os
from dataclasses import dataclass

from tui.surface.colours import Colours, Depth, Source, answered, known_colours
from tui.surface.graphics import CELLS, Graphics, asks_pictures, found_graphics
from tui.surface.probe import Answer, ask


@dataclass(frozen=True)
class Found:
    """Colours, graphics, and what a person typed meanwhile."""

    colours: Colours
    graphics: Graphics = CELLS
    typed: str = ""


USUAL = Found(Colours(Depth.TRUE, Source.OPTION))
"""Where nothing is asked."""


def look_at_terminal(color: str, graphics: str) -> Found:
    """What to draw with, for a `--color` and a `--graphics`; the terminal is asked at most once.

    To be called before anything else reads from the terminal. Raises KeyboardInterrupt.
    """
    environment = os.environ
    colours = known_colours(color, environment)
    pictures = asks_pictures(graphics, environment, colours is None)
    asks = colours is None or pictures
    answer = ask(environment, pictures=pictures) if asks else Answer()
    return Found(
        colours or answered(answer, environment),
        found_graphics(graphics, answer, environment),
        answer.typed,
    )
