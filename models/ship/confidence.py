"""How far a model's own word can be trusted: fitted on held-out photos, measured on others."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from imaging.decode.photo import read_photo
from imaging.framing import Framing, Mask, Probabilities, Size, fit
from imaging.mask.agreement import agreement, expected_jaccard
from imaging.mask.outline import draw_mask, mask_on_grid
from imaging.photo import Photo
from models.evaluate.evaluation import USEFUL
from models.evaluate.masks import read_mask
from models.evaluate.pairs import Pair
from models.package.package import (
    JACCARD_INTERCEPT_KEY,
    JACCARD_SLOPE_KEY,
    LESION_INTERCEPT_KEY,
    LESION_SLOPE_KEY,
    THRESHOLD_KEY,
    peak_logit,
)
from models.run.segmenter import Segmenter
from models.ship.calibration import (
    Bin,
    Scaling,
    Values,
    calibration_error,
    fit_scaling,
    mean_entropy,
    rank_correlation,
    reliability,
    share_caught,
    sigmoid,
)
from models.ship.exported import ShippedNetwork
from models.ship.kinds import PHONE, Calibration, fit_teller
from models.ship.presence import cut_skin
from models.train.network import upsample
from models.train.recipe import UnfitRun

THRESHOLDS = np.linspace(0.2, 0.7, 51)
"""Among these the threshold of a package is chosen."""


@dataclass(frozen=True)
class Fitted:
    """What was fitted on photos the network never saw.

    `phone` is the scaling of phone photos where they are told from others, `lesion` what turns the
    logit of a map's greatest probability into how sure it is that there is a lesion (None where
    no photo had room for a piece of plain skin).
    """

    pairs: int
    scaling: Scaling
    phone: Scaling | None
    lesion: Scaling | None
    threshold: float
    jaccard_slope: float
    jaccard_intercept: float

    def metadata(self) -> dict[str, str]:
        """What a package says of it; the scalings of its logits are in its graph."""
        said = {
            THRESHOLD_KEY: f"{self.threshold:g}",
            JACCARD_SLOPE_KEY: f"{self.jaccard_slope:.6f}",
            JACCARD_INTERCEPT_KEY: f"{self.jaccard_intercept:.6f}",
        }
        if self.lesion is not None:
            said[LESION_SLOPE_KEY] = f"{self.lesion.scale:.6f}"
            said[LESION_INTERCEPT_KEY] = f"{self.lesion.bias:.6f}"
        return said


@dataclass(frozen=True)
class Confidence:
    """How good a model's word is, on photos that fitted nothing.

    `calibration_error` is over pixels with 0.05 < p < 0.95. `spearman` is between predicted and
    true Jaccard, `caught` the share of all masks below 0.65 that lie in the first third of a queue
    that begins with the least predicted Jaccard; the baselines order by mean entropy instead.
    """

    pairs: int
    calibration_error: float
    spearman: float
    caught: float
    baseline_spearman: float
    baseline_caught: float
    mean_error: float
    """The mean absolute difference of predicted and true Jaccard."""
    bins: list[Bin]
    predicted: list[float]
    true: list[float]


@dataclass(frozen=True, eq=False)
class _Seen:
    """A photo as the network saw it: its framing, the logits on its grid, and its features."""

    framing: Framing
    logits: Values
    features: Values
    truth: Mask

    @property
    def truth_on_grid(self) -> Values:
        """How much of each grid pixel on the photo is lesion, from 0 to 1."""
        size = (self.framing.width, self.framing.height)
        shares = cv2.resize(self.truth.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        return np.asarray(shares, np.float64)

    def probabilities(self, calibration: Calibration) -> Probabilities:
        """The calibrated map on the whole grid."""
        scaling = calibration.of(self.features)
        return sigmoid(self.logits * scaling.scale + scaling.bias).astype(np.float32)


def fit_confidence(network: ShippedNetwork, pairs: Sequence[Pair], size: int) -> Fitted:
    """Calibrate a network: fit its scalings, threshold, Jaccard and lesions on framed photos.

    Raises UnfitRun where there are fewer than two pairs, PairsError, PhotoError.
    """
    if len(pairs) < 2:
        raise UnfitRun(
            f"{len(pairs)} of the training pairs are held out to calibrate on; at least 2 are "
            "needed. A tenth of the groups is, so give more pairs."
        )
    seen = [_look(network, pair, size) for pair in pairs]
    calibration = _calibration(seen, [pair.row.get("kind") == PHONE for pair in pairs])
    network.calibrate(calibration)
    maps = [one.probabilities(calibration) for one in seen]
    threshold = _threshold(seen, maps, calibration.scaling)
    parts = [grid[one.framing.inside] for one, grid in zip(seen, maps, strict=True)]
    expected = [expected_jaccard(part, mask_on_grid(part, threshold)) for part in parts]
    slope, intercept = _line(expected, _jaccards(seen, maps, threshold))
    return Fitted(
        pairs=len(seen),
        scaling=calibration.scaling,
        phone=calibration.phone,
        lesion=_lesion(parts, _skin(network, calibration, pairs, size)),
        threshold=threshold,
        jaccard_slope=slope,
        jaccard_intercept=intercept,
    )


def _calibration(seen: Sequence[_Seen], phones: Sequence[bool]) -> Calibration:
    """One scaling for all, or one for each of two kinds where there are enough of both."""
    flags = np.array(phones)
    teller = fit_teller(np.array([one.features for one in seen]), flags)
    if teller is None:
        return Calibration(_scaling(seen))
    others = [one for one, phone in zip(seen, flags, strict=True) if not phone]
    own = [one for one, phone in zip(seen, flags, strict=True) if phone]
    return Calibration(_scaling(others), _scaling(own), teller)


def _scaling(seen: Sequence[_Seen]) -> Scaling:
    # Of four neighbours one: the others say the same, and all of them together need minutes.
    logits = [one.logits[one.framing.inside][::2, ::2] for one in seen]
    return fit_scaling(logits, [one.truth_on_grid[::2, ::2] for one in seen])


def _skin(
    network: ShippedNetwork, calibration: Calibration, pairs: Sequence[Pair], size: int
) -> list[Probabilities]:
    """Maps of plain skin beside lesions, where a photo has room for a piece."""
    pieces = [cut_skin(pair, size, number) for number, pair in enumerate(pairs)]
    seen = [_see(network, one, size, np.zeros((1, 1), bool)) for one in pieces if one is not None]
    return [one.probabilities(calibration)[one.framing.inside] for one in seen]


def _lesion(lesions: Sequence[Probabilities], skin: Sequence[Probabilities]) -> Scaling | None:
    """What turns the peak of a map into how sure it is that there is a lesion."""
    if not skin:
        return None
    peaks = np.array([peak_logit(float(part.max())) for part in (*lesions, *skin)])
    return fit_scaling([peaks], [np.repeat([1.0, 0.0], [len(lesions), len(skin)])])


def _look(network: ShippedNetwork, pair: Pair, size: int) -> _Seen:
    return _see(network, read_photo(pair.image, size), size, read_mask(pair))


def _see(network: ShippedNetwork, photo: Photo, size: int, truth: Mask) -> _Seen:
    framing = fit(photo.size, Size(size, size))
    framed = framing.picture_to_grid(photo.pixels).transpose(2, 0, 1)[None]
    with torch.no_grad():
        logits, features = network.look(torch.from_numpy(framed.astype(np.float32) / 255))
    grid, flat = upsample(logits)[0, 0].numpy(), features.flatten().numpy()
    return _Seen(framing, grid.astype(np.float64), flat.astype(np.float64), truth)


def _jaccards(
    seen: Sequence[_Seen], maps: Sequence[Probabilities], threshold: float
) -> list[float]:
    return [
        agreement(draw_mask(grid, one.framing, threshold), one.truth).jaccard
        for one, grid in zip(seen, maps, strict=True)
    ]


def _threshold(seen: Sequence[_Seen], maps: Sequence[Probabilities], scaling: Scaling) -> float:
    """Of the thresholds no worse than the best one that with the fewest masks below 0.65.

    No worse: its mean Jaccard lies within one standard error of the paired difference. The optimum
    is flat, and its very top says more of these photos than of others. Of several with as few the
    nearest to an unscaled 0.5.
    """
    # On the grid: fifty thresholds at every photo's own size would take minutes.
    scores = np.array(
        [
            [
                agreement(
                    mask_on_grid(grid[one.framing.inside], threshold),
                    one.truth_on_grid >= 0.5,
                ).jaccard
                for one, grid in zip(seen, maps, strict=True)
            ]
            for threshold in THRESHOLDS
        ]
    )
    lost = scores[scores.mean(axis=1).argmax()] - scores
    error = lost.std(axis=1, ddof=1) / np.sqrt(len(seen))
    misses = np.where(lost.mean(axis=1) <= error, (scores < USEFUL).sum(axis=1), len(seen) + 1)
    good = THRESHOLDS[misses == misses.min()]
    plain = float(sigmoid(np.array(scaling.bias)))
    return round(float(good[np.abs(good - plain).argmin()]), 2)


def _line(expected: Sequence[float], true: Sequence[float]) -> tuple[float, float]:
    """The least-squares line; flat where all expectations are the same."""
    x, y = np.array(expected), np.array(true)
    spread = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum()) / spread if spread > 1e-12 else 0.0
    return slope, float(y.mean() - slope * x.mean())


def measure_confidence(segmenter: Segmenter, pairs: Sequence[Pair]) -> Confidence:
    """Hold a segmenter's word against true masks, at each photo's own size. Raises PhotoError."""
    maps, truths, predicted, doubts, true = [], [], [], [], []
    for pair in pairs:
        prediction = segmenter.predict(read_photo(pair.image, segmenter.decoded_side))
        truth = read_mask(pair)
        framing, threshold = prediction.framing, segmenter.info.threshold
        maps.append(framing.map_to_photo(prediction.grid))
        truths.append(truth)
        assert prediction.predicted_jaccard is not None
        predicted.append(prediction.predicted_jaccard)
        doubts.append(mean_entropy(prediction.grid[prediction.framing.inside]))
        drawn = draw_mask(prediction.grid, framing, threshold)
        true.append(agreement(drawn, truth).jaccard)
    bins, jaccards = reliability(maps, truths), np.array(true)
    misses = jaccards < USEFUL
    return Confidence(
        pairs=len(true),
        calibration_error=calibration_error(bins),
        spearman=rank_correlation(np.array(predicted), jaccards),
        caught=share_caught(-np.array(predicted), misses),
        baseline_spearman=rank_correlation(-np.array(doubts), jaccards),
        baseline_caught=share_caught(np.array(doubts), misses),
        mean_error=float(np.abs(np.array(predicted) - jaccards).mean()),
        bins=bins,
        predicted=predicted,
        true=true,
    )
