"""A segmenter against masks that people drew, each photo at its own size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from imaging.decode.photo import PhotoError, read_photo
from imaging.mask.agreement import Agreement, agreement, bootstrap_interval
from imaging.mask.outline import draw_mask
from models.evaluate.masks import read_mask
from models.evaluate.pairs import Pair, PairsError
from models.run.segmenter import Segmenter

USEFUL = 0.65
"""Below this Jaccard a mask counts as a miss, as in the ISIC 2018 challenge."""


@dataclass(frozen=True)
class Evaluation:
    """Means over photos; `jaccard_interval` is the 95% bootstrap interval of the Jaccard.

    `threshold_jaccard` counts a photo below 0.65 as 0; `below_065` is the share of such photos;
    `milliseconds` is the median time of the model alone.
    """

    pairs: int
    dice: float
    jaccard: float
    jaccard_interval: tuple[float, float]
    threshold_jaccard: float
    below_065: float
    milliseconds: float


def evaluate(
    segmenter: Segmenter, pairs: Sequence[Pair], progress: Callable[[int], None]
) -> Evaluation:
    """Compare a segmenter's masks with the true ones; `progress` is told how many are done.

    Photos are decoded as small as the model needs them, as they are when a folder is segmented;
    masks are compared at the photo's own size. There must be at least one pair. Raises PairsError
    where a photo or mask can't be read or their sizes differ.
    """
    scores, times = [], []
    for done, pair in enumerate(pairs, start=1):
        score, milliseconds = _compare(segmenter, pair)
        scores.append(score)
        times.append(milliseconds)
        progress(done)
    jaccard = np.array([score.jaccard for score in scores])
    useful = jaccard >= USEFUL
    return Evaluation(
        pairs=len(scores),
        dice=float(np.mean([score.dice for score in scores])),
        jaccard=float(jaccard.mean()),
        jaccard_interval=bootstrap_interval(jaccard),
        threshold_jaccard=float((jaccard * useful).mean()),
        below_065=float((~useful).mean()),
        milliseconds=median(times),
    )


def _compare(segmenter: Segmenter, pair: Pair) -> tuple[Agreement, float]:
    try:
        photo = read_photo(pair.image, segmenter.decoded_side)
        prediction = segmenter.predict(photo)
        drawn = draw_mask(prediction.grid, prediction.framing, segmenter.info.threshold)
        return agreement(drawn, read_mask(pair)), prediction.receipt.milliseconds
    except (PhotoError, PairsError, ValueError) as error:
        raise PairsError(f"{pair.image.name} can't be compared with its mask: {error}") from error
