"""What is found out of a terminal before anything is drawn."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tui.surface.colours import Colours, Depth, Source, answered, known_colours
from tui.surface.graphics import (
    CELLS,
    Graphics,
    asks_pictures,
    beyond_tmux,
    found_graphics,
    without_colours,
)
from tui.surface.probe import HELD, Answer, ask, ask_beyond_tmux
from tui.surface.tmux import inside_tmux


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
    found = _look(color, graphics)
    grey = color == "auto" and bool(os.environ.get("NO_COLOR"))
    return replace(found, graphics=without_colours(found.graphics)) if grey else found


def _look(color: str, graphics: str) -> Found:
    environment = os.environ
    colours = known_colours(color, environment)
    if colours is not None and inside_tmux(environment):
        return Found(colours, *beyond_tmux(graphics, environment, ask_beyond_tmux))
    pictures = asks_pictures(graphics, environment, colours is None)
    asks = colours is None or pictures
    answer = ask(environment, pictures=pictures) if asks else Answer()
    return Found(
        colours or answered(answer, environment),
        found_graphics(graphics, answer, environment),
        answer.typed,
    )


@contextmanager
def looking_at_terminal(color: str, graphics: str) -> Iterator[Future[Found]]:
    """Look at it while something else is done that leaves it alone.

    Signals wait: they come to the main thread, and would end it before the terminal is as it was.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, HELD)
    try:
        with ThreadPoolExecutor(1, "nevus-look") as aside:
            yield aside.submit(look_at_terminal, color, graphics)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
