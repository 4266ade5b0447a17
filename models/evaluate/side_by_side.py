"""Two models on the same photos: which is better, how surely, and where they differ most."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imaging.mask.agreement import bootstrap_interval
from models.evaluate.comparison import Comparison, Difference
from models.evaluate.evaluation import (
    USEFUL,
    Evaluation,
    Score,
    draw_all,
    jaccards,
    summed_up,
)
from models.evaluate.pairs import Pair, hash_of_pairs
from models.evaluate.table import figures, row_of
from models.run.segmenter import Segmenter

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SideBySide:
    """Both models' figures, and how much better the first is: means with 95% intervals.

    The photos are resampled in pairs. `expected_error` is the mean of how far each model's own
    expectation of its Jaccard was off.
    """

    first: Evaluation
    second: Evaluation
    comparison: Comparison
    dice: Difference
    threshold_jaccard: Difference
    below_065: Difference
    expected_error: tuple[float, float]


@dataclass(frozen=True)
class Compared:
    """All of it, and each photo's scores of both."""

    summary: SideBySide
    scores: Sequence[tuple[Score, Score]]


def compare(
    first: Segmenter, second: Segmenter, pairs: Sequence[Pair], progress: Callable[[int], None]
) -> Compared:
    """Have two models outline the same photos; `progress` hears how many. Raises PairsError."""
    scores = []
    for done, pair in enumerate(pairs, start=1):
        one, other = draw_all([first, second], pair)
        scores.append((one.score, other.score))
        progress(done)
    return Compared(_summary(scores, second.info.hash, hash_of_pairs(pairs)), scores)


def of_all(scores: Sequence[tuple[Score, Score]], other: str, pairs: str) -> Comparison:
    """The comparison that a registry keeps: of all photos, and of each kind where it is known."""
    kinds: dict[str, list[tuple[Score, Score]]] = defaultdict(list)
    for both in scores:
        if kind := both[0].pair.row.get("kind"):
            kinds[kind].append(both)
    told = {kind: _jaccard(each) for kind, each in sorted(kinds.items())} if len(kinds) > 1 else {}
    return Comparison(other, pairs, len(scores), _jaccard(scores), told)


def verdict(first: str, second: str, difference: Difference) -> str:
    """Which is better, as a sentence's beginning: what the interval lets one say."""
    if difference.low > 0:
        return f"{first} is better than {second}"
    if difference.high < 0:
        return f"{first} is worse than {second}"
    return f"which of {first} and {second} is better can't be told from these photos"


def rows(compared: Compared, names: tuple[str, str]) -> list[dict[str, object]]:
    """A row a photo: what is known of it, then each figure of both models."""
    told = []
    for both in compared.scores:
        row = row_of(both[0].pair)
        for name, score in zip(names, both, strict=True):
            row |= {f"{name}, {figure}": value for figure, value in figures(score).items()}
        told.append({**row, "difference": both[0].jaccard - both[1].jaccard})
    return told


def _summary(scores: Sequence[tuple[Score, Score]], other: str, pairs: str) -> SideBySide:
    first, second = [one for one, _ in scores], [two for _, two in scores]
    one, two = jaccards(first), jaccards(second)
    return SideBySide(
        first=summed_up(first),
        second=summed_up(second),
        comparison=of_all(scores, other, pairs),
        dice=_difference(_dices(first) - _dices(second)),
        threshold_jaccard=_difference(one * (one >= USEFUL) - two * (two >= USEFUL)),
        below_065=_difference((one < USEFUL).astype(float) - (two < USEFUL).astype(float)),
        expected_error=(_error(first), _error(second)),
    )


def _jaccard(scores: Sequence[tuple[Score, Score]]) -> Difference:
    return _difference(np.array([one.jaccard - two.jaccard for one, two in scores], np.float64))


def _difference(values: Values) -> Difference:
    return Difference(float(values.mean()), *bootstrap_interval(values))


def _dices(scores: Sequence[Score]) -> Values:
    return np.array([score.dice for score in scores], np.float64)


def _error(scores: Sequence[Score]) -> float:
    """Not a number where a model expects nothing."""
    told = [(s.predicted_jaccard, s.jaccard) for s in scores if s.predicted_jaccard is not None]
    return float(np.mean([abs(own - true) for own, true in told])) if told else math.nan
