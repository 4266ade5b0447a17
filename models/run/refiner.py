"""An outline mended at marks by a network.

The photo in the window lies above; below, as the three channels of a picture, probabilities, inside
marks and outside marks.
"""

from pathlib import Path

import numpy as np

from imaging.framing import Pixels, Probabilities
from imaging.mask.marks import Marks, lesion_of, where_marked
from imaging.mask.stroke import Point
from imaging.mask.window import Window, window_around
from models.package.package import ModelError
from models.run.segmenter import Backend, open_backend
from models.run.tensors import to_probabilities

RADIUS = 5
"""A mark is a disc of this radius, in pixels of the window, as in `models.train.refiner.marks`."""


class NetworkRefiner:
    """A `Refiner`: a package that mends outlines, with something that executes it."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.side = backend.info.input_size.width

    def __call__(
        self, picture: Pixels, probabilities: Probabilities, marks: Marks
    ) -> Probabilities:
        """A better outline of a picture (H, W, 3), its outline (H, W), marks; raises ModelError."""
        window = window_around(lesion_of(probabilities), marks)
        seen = look_through(window, self.side, picture, probabilities, marks)
        after = self.refine(seen)
        return where_marked(probabilities, window.lay(after, probabilities), marks)

    def refine(self, seen: Pixels) -> Probabilities:
        """A better outline, float32 (S, S), of what `stacked` gives; raises ModelError."""
        # The mean of a view and its mirror image takes fewer marks, and spoils less (the card).
        mirrored = np.ascontiguousarray(seen[:, ::-1])
        both = (self.answer(seen) + self.answer(mirrored)[:, ::-1]) / 2
        return np.asarray(both, np.float32)

    def answer(self, seen: Pixels) -> Probabilities:
        """What the network makes of a picture twice as high as wide, float32 (S, S)."""
        values = self._backend.run(seen).reshape(self.side, self.side)
        return to_probabilities(values, self._backend.info.output)


def look_through(
    window: Window, side: int, picture: Pixels, probabilities: Probabilities, marks: Marks
) -> Pixels:
    """What the network sees of a picture in a window: uint8 (2 * side, side, 3)."""
    seen = window.cut(probabilities, side)
    return stacked(window.cut(picture, side), seen, window.marks(marks, side))


def stacked(picture: Pixels, probabilities: Probabilities, marks: Marks) -> Pixels:
    """A picture (S, S, 3) over outline (S, S) and marks, in its pixels: uint8 (2 * S, S, 3)."""
    side = len(picture)
    outline = np.rint(probabilities * 255).astype(np.uint8)
    discs = (_discs(points, side) for points in (marks.inside, marks.outside))
    return np.concatenate([picture, np.stack([outline, *discs], 2)])


def open_refiner(
    path: Path, backend: str = "auto", compute_units: str = "CPU_AND_NE"
) -> NetworkRefiner:
    """Open a package that mends outlines, as `open_segmenter` opens others. Raises ModelError."""
    chosen = open_backend(path, backend, compute_units)
    size = chosen.info.input_size
    if size.height != 2 * size.width:
        raise ModelError(
            f"{path} takes a picture of {size.width}×{size.height}, so it mends no outlines: that "
            "takes one twice as high as wide."
        )
    return NetworkRefiner(chosen)


def _discs(points: tuple[Point, ...], side: int) -> Pixels:
    """Marks drawn as discs, uint8 (side, side), 0 or 255: pixels whose centres are near enough."""
    places = np.arange(side) + 0.5
    drawn = np.zeros((side, side), np.uint8)
    for x, y in points:
        drawn[np.hypot(places[None] - x, places[:, None] - y) <= RADIUS] = 255
    return drawn
