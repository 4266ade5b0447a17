"""How often the model outlines two lesions where there are two: dev's photos, another pasted in.

`python -m benchmarks.several DATA`, a folder with a manifest.csv of pairs. A lesion counts as
outlined where the mask nearer to it than to the other has a Jaccard of at least 0.5 with it.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from imaging.framing import Mask, Pixels, Size
from imaging.mask.outline import draw_mask
from imaging.photo import Photo
from models.evaluate.pairs import Pair, read_pairs
from models.package.shipped import shipped_model
from models.run.segmenter import Segmenter, open_segmenter
from models.train.augmentation import Picture, paste
from models.train.views import read_pair

OUTLINED, TRIES, SEED = 0.5, 3, 1
LEAST = 200
"""Pixels of a pasted lesion; one that is smaller is left out."""
SHARES = ((0.0, 0.1), (0.1, 0.3), (0.3, 1.0))
"""The smaller lesion's area as a share of the larger one's: from, to."""


@dataclass(frozen=True)
class Seen:
    """Jaccards: of a photo's lesion alone, of it beside another, of that other; and their areas."""

    alone: float
    own: float
    other: float
    areas: tuple[int, int]

    @property
    def share(self) -> float:
        return min(self.areas) / max(self.areas)

    @property
    def smaller(self) -> float:
        return self.own if self.areas[0] < self.areas[1] else self.other


def main() -> None:
    """Print a table a kind."""
    pairs = [pair for pair in read_pairs(Path(sys.argv[1])) if pair.row.get("split") == "dev"]
    segmenter = open_segmenter(shipped_model())
    for kind in sorted({pair.row["kind"] for pair in pairs}):
        of_kind = [pair for pair in pairs if pair.row["kind"] == kind]
        Console().print(_table(kind, list(_seen(segmenter, of_kind))))


def _seen(segmenter: Segmenter, pairs: Sequence[Pair]) -> Iterator[Seen]:
    random, items = np.random.default_rng(SEED), [read_pair(pair) for pair in pairs]
    for index, (photo, mask) in enumerate(items):
        alone = _jaccard(_outlined(segmenter, photo), mask > 127)
        for _ in range(TRIES):
            chosen = int(random.integers(len(items)))
            if chosen == index:
                continue
            view, both = paste(photo, mask, *items[chosen], random)
            own: Mask = mask > 127
            other: Mask = (both > 127) & ~own
            if np.count_nonzero(other) >= LEAST:
                yield _compared(segmenter, view, alone, own, other)


def _compared(segmenter: Segmenter, view: Picture, alone: float, own: Mask, other: Mask) -> Seen:
    found = _outlined(segmenter, view)
    near: Mask = _away_from(own) <= _away_from(other)
    areas = int(own.sum()), int(other.sum())
    return Seen(alone, _jaccard(found & near, own), _jaccard(found & ~near, other), areas)


def _outlined(segmenter: Segmenter, pixels: Pixels) -> Mask:
    made = segmenter.predict(Photo(pixels, Size.of(pixels)))
    return draw_mask(made.grid, made.framing, segmenter.info.threshold)


def _away_from(mask: Mask) -> Picture:
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5))


def _jaccard(first: Mask, second: Mask) -> float:
    union = np.count_nonzero(first | second)
    return np.count_nonzero(first & second) / union if union else 1.0


def _table(kind: str, seen: Sequence[Seen]) -> Table:
    table = Table(title=f"{kind}: {len(seen)} views")
    table.add_column("outlined")
    table.add_column("share", justify="right")
    rows = {
        "a photo's lesion alone": [each.alone for each in seen],
        "it, beside another": [each.own for each in seen],
        "the other one": [each.other for each in seen],
        "both": [min(each.own, each.other) for each in seen],
    }
    for low, high in SHARES:
        few = [each.smaller for each in seen if low <= each.share < high]
        rows[f"the smaller, of {low:g} to {high:g} of the larger's area ({len(few)})"] = few
    for name, found in rows.items():
        table.add_row(name, f"{np.mean([each >= OUTLINED for each in found]):.1%}")
    return table


if __name__ == "__main__":
    main()
