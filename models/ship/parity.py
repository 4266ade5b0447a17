"""How near the forms of one network come to each other on real photos: torch, package, .aimodel."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from imaging.decode.photo import read_photo
from imaging.framing import FRAMINGS, Mask, Pixels, Probabilities
from imaging.mask.agreement import agreement
from models.evaluate.pairs import Pair
from models.run.segmenter import Segmenter

LEAST_MEAN_JACCARD = 0.999
LEAST_JACCARD = 0.98
LARGEST_DIFFERENCE = 0.02


class ParityError(Exception):
    """One form doesn't compute what another computes; the message gives the figures."""


@dataclass(frozen=True)
class Parity:
    """Two forms of a network on the same framed photos.

    Jaccard of the masks at each photo's own size, and the largest difference of a probability.
    """

    photos: int
    mean_jaccard: float
    least_jaccard: float
    largest_difference: float

    def check(self, ours: str = "package", theirs: str = "network") -> None:
        """Raise ParityError where the two disagree."""
        if not (
            self.mean_jaccard >= LEAST_MEAN_JACCARD
            and self.least_jaccard >= LEAST_JACCARD
            and self.largest_difference <= LARGEST_DIFFERENCE
        ):
            raise ParityError(
                f"The {ours} doesn't compute what the {theirs} computes: on {self.photos} photos "
                f"mask Jaccard {self.mean_jaccard:.5f} (mean), {self.least_jaccard:.5f} (least), "
                f"largest probability difference {self.largest_difference:.5f}.{self._hint()}"
            )

    def check_numbers(self) -> None:
        """Raise ParityError where probabilities differ: masks may where a map is flat."""
        if not self.largest_difference <= LARGEST_DIFFERENCE:
            self.check()

    def _hint(self) -> str:
        if not self.largest_difference <= LARGEST_DIFFERENCE:
            return ""
        return (
            " The probabilities agree, the borders don't: the network's maps are still flat there. "
            "Train it for longer."
        )


@dataclass(frozen=True)
class Compared:
    """One photo in two forms: the Jaccard of its masks, the largest difference of its maps."""

    jaccard: float
    difference: float


@dataclass(frozen=True)
class ThreeWays:
    """One photo in three forms, and the milliseconds that Apple's runtime took of the processor."""

    package_and_torch: Compared
    aimodel_and_torch: Compared
    aimodel_and_package: Compared
    milliseconds: float


@dataclass(frozen=True)
class Agreement:
    """Torch, the package through ONNX Runtime and the .aimodel through Apple's, on the same photos.

    `milliseconds` is the processor's time for one run of the .aimodel, the median.
    """

    package_and_torch: Parity
    aimodel_and_torch: Parity
    aimodel_and_package: Parity
    milliseconds: float

    def check(self) -> None:
        """Raise ParityError where any two disagree."""
        self.package_and_torch.check()
        self.aimodel_and_torch.check(".aimodel")
        self.aimodel_and_package.check(".aimodel", "package")


def parity(network: nn.Module, segmenter: Segmenter, pairs: Iterable[Pair]) -> Parity:
    """Compare torch with a segmenter on the same framed photos. Raises PhotoError."""
    return summed([_compare(network, segmenter, pair.image) for pair in pairs])


def agree(
    network: nn.Module, package: Segmenter, aimodel: Segmenter, pairs: Iterable[Pair]
) -> Agreement:
    """Compare the three forms on the same framed photos. Raises PhotoError."""
    return together([compare_three(network, package, aimodel, pair.image) for pair in pairs])


def together(found: Sequence[ThreeWays]) -> Agreement:
    """What was found on each photo, over all of them."""
    return Agreement(
        summed([one.package_and_torch for one in found]),
        summed([one.aimodel_and_torch for one in found]),
        summed([one.aimodel_and_package for one in found]),
        float(np.median([one.milliseconds for one in found])),
    )


def summed(found: Sequence[Compared]) -> Parity:
    """What was found on each photo, over all of them."""
    overlaps = [one.jaccard for one in found]
    largest = max(one.difference for one in found)
    return Parity(len(found), float(np.mean(overlaps)), min(overlaps), largest)


def compare_three(
    network: nn.Module, package: Segmenter, aimodel: Segmenter, path: Path
) -> ThreeWays:
    """One photo, framed once, through all three. Raises PhotoError."""
    photo, info = read_photo(path), package.info
    framing = FRAMINGS[info.framing](photo.size, info.input_size)
    framed = framing.picture_to_grid(photo.pixels)
    exact, translated = _through_torch(network, framed), package.predict_framed(framed)
    started = time.process_time()
    apples = aimodel.predict_framed(framed)
    spent = (time.process_time() - started) * 1000

    def mask(grid: Probabilities) -> Mask:
        return framing.map_to_photo(grid) >= info.threshold

    masks = [(mask(grid), grid) for grid in (exact, translated, apples)]
    (torchs, onnxs, theirs) = masks
    return ThreeWays(_apart(onnxs, torchs), _apart(theirs, torchs), _apart(theirs, onnxs), spent)


def _compare(network: nn.Module, segmenter: Segmenter, path: Path) -> Compared:
    photo = read_photo(path)
    prediction = segmenter.predict(photo)
    framing, threshold = prediction.framing, segmenter.info.threshold
    grid = _through_torch(network, framing.picture_to_grid(photo.pixels))
    ours, theirs = (framing.map_to_photo(g) >= threshold for g in (prediction.grid, grid))
    return _apart((ours, prediction.grid), (theirs, grid))


def _through_torch(network: nn.Module, framed: Pixels) -> Probabilities:
    values = framed.transpose(2, 0, 1)[None].astype(np.float32) / 255
    with torch.no_grad():
        return np.asarray(network(torch.from_numpy(values))[0, 0].numpy(), np.float32)


def _apart(one: tuple[Mask, Probabilities], other: tuple[Mask, Probabilities]) -> Compared:
    jaccard = agreement(one[0], other[0]).jaccard
    return Compared(jaccard, float(np.abs(one[1] - other[1]).max()))
