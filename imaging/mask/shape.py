"""The inside of a shape that is drawn by its border."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from imaging.framing import Mask, Part, Size

Point = tuple[float, float]
"""x and y in photo pixels, continuous."""
Numbers = npt.NDArray[np.floating]


def fill_shape(points: Sequence[Point], photo: Size) -> tuple[Part, Mask] | None:
    """The pixels of a photo whose centres lie inside, in the box that holds them; None of nothing.

    The last point is joined to the first. Where the border crosses itself, inside is what it winds
    around (SVG's rule `nonzero`): a lasso that crosses its own end leaves no hole.
    """
    x, y = np.asarray(points, np.float64).T
    rows, columns = _between(y, photo.height), _between(x, photo.width)
    height, width = rows.stop - rows.start, columns.stop - columns.start
    if height <= 0 or width <= 0:
        return None
    row, column, turn = _crossings(x, y, rows)
    # A crossing counts for all that lies right of it.
    winding = np.zeros((height, width + 1), np.int16)
    np.add.at(winding, (row, np.clip(column - columns.start, 0, width)), turn)
    inside: Mask = np.cumsum(winding, axis=1, dtype=np.int16)[:, :width] != 0
    return ((rows, columns), inside) if inside.any() else None


def _between(places: Numbers, length: int) -> slice:
    start, stop = np.floor(places.min()), np.ceil(places.max())
    return slice(max(0, int(start)), min(length, int(stop)))


def _crossings(
    x: Numbers, y: Numbers, rows: slice
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int16]]:
    """Where the border crosses the middles of rows: the row from the first, and the first column
    whose middle is not left of it; and which way, 1 down and -1 up.
    """
    next_x, next_y = np.roll(x, -1), np.roll(y, -1)
    first = np.clip(np.ceil(np.minimum(y, next_y) - 0.5), rows.start, rows.stop).astype(np.int64)
    stop = np.clip(np.ceil(np.maximum(y, next_y) - 0.5), rows.start, rows.stop).astype(np.int64)
    counts = stop - first
    edge = np.repeat(np.arange(len(x)), counts)
    along = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    row = first[edge] + along
    slope = (next_x - x)[edge] / (next_y - y)[edge]
    column = np.ceil(x[edge] + (row + 0.5 - y[edge]) * slope - 0.5).astype(np.int64)
    turn = np.where(next_y > y, 1, -1).astype(np.int16)[edge]
    return row - rows.start, column, turn
