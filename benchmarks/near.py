"""A step nearer, farther or aside on a 12 MP photo, until it is text to send, beside one frame."""

import statistics
import time
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table

from imaging.framing import Framing, Mask, Pixels, Size
from imaging.view.lens import Lens
from imaging.view.overlay import Shown
from tui.surface.ansi import TRUE, encode
from tui.surface.raster import QUARTERS
from tui.widgets.scene import Look, Scene, Subject, stretched

PHOTO, CELLS = Size(4000, 3000), Size(200, 60)
SMALL = Size(1024, 768)
FRAME = 16.0
"""Milliseconds between two pictures of a terminal that draws sixty a second."""
ACROSS = QUARTERS.stretch
"""Columns of pixels in a cell."""
STEPS = 20
ROUNDS = 5
LOOK = Look(Shown.OUTLINE.ink(0.5))


def main() -> None:
    """Print a table."""
    table = Table(title=f"{PHOTO.width}×{PHOTO.height} on {CELLS.width}×{CELLS.height} cells")
    for column in ("step", "laid out, ms", "and drawn, p50", "p95", "of a frame"):
        table.add_column(column, justify="left" if column == "step" else "right")
    for name, step in STEPS_OF.items():
        laid, whole = measure(step)
        p95 = statistics.quantiles(whole, n=20)[-1]
        median = statistics.median(whole)
        table.add_row(
            name,
            f"{statistics.median(laid):.1f}",
            f"{median:.1f}",
            f"{p95:.1f}",
            f"{p95 / FRAME:.2f}",
        )
    Console().print(table)


def zooming(lens: Lens, step: int) -> Lens:
    """Nearer and nearer, then farther."""
    return lens.zoomed(1.5 if step < STEPS / 2 else 1 / 1.5, 2000, 1500)


def panning(lens: Lens, step: int) -> Lens:
    """Aside and back, from four times as near."""
    if step == 0:
        return lens.zoomed(4, 2000, 1500)
    return lens.panned(50 if step % 4 < 2 else -50, 0)


STEPS_OF: dict[str, Callable[[Lens, int], Lens]] = {"zoom": zooming, "pan": panning}


def measure(step: Callable[[Lens, int], Lens]) -> tuple[list[float], list[float]]:
    """Milliseconds a step: until the photo is laid out, and until its strips are made."""
    subject, rounds = _subject(), range(ROUNDS)
    laid, drawn = [], []
    for _ in rounds:
        lens = Lens.whole(PHOTO, Size(CELLS.width, 2 * CELLS.height))
        scene = _scene(subject, lens.framing)
        for number in range(STEPS):
            started = time.perf_counter()
            before, lens = lens, step(lens, number)
            if before.zoom == lens.zoom:
                scene = scene.panned(stretched(lens.framing, ACROSS))
                scene.draw(LOOK)
            else:
                scene = _scene(subject, lens.framing)
            laid.append((time.perf_counter() - started) * 1000)
            encode(scene.cells(slice(0, CELLS.height)), TRUE)
            drawn.append((time.perf_counter() - started) * 1000)
    return laid, drawn


def _scene(subject: Subject, framing: Framing) -> Scene:
    scene = Scene(subject, stretched(framing, ACROSS), (13, 16, 18), QUARTERS)
    scene.draw(LOOK)
    return scene


def _subject() -> Subject:
    return Subject(_skin(), PHOTO, _lesion())


def _skin() -> Pixels:
    noise = np.random.default_rng(3).integers(0, 40, (SMALL.height, SMALL.width, 3))
    return np.asarray(noise + np.array((190, 150, 130)), np.uint8)


def _lesion() -> Mask:
    x, y = np.arange(PHOTO.width), np.arange(PHOTO.height)[:, None]
    return np.asfortranarray(np.hypot(x - 2000, y - 1500) < 900)


if __name__ == "__main__":
    main()
