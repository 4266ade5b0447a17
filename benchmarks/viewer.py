"""A region of a 12 MP photo from the viewer's process, beside the pixels alone and one frame."""

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.folder import SAMPLES, enlarged
from imaging.decode.photo import read_photo
from imaging.framing import Framing, Pixels, Size, fit
from imaging.view.pyramid import draw_region, pyramid
from models.package.shipped import shipped_model
from models.run.setup import ModelSetup
from pipeline.work.scorer import Pool
from pipeline.work.viewer import Viewer

FRAME = 16.0
"""Milliseconds."""
GRID = Size(400, 200)
"""What half cells of a terminal of 200×60 show, with room beside."""
ZOOMS = (1, 4, 20)
ROUNDS = 60


def main() -> None:
    table = Table(
        title=f"a region of 12 MP on {GRID.width}×{GRID.height}, ms, one frame is {FRAME:g}"
    )
    for column in ("zoom", "idle p50", "p95", "scorer busy p50", "p95", "answers a photo"):
        table.add_column(column, justify="right")
    table.add_column("pixels alone", justify="right")
    table.add_column("busy p95 : frame", justify="right")
    with tempfile.TemporaryDirectory() as folder:
        photos = enlarged(Path(folder) / "photos", SAMPLES, "jpg", 12)
        with (
            closing(Viewer()) as viewer,
            closing(Pool(ModelSetup(shipped_model()))) as scorer,
        ):
            scorer.model()
            for zoom in ZOOMS:
                table.add_row(*measure(viewer, scorer, photos, zoom))
            first = first_looks(viewer, photos)
    Console().print(table)
    Console().print(first)


def measure(viewer: Viewer, scorer: Pool, photos: list[Path], zoom: int) -> list[str]:
    """One row: the same region asked for again and again, first alone, then beside the batch."""
    shown = photos[0]
    pixels = read_photo(shown).pixels
    framing = close_up(Size.of(pixels), zoom)
    look = partial(viewer.region, shown, framing)
    look()
    idle = [milliseconds(look) for _ in range(ROUNDS)]
    batch = [scorer.take_in(path, frozenset()) for path in photos]
    busy = []
    while not batch[-1].done():
        busy.append(milliseconds(look))
    levels: tuple[Pixels, ...] = pyramid(pixels)
    alone = statistics.median(
        milliseconds(partial(draw_region, levels, framing)) for _ in range(ROUNDS)
    )
    figures = [*spread(idle), *spread(busy)]
    return [
        str(zoom),
        *(f"{figure:.1f}" for figure in figures),
        f"{len(busy) / len(batch):.0f}",
        f"{alone:.2f}",
        f"{figures[-1] / FRAME:.2f}",
    ]


def first_looks(viewer: Viewer, photos: list[Path]) -> str:
    """How long a photo takes that the viewer has never seen, small, and then whole."""
    small, near = [], []
    framing = close_up(Size.of(read_photo(photos[0]).pixels), 4)
    for path in photos[1:]:
        small.append(milliseconds(partial(viewer.view, path, 1024)))
        near.append(milliseconds(partial(viewer.region, path, framing)))
    return (
        f"never seen before: small {statistics.median(small):.0f} ms, then near "
        f"{statistics.median(near):.0f} ms (the whole is decoded), medians of {len(small)} photos"
    )


def close_up(photo: Size, zoom: int) -> Framing:
    """The middle of the photo, `zoom` times as large as the whole would be."""
    whole = fit(photo, GRID)
    width, height = whole.width * zoom, whole.height * zoom
    left, top = (GRID.width - width) // 2, (GRID.height - height) // 2
    return Framing("fit", photo, GRID, left, top, width, height)


def milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def spread(times: list[float]) -> tuple[float, float]:
    """The median, and what nineteen of twenty are below."""
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
