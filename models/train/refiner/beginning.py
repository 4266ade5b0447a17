"""What a refiner's training begins with: the model's outlines of all photos, and its weights."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from imaging.decode.photo import read_photo
from imaging.framing import Size, fit
from models.evaluate.pairs import Pair, held_out, read_pairs
from models.run.segmenter import Segmenter, open_segmenter
from models.train.loop import normalise
from models.train.network import LesionNetwork
from models.train.refiner.network import refiner_network, take_lesion_weights
from models.train.refiner.photos import Sample, hold
from models.train.refiner.views import Held
from models.train.views import read_pair
from models.train.warm_start import take_weights

CANVAS = 384
"""Photos are held at this side, in pixels."""
MAP_SIDE = 128
SETTLING_PHOTOS = 48
SIDE = 256


@dataclass(frozen=True)
class Ready:
    """A network to be trained, photos to train it on, and dev."""

    network: LesionNetwork
    held: Held
    dev: Held


def make_ready(
    data: Path,
    package: Path,
    member: int,
    threads: int,
    watched: Callable[[Sequence[Pair]], Iterable[Pair]] = iter,
) -> Ready:
    """Read what a run needs, on a graphics card if there is one.

    It begins with the package's `member`th network and mends the package's outlines; `watched`
    passes on the photos that these are made of. Raises PairsError, PhotoError, ModelError and
    UnfitRun.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    segmenter = open_segmenter(package)
    learnt = [pair for pair in read_pairs(data, {"split": "train"}) if not held_out(pair)]
    splits = learnt, read_pairs(data, {"split": "dev"})
    held, dev = (
        hold(samples(watched(pairs), segmenter), CANVAS, device, threads) for pairs in splits
    )
    network = begin(package, learnt, member).to(device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Ready(network, held, dev)


def samples(pairs: Iterable[Pair], segmenter: Segmenter) -> list[Sample]:
    """Pairs with the model's maps of them. Raises PhotoError and ModelError."""
    found = []
    for pair in pairs:
        grid = segmenter.predict(read_photo(pair.image, segmenter.decoded_side)).grid
        small = cv2.resize(grid, (MAP_SIDE, MAP_SIDE), interpolation=cv2.INTER_AREA)
        own = np.rint(small * 255).astype(np.uint8)
        found.append(Sample(pair.image, pair.mask, pair.row.get("kind", ""), own))
    return found


def begin(package: Path, pairs: Sequence[Pair], member: int = 1) -> LesionNetwork:
    """A refiner with the weights of a package's `member`th network, its norms settled on photos.

    Raises ModelError where the package holds another network.
    """
    chosen = [read_pair(pair)[0] for pair in pairs[:: max(1, len(pairs) // SETTLING_PHOTOS)]]
    framed = [fit(Size.of(photo), Size(SIDE, SIDE)).picture_to_grid(photo) for photo in chosen]
    lesion, refiner = LesionNetwork(), refiner_network()
    take_weights(lesion, package, normalise(torch.from_numpy(np.stack(framed))), member)
    take_lesion_weights(refiner, lesion)
    return refiner
