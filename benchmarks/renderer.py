"""Milliseconds of a picture in half cells: our renderer beside rich-pixels' own, in one run."""

import statistics
import time
from collections.abc import Callable
from io import StringIO

import cv2
import numpy as np
from PIL import Image
from rich.console import Console
from rich.segment import Segment
from rich.table import Table
from rich_pixels import HalfcellRenderer, Renderer
from textual.strip import Strip

from imaging.view.cells import GLYPHS, half_cells, quadrant_cells, true_colours
from tui.surface.ansi import TRUE, encode
from tui.surface.renderer import HalfCells

SIZE = (160, 100)
ROUNDS = 15
Colour = tuple[int, ...]
Cell = tuple[Colour, Colour, Colour, Colour]
"""The colours of a cell's quarters: above from the left, then below."""


def main() -> None:
    picture = skin()
    theirs, halves, quadrants, strokes = measure(picture)
    table = Table(title=f"{SIZE[0]}×{SIZE[1]} px as text, never seen, median of {ROUNDS} rounds")
    for column in ("what draws it", "ms", "rich-pixels takes"):
        table.add_column(column, justify="left" if column == "what draws it" else "right")
    table.add_row("rich-pixels' HalfcellRenderer", f"{theirs:.1f}", "")
    for name, spent in (
        ("ours, half cells", halves),
        ("ours, as many cells in quadrants", quadrants),
        ("ours, the six lines under a brush", strokes),
    ):
        table.add_row(name, f"{spent:.2f}", f"{theirs / spent:.1f} × as long")
    Console().print(table)
    same = cells(HalfcellRenderer(), picture) == cells(HalfCells(), picture)
    Console().print(f"Both draw the same colours in every cell: {'yes' if same else 'NO'}")
    if not same:
        raise SystemExit(1)


def skin() -> Image.Image:
    """Noise and a dark spot: hardly two cells alike, as in a photo."""
    noise = np.random.default_rng(7).normal(0, 9, (SIZE[1], SIZE[0], 3))
    pixels = np.full((SIZE[1], SIZE[0], 3), (206, 160, 140), np.float64)
    cv2.ellipse(pixels, (80, 50), (44, 30), 20, 0, 360, (96, 62, 50), -1)
    blurred = cv2.GaussianBlur(pixels, (0, 0), 3) + noise
    return Image.fromarray(np.clip(blurred, 0, 255).astype(np.uint8))


def measure(picture: Image.Image) -> tuple[float, float, float, float]:
    """Medians of the rounds; each round takes its turn with all of them."""
    pixels = np.asarray(picture)
    wide = np.asarray(picture.resize((2 * SIZE[0], SIZE[1])))
    soft = np.zeros(wide.shape[:2], np.bool_)
    console = Console(file=StringIO(), color_system="truecolor", force_terminal=True, width=SIZE[0])
    rounds = [
        (
            milliseconds(lambda: _text(HalfcellRenderer().render(picture, None), console)),
            milliseconds(lambda: encode(half_cells(true_colours(pixels)), TRUE)),
            milliseconds(lambda: encode(quadrant_cells(wide, soft), TRUE)),
            milliseconds(lambda: encode(quadrant_cells(wide[44:56], soft[44:56]), TRUE)),
        )
        for _ in range(ROUNDS)
    ]
    theirs, halves, quadrants, strokes = (
        statistics.median(column) for column in zip(*rounds, strict=True)
    )
    return theirs, halves, quadrants, strokes


def _text(segments: list[Segment], console: Console) -> list[str]:
    """As Textual sends it."""
    return [Strip(line).render(console) for line in Segment.split_lines(segments)]


def milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def cells(renderer: Renderer, picture: Image.Image) -> list[list[Cell]]:
    """The colours of each cell, line by line."""
    lines = list(Segment.split_lines(renderer.render(picture, None)))
    return [[cell for segment in line for cell in colours(segment)] for line in lines]


def colours(segment: Segment) -> list[Cell]:
    """The colours of each cell of a segment."""
    style = segment.style
    if style is None or style.bgcolor is None:
        raise ValueError("a cell without colours")
    ground = tuple(style.bgcolor.get_truecolor())
    ink = ground if style.color is None else tuple(style.color.get_truecolor())
    return [_quarters(GLYPHS.index(glyph), ink, ground) for glyph in segment.text]


def _quarters(glyph: int, ink: Colour, ground: Colour) -> Cell:
    above_left, above_right, below_left, below_right = (
        ink if glyph & bit else ground for bit in (8, 4, 2, 1)
    )
    return above_left, above_right, below_left, below_right


if __name__ == "__main__":
    main()
