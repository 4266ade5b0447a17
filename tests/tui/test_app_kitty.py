"""A canvas on a real pseudo-terminal that understands Kitty's graphics: what is seen there."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.support.kitty import KittyTerminal
from tests.support.terminals import DRAWING_KITTY, Player, without_hints

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
import numpy as np
from textual.binding import Binding
from textual.screen import ModalScreen
from imaging.framing import Size
from imaging.view.overlay import USUAL_PENS
from tests.tui.easel import Onlooker, disc, skin
from tui.colour_app import ColourApp
from tui.surface.finding import look_at_terminal
from tui.widgets.canvas import Canvas
from tui.widgets.painter import BrushMode
from tui.widgets.scene import Subject

class Shown(ColourApp):
    CSS = "Canvas { width: 1fr; height: 1fr; margin: 1 2; }"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [
        ("n", "look('near')"), ("d", "look('drawn')"), ("m", "modal"),
        Binding("q", "quit", priority=True),
    ]

    def compose(self):
        yield Canvas(Onlooker(), USUAL_PENS)

    def on_mount(self):
        self.call_after_refresh(self.action_look, "first")

    def action_look(self, name):
        canvas, size = self.query_one(Canvas), Size(400, 300)
        if name == "first":
            canvas.show(Subject(skin(), size, disc()))
        elif name == "near":
            canvas.zoom_by(2.0)
        else:
            canvas.brush = BrushMode.DRAW
        self.call_after_refresh(self.tell, name)

    def tell(self, name):
        scene = self.query_one(Canvas)._scene
        np.save(f"{sys.argv[1]}/{name}.npy", scene.pixels(slice(None)))
        self.send(f"\\x1b]2;{name}\\x07")

    def action_modal(self):
        self.push_screen(ModalScreen())
        self.call_after_refresh(self.send, "\\x1b]2;modal\\x07")

found = look_at_terminal("auto", "auto")
Shown(found.colours, found.graphics).run()
"""


class Seat:
    """Who sits before the terminal."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self.terminal = KittyTerminal((9, 18))
        self._taken = 0
        command = [sys.executable, "-c", PROGRAM, str(place)]
        self.player = Player(DRAWING_KITTY, command, without_hints(), dimensions=(24, 60))

    def until(self, holds: Callable[[], object]) -> None:
        """Look until something holds of the terminal, or the program has ended."""
        self.player.play(lambda sent: self._look(sent) and holds())
        self._look(self.player.sent)

    def _look(self, sent: bytes) -> bool:
        whole = sent.decode("utf-8", "ignore")
        self.terminal.take(whole[self._taken :])
        self._taken = len(whole)
        return True

    def stop(self) -> None:
        """Put the program to sleep, as ctrl+z does."""
        program = psutil.Process(self.player.child.pid)
        program.send_signal(signal.SIGTSTP)
        self.until(lambda: not self.terminal.pictures)
        # Its parting words come before it sleeps, and what wakes it up must not.
        while program.status() != psutil.STATUS_STOPPED:
            os.sched_yield()

    def titled(self, name: str) -> Callable[[], object]:
        return lambda: f"\x1b]2;{name}\x07".encode() in self.player.sent

    def sees(self, name: str) -> bool:
        """Whether exactly what was drawn is on the screen."""
        self.until(self.titled(name))
        expected = np.load(self._place / f"{name}.npy")
        self.until(lambda: self.terminal.hung() and np.array_equal(self.terminal.seen(), expected))
        return np.array_equal(self.terminal.seen(), expected)


def test_the_terminal_shows_each_pixel_and_is_left_with_nothing(tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    with closing(seat.player.child):
        assert seat.sees("first")
        assert len(seat.terminal.hung()) == 56 * 22
        seat.player.type(b"n")
        assert seat.sees("near")
        sent = len(seat.player.sent)
        seat.player.type(b"d")
        assert seat.sees("drawn")
        assert len(seat.player.sent) - sent < 8000
        seat.player.type(b"m")
        seat.until(lambda: seat.titled("modal")() and not seat.terminal.hung())
        seat.stop()
        assert not seat.terminal.pictures
        seat.player.child.kill(signal.SIGCONT)
        seat.until(lambda: seat.terminal.pictures)
        seat.player.type(b"q")
        seat.until(lambda: False)
        assert not seat.terminal.pictures
