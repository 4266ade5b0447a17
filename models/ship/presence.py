"""How sure a model is that there is a lesion at all: fitted, and measured, on lesions and skin.

Plain skin is cut beside the lesions of the same photos, so that camera, light and patient don't
tell one from the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from imaging.decode.photo import read_photo
from imaging.framing import Size
from imaging.photo import Photo
from imaging.values import NO_LESION_BELOW
from models.evaluate.masks import read_mask
from models.evaluate.pairs import Pair
from models.run.segmenter import Segmenter
from models.ship.calibration import Bin, Values, calibration_error
from models.train.skin import skin_beside

BINS = 10


@dataclass(frozen=True)
class Presence:
    """How well lesions are told from plain skin on photos that fitted nothing.

    `auc` is how often a lesion has the greater probability of the two; `missed` is the share of
    lesions, `found` that of pieces of skin, with a probability below NO_LESION_BELOW.
    """

    lesions: int
    skin: int
    auc: float
    calibration_error: float
    missed: float
    found: float


def cut_skin(pair: Pair, longest: int, seed: int) -> Photo | None:
    """A piece of plain skin out of a photo; None without room. Raises PhotoError, PairsError."""
    photo, mask = read_photo(pair.image, longest), read_mask(pair)
    size = (photo.pixels.shape[1], photo.pixels.shape[0])
    smaller = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    here = np.where(smaller > 0, 255, 0).astype(np.uint8)
    piece = skin_beside(photo.pixels, here, np.random.default_rng(seed))
    return None if piece is None else Photo(piece, Size(piece.shape[1], piece.shape[0]))


def measure_presence(segmenter: Segmenter, pairs: Sequence[Pair]) -> Presence | None:
    """Hold a segmenter's word on lesions against photos and pieces of skin cut from them.

    None where it says nothing of it, or no photo has room for a piece. Raises PhotoError.
    """
    side = segmenter.decoded_side
    photos = [read_photo(pair.image, side) for pair in pairs]
    pieces = [cut_skin(pair, side, number) for number, pair in enumerate(pairs)]
    lesions = [_said(segmenter, photo) for photo in photos]
    skin = [_said(segmenter, piece) for piece in pieces if piece is not None]
    if None in lesions or not skin:
        return None
    return tell_apart(np.array(lesions, np.float64), np.array(skin, np.float64))


def _said(segmenter: Segmenter, photo: Photo) -> float | None:
    return segmenter.predict(photo).lesion_probability


def tell_apart(lesions: Values, skin: Values) -> Presence:
    """The figures of probabilities said of lesions and of skin, each (N,)."""
    above = (lesions[:, None] > skin).mean() + (lesions[:, None] == skin).mean() / 2
    said = np.concatenate([lesions, skin])
    truth = np.repeat([1.0, 0.0], [len(lesions), len(skin)])
    places = np.minimum((said * BINS).astype(int), BINS - 1)
    chosen = [places == place for place in np.unique(places)]
    bins = [Bin(float(said[c].mean()), float(truth[c].mean()), float(c.mean())) for c in chosen]
    return Presence(
        lesions=len(lesions),
        skin=len(skin),
        auc=float(above),
        calibration_error=calibration_error(bins),
        missed=float((lesions < NO_LESION_BELOW).mean()),
        found=float((skin < NO_LESION_BELOW).mean()),
    )
