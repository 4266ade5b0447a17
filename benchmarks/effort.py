"""Effort to mend: what a scripted reviewer with nevus's own tools needs until a mask is right.

    python -m benchmarks.effort FOLDER

takes the dev photos whose outline by the shipped model has a Jaccard below 0.75, and counts actions
until the Dice with the true mask is 0.90: a key, a click or a drag is one. The reviewer sees the
lesion as `z` shows it in a terminal of 120×40 and points at middles of cells, no finer; always
mends the largest error first; follows the true border, as far as cells let him. Drags are measured
too, in diameters of a circle as large as the lesion.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.easel import Unsaved
from db.values import Tool
from imaging.decode.photo import read_photo
from imaging.framing import Framing, Mask, Pixels, Probabilities, Size
from imaging.mask.agreement import agreement
from imaging.mask.marks import Marks
from imaging.mask.measure import bounding_box
from imaging.mask.outline import draw_mask
from imaging.mask.shape import Point
from imaging.mask.window import Window
from imaging.values import Prediction
from imaging.view.lens import Lens
from models.evaluate.masks import read_mask
from models.evaluate.pairs import Pair, read_pairs
from models.package.shipped import shipped_model, shipped_refiner
from models.run.refiner import NetworkRefiner, open_refiner, stacked
from models.run.segmenter import Segmenter, open_segmenter
from pipeline.errors import NothingToRepair
from pipeline.review.brush import FIRST_WIDTH, radius_on_photo, resize_brush
from pipeline.review.editor import Editor
from pipeline.review.refining import Mark, PhotoRefiner
from pipeline.review.threshold import step_threshold

CANVAS = Size(68, 36)
"""Cells of the picture at 120×40; each is two square pixels high."""
BAD, RIGHT = 0.75, 0.90
MOST = 20
"""Actions after which a reviewer gives up."""
REDRAWN = 0.6
"""Below this Dice an outline is drawn anew rather than mended."""


@dataclass
class Reviewer:
    """Knows the true mask, and counts what it does."""

    editor: Editor
    truth: Mask
    framing: Framing
    refiner: PhotoRefiner
    actions: int = 0
    way: float = 0.0
    tool: Tool | None = None
    width: float = FIRST_WIDTH

    @property
    def dice(self) -> float:
        return agreement(self.editor.mask, self.truth).dice

    @property
    def done(self) -> bool:
        return self.dice >= RIGHT or self.actions >= MOST

    def take(self, tool: Tool) -> None:
        """Press the key that brings a tool into the hand; the right button cuts without one."""
        self.actions += self.tool is not tool
        self.tool = tool

    def at_cells(self, points: np.ndarray) -> list[Point]:
        """Points of the photo (N, 2) as the pointer can reach them, none twice running."""
        cells = [self.framing.point_to_grid(x, y) for x, y in points.tolist()]
        columns = [(int(np.floor(x)) + 0.5, 2 * int(np.floor(y / 2)) + 1.0) for x, y in cells]
        kept = [each for each, last in zip(columns, [None, *columns], strict=False) if each != last]
        return [self.framing.point_to_photo(x, y) for x, y in kept]

    def drag(self, points: list[Point]) -> None:
        self.actions += 1
        steps = np.diff(np.array(points), axis=0)
        diameter = np.sqrt(4 * self.truth.sum() / np.pi)
        self.way += float(np.hypot(*steps.T).sum() / diameter) if len(points) > 1 else 0.0

    def largest_error(self) -> tuple[Mask, bool]:
        """Where most is wrong, and whether it is lesion that is missing."""
        parts = [
            (part, adds)
            for adds, wrong in (
                (True, self.truth & ~self.editor.mask),
                (False, self.editor.mask & ~self.truth),
            )
            for part in _parts(wrong)
        ]
        return max(parts, key=lambda each: int(each[0].sum()))


def by_threshold(reviewer: Reviewer) -> None:
    """Step by step the way that helps, as long as it does."""
    helped = max((_threshold_gain(reviewer, way), way) for way in (-1, 1))
    if helped[0] <= 0:
        return
    while not reviewer.done and _threshold_gain(reviewer, helped[1]) > 0:
        _step(reviewer.editor, helped[1])
        reviewer.actions += 1


def by_brush(reviewer: Reviewer) -> None:
    """One stroke along the middle of the largest error after the other, the brush as wide as it."""
    while not reviewer.done:
        wrong, adds = reviewer.largest_error()
        reviewer.take(Tool.BRUSH)
        distance = cv2.distanceTransform(wrong.view(np.uint8), cv2.DIST_L2, 5)
        dot = reviewer.framing.photo.height / reviewer.framing.height
        _resize(reviewer, 2 * float(distance.max()) / dot)
        radius = radius_on_photo(reviewer.width, 1.0, dot)
        way = reviewer.at_cells(_middle_line(wrong, distance))
        reviewer.editor.begin_stroke(radius, adds)
        for x, y in way:
            reviewer.editor.extend_stroke(x, y)
        reviewer.editor.end_stroke()
        reviewer.drag(way)


def by_lasso(reviewer: Reviewer) -> None:
    """Around the largest error: along the true border, and loosely where all is right anyway."""
    if reviewer.dice < REDRAWN and reviewer.editor.mask.any():
        reviewer.editor.repair(Tool.CLEAR, {})
        reviewer.actions += 1
    while not reviewer.done:
        wrong, adds = reviewer.largest_error()
        reviewer.take(Tool.LASSO)
        cell = 2 * reviewer.framing.photo.height / reviewer.framing.height
        side = 2 * round(cell) + 1
        near = cv2.dilate(wrong.view(np.uint8), np.ones((side, side), np.uint8)) > 0
        around = near & (reviewer.truth if adds else ~reviewer.truth)
        way = reviewer.at_cells(_border(around, wrong))
        try:
            reviewer.editor.draw_shape(Tool.LASSO, way, adds)
        except NothingToRepair:
            reviewer.actions = MOST
        reviewer.drag(way)


def by_threshold_then_lasso(reviewer: Reviewer) -> None:
    by_threshold(reviewer)
    by_lasso(reviewer)


def by_marks(reviewer: Reviewer) -> None:
    """One mark in the middle of the largest error after the other."""
    while not reviewer.done:
        wrong, adds = reviewer.largest_error()
        reviewer.take(Tool.REFINE)
        inner = np.pad(wrong.view(np.uint8), 1)
        deep = cv2.distanceTransform(inner, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
        row, column = np.unravel_index(deep.argmax(), deep.shape)
        ((x, y),) = reviewer.at_cells(np.array([[column + 0.5, row + 0.5]]))
        reviewer.actions += 1
        try:
            reviewer.editor.refine(Mark(x, y, adds), reviewer.refiner)
        except NothingToRepair:
            # The cell is coarser than the error, or the network is deaf to it: that is drawn.
            by_lasso(reviewer)


MEANS: dict[str, Callable[[Reviewer], None]] = {
    "threshold": by_threshold,
    "brush": by_brush,
    "lasso": by_lasso,
    "threshold, then lasso": by_threshold_then_lasso,
    "refine": by_marks,
}


@dataclass(frozen=True)
class AtHand:
    """The refiner that ships, on a picture that is at hand."""

    network: NetworkRefiner
    picture: Pixels

    def side(self) -> int:
        return self.network.side

    def refine(self, window: Window, outline: Probabilities, marks: Marks) -> Probabilities:
        seen = stacked(window.cut(self.picture, self.side()), outline, marks)
        return self.network.refine(seen)


@dataclass(frozen=True)
class Bad:
    """A photo whose outline is bad."""

    prediction: Prediction
    truth: Mask
    threshold: float
    refiner: PhotoRefiner


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("Give a folder of photos with masks: python -m benchmarks.effort FOLDER")
    pairs = read_pairs(Path(sys.argv[1]), {"split": "dev"})
    segmenter = open_segmenter(shipped_model())
    network = open_refiner(shipped_refiner())
    bad = [each for pair in pairs for each in _bad(segmenter, network, pair)]
    table = Table(title=f"{len(bad)} of {len(pairs)} photos, until Dice {RIGHT:.2f}")
    for column in ("means", "actions, median", "90%", "right within 20", "way, median"):
        table.add_column(column, justify="left" if column == "means" else "right")
    each = {name: [_mend(photo, means) for photo in bad] for name, means in MEANS.items()}
    each["the best of them"] = [
        min(tries, key=lambda one: (not one[1], one[0]))
        for tries in zip(*each.values(), strict=True)
    ]
    each["lasso, from nothing"] = [_from_nothing(photo, by_lasso) for photo in bad]
    each["refine, from nothing"] = [_from_nothing(photo, by_marks) for photo in bad]
    for name, tries in each.items():
        table.add_row(name, *_row(tries))
    Console().print(table)


Try = tuple[int, bool, float]


def _row(tries: list[Try]) -> Iterator[str]:
    counts = [actions if right else MOST for actions, right, _ in tries]
    yield f"{median(counts):g}"
    yield f"{np.percentile(counts, 90):g}"
    yield f"{np.mean([right for _, right, _ in tries]):.0%}"
    yield f"{median(way for _, _, way in tries):.1f}"


def _bad(segmenter: Segmenter, network: NetworkRefiner, pair: Pair) -> Iterator[Bad]:
    photo, truth = read_photo(pair.image), read_mask(pair)
    prediction, threshold = segmenter.predict(photo), segmenter.info.threshold
    drawn = draw_mask(prediction.grid, prediction.framing, threshold)
    if agreement(drawn, truth).jaccard < BAD:
        yield Bad(prediction, truth, threshold, AtHand(network, photo.pixels))


def _mend(bad: Bad, means: Callable[[Reviewer], None]) -> Try:
    mask = draw_mask(bad.prediction.grid, bad.prediction.framing, bad.threshold)
    editor = Editor(mask.copy(), bad.threshold, bad.prediction, Unsaved())
    return _try(Reviewer(editor, bad.truth, _seen(mask | bad.truth), bad.refiner), means)


def _from_nothing(bad: Bad, means: Callable[[Reviewer], None]) -> Try:
    editor = Editor(np.zeros_like(bad.truth), 0.5, None, Unsaved())
    size = Size.of(bad.truth)
    whole = Lens.whole(size, Size(CANVAS.width, 2 * CANVAS.height)).framing
    return _try(Reviewer(editor, bad.truth, whole, bad.refiner), means)


def _try(reviewer: Reviewer, means: Callable[[Reviewer], None]) -> Try:
    means(reviewer)
    return reviewer.actions, reviewer.dice >= RIGHT, reviewer.way


def _seen(lesion: Mask) -> Framing:
    box = bounding_box(lesion)
    size, grid = Size.of(lesion), Size(CANVAS.width, 2 * CANVAS.height)
    return (Lens.whole(size, grid) if box is None else Lens.around(box, size, grid)).framing


def _step(editor: Editor, way: int) -> None:
    editor.set_threshold(step_threshold(editor.threshold, way))


def _threshold_gain(reviewer: Reviewer, way: int) -> float:
    before, editor = reviewer.dice, reviewer.editor
    edits = editor.edits
    _step(editor, way)
    gain = reviewer.dice - before
    if editor.edits > edits:
        editor.undo()
    return gain


def _resize(reviewer: Reviewer, wanted: float) -> None:
    """Press [ or ] while that brings the brush nearer to a width in pixels of the screen."""
    longest = max(CANVAS.width, 2 * CANVAS.height)
    while True:
        way = 1 if wanted > reviewer.width else -1
        after = resize_brush(reviewer.width, way, 1.0, longest)
        if abs(after - wanted) >= abs(reviewer.width - wanted):
            return
        reviewer.width = after
        reviewer.actions += 1


def _parts(mask: Mask) -> Iterator[Mask]:
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=4)
    for label in range(1, count):
        yield labels == label


def _border(around: Mask, wrong: Mask) -> np.ndarray:
    """The outer border of the part that holds most of what is wrong (N, 2)."""
    part = max(_parts(around), key=lambda each: int((each & wrong).sum()))
    borders, _ = cv2.findContours(part.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return max(borders, key=len)[:, 0] + 0.5


def _middle_line(wrong: Mask, distance: np.ndarray) -> np.ndarray:
    """A way along the middle of a part, from one end to the other (N, 2): across its longer axis
    the place that lies deepest in it.
    """
    rows, columns = bounding_box(wrong) or (slice(0, 0), slice(0, 0))
    wide = columns.stop - columns.start > rows.stop - rows.start
    deep = distance[rows, columns]
    deepest = deep.argmax(axis=0 if wide else 1)
    along = np.arange(len(deepest))
    x, y = (along, deepest) if wide else (deepest, along)
    inside = deep[y, x] >= deep.max() / 2
    return np.stack([columns.start + x[inside] + 0.5, rows.start + y[inside] + 0.5], axis=1)


if __name__ == "__main__":
    main()
