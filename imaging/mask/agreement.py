"""How far two masks agree: Dice and Jaccard, and a bootstrap interval for their mean."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imaging.framing import Mask, Probabilities


@dataclass(frozen=True)
class Agreement:
    """Dice (2|A∩B| / (|A|+|B|)) and Jaccard (|A∩B| / |A∪B|) of two masks, from 0 to 1."""

    dice: float
    jaccard: float


def agreement(first: Mask, second: Mask) -> Agreement:
    """Compare two masks (H, W) of the same size; empty against empty agrees fully (1).

    Raises ValueError when the sizes differ.
    """
    if first.shape != second.shape:
        raise ValueError(f"masks of {first.shape} and {second.shape} can't be compared")
    both = int(np.count_nonzero(first & second))
    total = int(np.count_nonzero(first)) + int(np.count_nonzero(second))
    if total == 0:
        return Agreement(1.0, 1.0)
    return Agreement(2 * both / total, both / (total - both))


def expected_jaccard(probabilities: Probabilities, mask: Mask) -> float:
    """What Jaccard to expect of a mask if each probability is right.

    The expected intersection over the expected union, pixel by pixel: with m the mask and p the
    probabilities (H, W), sum(p·m) / (sum(m) + sum(p·(1-m))). 0 for an empty mask.
    """
    area = int(np.count_nonzero(mask))
    if area == 0:
        return 0.0
    both = float(probabilities[mask].sum(dtype=np.float64))
    beside = float(probabilities.sum(dtype=np.float64)) - both
    return both / (area + beside)


def bootstrap_interval(
    values: npt.NDArray[np.float64], *, draws: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """The 95% percentile interval of the mean of `values` (N,), resampled with replacement.

    Efron, "Bootstrap methods: another look at the jackknife", 1979. Raises ValueError if empty.
    """
    if values.size == 0:
        raise ValueError("no values to resample")
    random = np.random.default_rng(seed)
    picks = random.integers(0, values.size, (draws, values.size))
    low, high = np.percentile(values[picks].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
