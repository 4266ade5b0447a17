"""Training pairs in memory, and new views of them, the same ones again after a resume."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from models.evaluate.masks import read_mask
from models.evaluate.pairs import Pair, PairsError
from models.train.augmentation import Picture, augment, paste, take_colours

COLOURS_CHANCE, PASTE_CHANCE = 0.25, 0.08
"""How often a view takes another photo's colours, and gets another photo's lesion beside its own.

The official masks of dermoscopy leave a second lesion out, so pasting stays rare.
"""


def read_pair(pair: Pair) -> tuple[Picture, Picture]:
    """A pair's pixels: photo uint8 (H, W, 3) RGB and mask uint8 (H, W), 0 or 255.

    Raises PairsError where one can't be decoded or their sizes differ.
    """
    photo = cv2.imread(str(pair.image), cv2.IMREAD_COLOR_RGB)
    if photo is None:
        raise PairsError(f"{pair.image} can't be decoded. Take its row out.")
    mask = read_mask(pair)
    if photo.shape[:2] != mask.shape:
        raise PairsError(f"{pair.image} and {pair.mask} differ in size. Take their row out.")
    return np.asarray(photo, np.uint8), np.where(mask, 255, 0).astype(np.uint8)


def weight(pair: Pair) -> float:
    """How much a pair counts: less where two people drew the same photo very differently."""
    iou = pair.row.get("annotator_iou", "")
    return 1.0 if not iou or float(iou) >= 0.5 else 0.3


class Views(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """Augmented views, decided by seed, epoch and index alone.

    An item is a uint8 photo (H, W, 3), a uint8 mask (H, W) and its float weight.
    """

    def __init__(self, pairs: Sequence[Pair], seed: int) -> None:
        self._items = [read_pair(pair) for pair in pairs]
        self._weights = [weight(pair) for pair in pairs]
        self._kinds = np.array([pair.row.get("kind", "") for pair in pairs])
        self._seed = seed
        self.epoch = 0
        self.size = 0

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor]:
        random = np.random.default_rng((self._seed, self.epoch, index))
        photo, mask = self._items[index]
        if random.random() < COLOURS_CHANCE:
            photo = take_colours(photo, self._any(random)[0], random)
        if random.random() < PASTE_CHANCE:
            photo, mask = paste(photo, mask, *self._any(random), random)
        view, truth = augment(photo, mask, self.size, random)
        return torch.from_numpy(view), torch.from_numpy(truth), torch.tensor(self._weights[index])

    def _any(self, random: np.random.Generator) -> tuple[Picture, Picture]:
        return self._items[int(random.integers(len(self._items)))]

    def order(self) -> list[int]:
        """This epoch's order of the items."""
        random = np.random.default_rng((self._seed, self.epoch))
        return [int(i) for i in random.permutation(len(self))]

    def even_order(self) -> list[int]:
        """This epoch's order of as many items of each kind as the rarest has, drawn anew."""
        random = np.random.default_rng((self._seed, self.epoch))
        kinds = [np.flatnonzero(self._kinds == kind) for kind in np.unique(self._kinds)]
        least = min(len(kind) for kind in kinds)
        drawn = np.concatenate([random.choice(kind, least, replace=False) for kind in kinds])
        return [int(i) for i in random.permutation(drawn)]
