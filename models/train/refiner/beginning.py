"""What a refiner's training begins with: the model's outlines of all photos, and its weights."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from imaging.decode.photo import read_photo
from imaging.framing import Size, fit
from models.evaluate.pairs import Pair
from models.run.segmenter import Segmenter
from models.train.network import LesionNetwork
from models.train.normalisation import normalise
from models.train.refiner.network import refiner_network, take_lesion_weights
from models.train.refiner.photos import Sample
from models.train.views import read_pair
from models.train.warm_start import take_weights

MAP_SIDE = 128
SETTLING_PHOTOS = 48
SIDE = 256


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
