"""Milliseconds of one move of the brush on a 12 MP photo, beside painting its pixels alone."""

import statistics
import time
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table
from textual.geometry import Region

from benchmarks.easel import Unsaved, skin
from imaging.framing import Mask, Part, Size, fit
from imaging.mask.stroke import Stroke
from imaging.view.overlay import Shown
from pipeline.review.editor import Editor
from tui.surface.ansi import TRUE, encode
from tui.surface.raster import QUARTERS
from tui.widgets.aids import Aids, Brush
from tui.widgets.scene import Look, Scene, Subject, stretched

PHOTO = Size(4000, 3000)
CELLS = Size(52, 36)
"""Of the picture in a terminal of 120×40."""
MOVES, ROUNDS = 40, 9
DOTS = 3.0
"""The brush's width at first, in pixels of the screen."""


def main() -> None:
    rounds = [measure() for _ in range(ROUNDS)]
    painting, editing, drawing = (statistics.median(column) for column in zip(*rounds, strict=True))
    table = Table(title=f"One move of the brush, {PHOTO.width}×{PHOTO.height}, median of {ROUNDS}")
    for column in ("what", "ms", "painting alone"):
        table.add_column(column, justify="left" if column == "what" else "right")
    table.add_row("painting alone", f"{painting:.2f}", "1")
    table.add_row("the editor's move", f"{editing:.2f}", f"{editing / painting:.1f} × as long")
    both = editing + drawing
    table.add_row("and the cells that change", f"{both:.2f}", f"{both / painting:.1f} × as long")
    Console().print(table)


def measure() -> tuple[float, float, float]:
    """Milliseconds a move: of painting alone, of the editor, and of drawing the cells."""
    way = [(900.0 + 55 * step, 700.0 + 38 * step) for step in range(MOVES)]
    scene, editor = _scene_and_editor()
    radius = DOTS * scene.dot / 2
    alone = Stroke(_blank(), radius, True)
    painting = _each(alone.extend, way)
    parts: list[Part] = []
    editor.begin_stroke(radius, True)
    editing = _each(lambda x, y: parts.append(editor.extend_stroke(x, y) or parts[-1]), way)
    places = iter(parts)
    drawing = _each(lambda x, y: _draw(scene, next(places), x, y, radius), way)
    return painting, editing, drawing


def _scene_and_editor() -> tuple[Scene, Editor]:
    mask = _blank()
    framing = stretched(fit(PHOTO, Size(CELLS.width, 2 * CELLS.height)), QUARTERS.stretch)
    scene = Scene(Subject(skin(), PHOTO, mask), framing, (13, 16, 18), QUARTERS)
    scene.draw(Look(Shown.OUTLINE.ink(0.5)))
    return scene, Editor(mask, 0.5, None, Unsaved())


def _blank() -> Mask:
    # Touched once, as a photo's mask is when it is opened.
    return np.full((PHOTO.height, PHOTO.width), False, order="F")


def _draw(scene: Scene, part: Part, x: float, y: float, radius: float) -> None:
    regions = [
        scene.draw_part(part),
        *scene.mark(Aids(Brush(x, y, radius, erases=False, is_down=True))),
    ]
    region = Region.from_union([each for each in regions if each])
    encode(scene.cells(slice(region.y, region.bottom)), TRUE)


def _each(work: Callable[[float, float], object], way: list[tuple[float, float]]) -> float:
    started = time.perf_counter()
    for x, y in way:
        work(x, y)
    return (time.perf_counter() - started) * 1000 / len(way)


if __name__ == "__main__":
    main()
