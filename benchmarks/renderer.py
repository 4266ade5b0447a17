"""Milliseconds of a picture in half cells: our renderer beside rich-pixels' own, in one run."""

import statistics
import time
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image
from rich.console import Console
from rich.segment import Segment
from rich.table import Table
from rich_pixels import HalfcellRenderer, Renderer

from tui.surface.renderer import HalfCells

SIZE = (160, 100)
ROUNDS = 15
Cell = tuple[tuple[int, ...], tuple[int, ...]]
"""The colours of a cell's upper and lower half."""


def main() -> None:
    picture = skin()
    ours = HalfCells()
    theirs, first, again, strokes = measure(picture, ours)
    table = Table(title=f"{SIZE[0]}×{SIZE[1]} px in half cells, median of {ROUNDS} rounds")
    for column in ("renderer", "ms", "rich-pixels takes"):
        table.add_column(column, justify="left" if column == "renderer" else "right")
    table.add_row("rich-pixels' HalfcellRenderer", f"{theirs:.1f}", "")
    for name, spent in (
        ("ours, a picture never seen", first),
        ("ours, the same picture again", again),
        ("ours, the six lines under a brush", strokes),
    ):
        table.add_row(name, f"{spent:.2f}", f"{theirs / spent:.1f} × as long")
    Console().print(table)
    same = cells(HalfcellRenderer(), picture) == cells(ours, picture)
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


def measure(picture: Image.Image, ours: HalfCells) -> tuple[float, float, float, float]:
    """Medians of the rounds; each round takes its turn with all of them."""
    six_lines = picture.crop((0, 44, SIZE[0], 56))
    rounds = [
        (
            milliseconds(lambda: HalfcellRenderer().render(picture, None)),
            milliseconds(lambda: HalfCells().render(picture, None)),
            milliseconds(lambda: ours.render(picture, None)),
            milliseconds(lambda: ours.render(six_lines, None)),
        )
        for _ in range(ROUNDS)
    ]
    theirs, first, again, strokes = (
        statistics.median(column) for column in zip(*rounds, strict=True)
    )
    return theirs, first, again, strokes


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
    lower = upper = tuple(style.bgcolor.get_truecolor())
    if style.color is not None and not segment.text.isspace():
        lower = tuple(style.color.get_truecolor())
    return [(upper, lower)] * len(segment.text)


if __name__ == "__main__":
    main()
