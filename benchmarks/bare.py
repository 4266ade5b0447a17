"""A bare Textual app that shows pictures, read before it starts, one after the other at a key."""

import sys
from itertools import cycle
from pathlib import Path

import numpy as np
from textual.app import App, ComposeResult

from imaging.decode.photo import read_photo
from imaging.framing import Pixels, Size
from imaging.view.overlay import USUAL_PENS
from tui.widgets.photo_view import PhotoView
from tui.widgets.scene import Subject

LONGEST = 1024


class BareApp(App[None]):
    """Space goes on. Drawn as nevus draws them, in the same cells, and nothing else."""

    CSS = "PhotoView { margin: 2 36 3 34; }"
    BINDINGS = [("space", "next", "next")]  # noqa: RUF012

    def __init__(self, pictures: list[Pixels]) -> None:
        super().__init__()
        self._view = PhotoView(USUAL_PENS)
        self._coming = cycle(pictures)

    def compose(self) -> ComposeResult:
        yield self._view

    def on_mount(self) -> None:
        self.action_next()

    def action_next(self) -> None:
        picture = next(self._coming)
        self._view.show(Subject(picture, Size.of(picture), np.zeros(picture.shape[:2], np.bool_)))


if __name__ == "__main__":
    photos = sorted(Path(sys.argv[1]).iterdir())
    BareApp([read_photo(path, LONGEST).pixels for path in photos]).run()
