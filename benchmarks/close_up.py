"""A close-up of a 12 MP photo: ms and bytes, beside resizing nothing but the piece that shows."""

import statistics
import time
import tracemalloc
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from imaging.framing import Framing, Pixels, Size, fit

PHOTO, GRID = Size(4000, 3000), Size(400, 200)
"""The grid of a terminal of 200×60, with room beside the picture."""
ZOOMS = (1, 4, 20, 100)
"""1 shows the whole photo."""
ROUNDS = 9


def main() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (PHOTO.height, PHOTO.width, 3), np.uint8)
    table = Table(title=f"{PHOTO.width}×{PHOTO.height} on {GRID.width}×{GRID.height}")
    for column in ("zoom", "ms", "the piece alone", "most bytes", "bytes of the grid"):
        table.add_column(column, justify="right")
    for zoom in ZOOMS:
        framing = close_up(zoom)
        framed = partial(framing.picture_to_grid, picture)
        took, alone = milliseconds(framed), milliseconds(partial(piece, framing, picture))
        most = most_bytes(framed)
        ratio = most / (3 * GRID.width * GRID.height)
        times = f"{took / alone:.1f} × {alone:.2f}"
        table.add_row(str(zoom), f"{took:.2f}", times, f"{most:,}", f"{ratio:.1f} ×")
    Console().print(table)


def piece(framing: Framing, picture: Pixels) -> object:
    """About what the grid shows, cut at whole pixels: what OpenCV needs at the least."""
    left, top = framing.point_to_photo(framing.inside[1].start, framing.inside[0].start)
    right, bottom = framing.point_to_photo(framing.inside[1].stop, framing.inside[0].stop)
    rows, columns = slice(int(top), int(bottom) + 1), slice(int(left), int(right) + 1)
    shrinks = framing.width < PHOTO.width
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(picture[rows, columns], (GRID.width, GRID.height), interpolation=how)


def close_up(zoom: int) -> Framing:
    """The middle of the photo, `zoom` times as large as the whole would be."""
    whole = fit(PHOTO, GRID)
    width, height = whole.width * zoom, whole.height * zoom
    left, top = (GRID.width - width) // 2, (GRID.height - height) // 2
    return Framing("fit", PHOTO, GRID, left, top, width, height)


def milliseconds(work: Callable[[], object]) -> float:
    """The median of some rounds."""
    return statistics.median(_once(work) for _ in range(ROUNDS)) * 1000


def _once(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def most_bytes(work: Callable[[], object]) -> int:
    """What was held at once at most, beyond the picture."""
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


if __name__ == "__main__":
    main()
