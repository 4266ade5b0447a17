"""Probabilities that mean what they say: fitted on photos the network never saw, then checked.

Everything here is NumPy on maps and truths; who makes the maps is no matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Numbers = npt.NDArray[Any]
"""Floats of any precision, or a mask's bools."""
LOW, HIGH = 0.05, 0.95
"""Between these a probability is a doubt; the calibration error is counted over doubts alone."""
BINS = 15
_STEPS = 50


@dataclass(frozen=True)
class Scaling:
    """probability = sigmoid(scale · logit + bias)."""

    scale: float = 1.0
    bias: float = 0.0


@dataclass(frozen=True)
class Bin:
    """A bin of a reliability diagram: the mean probability said and the share that was lesion."""

    said: float
    found: float
    share: float
    """How much of all counted pixels lies in the bin."""


def fit_scaling(logits: Sequence[Numbers], truths: Sequence[Numbers]) -> Scaling:
    """The scale and bias of least cross-entropy, every photo counting the same.

    Platt, "Probabilistic outputs for support vector machines", 1999, by Newton's method. One array
    a photo, of any shape; a truth is 0, 1 or, where a pixel is partly lesion, between.
    """
    x = np.concatenate([logit.ravel() for logit in logits]).astype(np.float64)
    y = np.concatenate([truth.ravel() for truth in truths]).astype(np.float64)
    weight = np.concatenate([np.full(logit.size, 1 / logit.size) for logit in logits])
    design = np.stack([x, np.ones_like(x)])
    found = np.array([1.0, 0.0])
    reached = _cross_entropy(found @ design, y, weight)
    for _ in range(_STEPS):
        p = sigmoid(found @ design)
        slope = design @ (weight * (p - y))
        curve = (design * (weight * p * (1 - p))) @ design.T
        step = np.linalg.solve(curve + 1e-9 * np.eye(2), slope)
        if np.abs(step).max() < 1e-6:
            break
        # A whole step overshoots where the logits are steep: p is flat there.
        while (tried := _cross_entropy((found - step) @ design, y, weight)) > reached:
            step = step / 2
        found, reached = found - step, tried
    return Scaling(float(found[0]), float(found[1]))


def _cross_entropy(z: Values, y: Values, weight: Values) -> float:
    return float(weight @ (np.logaddexp(0, z) - y * z))


def sigmoid(x: Values) -> Values:
    """1 / (1 + exp(-x)), without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)), np.float64)


def reliability(probabilities: Sequence[Numbers], truths: Sequence[Numbers]) -> list[Bin]:
    """The bins, each with pixels in it, of all pixels with 0.05 < p < 0.95; one array a photo."""
    p = np.concatenate([values.ravel() for values in probabilities])
    y = np.concatenate([values.ravel() for values in truths]).astype(np.float64)
    doubtful = (p > LOW) & (p < HIGH)
    p, y = p[doubtful], y[doubtful]
    places = np.minimum((p - LOW) / (HIGH - LOW) * BINS, BINS - 1).astype(int)
    chosen = [places == index for index in range(BINS)]
    return [Bin(float(p[c].mean()), float(y[c].mean()), float(c.mean())) for c in chosen if c.any()]


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error: the bins' mean |said - found|, by how much lies in each.

    Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
    binning", 2015.
    """
    return sum(one.share * abs(one.said - one.found) for one in bins)


def rank_correlation(first: Values, second: Values) -> float:
    """Spearman's: the correlation of the ranks of two (N,) arrays, equal values sharing theirs.

    0 where one of them says the same of everything.
    """
    one, other = (_ranks(values) - (len(values) + 1) / 2 for values in (first, second))
    spread = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / spread if spread > 0 else 0.0


def _ranks(values: Values) -> Values:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[places], np.float64)


def share_caught(doubts: Values, misses: npt.NDArray[np.bool_], share: float = 1 / 3) -> float:
    """How many of all misses lie in the first `share` of the queue, the most doubtful first.

    1 where nothing was missed.
    """
    if not misses.any():
        return 1.0
    first = np.argsort(-doubts, kind="stable")[: int(np.ceil(share * len(doubts)))]
    return float(misses[first].sum() / misses.sum())


def mean_entropy(probabilities: Numbers) -> float:
    """The mean binary entropy of a map, in nats: the plain measure of doubt."""
    p = np.clip(probabilities.astype(np.float64), 1e-7, 1 - 1e-7)
    return float(-(p * np.log(p) + (1 - p) * np.log(1 - p)).mean())
