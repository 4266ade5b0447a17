"""A segmenter against masks that people drew, each photo at its own size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt

from imaging.decode.photo import read_photo
from imaging.framing import Mask
from imaging.mask.agreement import agreement, bootstrap_interval
from imaging.mask.outline import draw_mask
from imaging.photo import Photo, PhotoError
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


@dataclass(frozen=True, eq=False)
class Score:
    """How a model did on one photo, what it expected itself, and how long it took."""

    pair: Pair
    dice: float
    jaccard: float
    predicted_jaccard: float | None
    lesion_probability: float | None
    milliseconds: float


def evaluate(
    segmenter: Segmenter, pairs: Sequence[Pair], progress: Callable[[int], None]
) -> Evaluation:
    """What a model reaches on pairs, as `score_all` and `summed_up` say."""
    return summed_up(score_all(segmenter, pairs, progress))


def score_all(
    segmenter: Segmenter, pairs: Sequence[Pair], progress: Callable[[int], None]
) -> list[Score]:
    """Compare a segmenter's masks with the true ones; `progress` is told how many are done.

    Photos are decoded as small as the model needs them, as they are when a folder is segmented;
    masks are compared at the photo's own size. Raises PairsError
    where a photo or mask can't be read or their sizes differ.
    """
    scores = []
    for done, pair in enumerate(pairs, start=1):
        [drawn] = draw_all([segmenter], pair)
        scores.append(drawn.score)
        progress(done)
    return scores


def summed_up(scores: Sequence[Score]) -> Evaluation:
    """The means of scores, of which there is at least one."""
    jaccard = jaccards(scores)
    useful = jaccard >= USEFUL
    return Evaluation(
        pairs=len(scores),
        dice=float(np.mean([score.dice for score in scores])),
        jaccard=float(jaccard.mean()),
        jaccard_interval=bootstrap_interval(jaccard),
        threshold_jaccard=float((jaccard * useful).mean()),
        below_065=float((~useful).mean()),
        milliseconds=median(score.milliseconds for score in scores),
    )


def jaccards(scores: Sequence[Score]) -> npt.NDArray[np.float64]:
    """The Jaccard of each photo."""
    return np.array([score.jaccard for score in scores], np.float64)


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a model drew on a photo, and how good it is."""

    mask: Mask
    score: Score


def draw_all(segmenters: Sequence[Segmenter], pair: Pair) -> list[Drawn]:
    """What each model draws on a photo, which is decoded once where they want it alike.

    Raises PairsError.
    """
    photos: dict[int, Photo] = {}
    drawn = []
    try:
        truth = read_mask(pair)
        for segmenter in segmenters:
            side = segmenter.decoded_side
            photo = photos.setdefault(side, photos.get(side) or read_photo(pair.image, side))
            drawn.append(_drawn(segmenter, photo, pair, truth))
    except (PhotoError, PairsError, ValueError) as error:
        raise PairsError(f"{pair.image.name} can't be compared with its mask: {error}") from error
    return drawn


def _drawn(segmenter: Segmenter, photo: Photo, pair: Pair, truth: Mask) -> Drawn:
    prediction = segmenter.predict(photo)
    mask = draw_mask(prediction.grid, prediction.framing, segmenter.info.threshold)
    found = agreement(mask, truth)
    milliseconds = prediction.receipt.milliseconds
    own = prediction.predicted_jaccard, prediction.lesion_probability
    return Drawn(mask, Score(pair, found.dice, found.jaccard, *own, milliseconds))
