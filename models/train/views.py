"""Training pairs in memory, and new views of them, the same ones again after a resume."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from models.evaluate.masks import read_mask
from models.evaluate.pairs import Pair, PairsError
from models.train.augmentation import Picture, augment, paste, take_colours
from models.train.recipe import Recipe
from models.train.skin import skin_beside

COLOURS_CHANCE, SKIN_CHANCE = 0.25, 0.08
"""How often a view takes another photo's colours, and shows plain skin beside the lesion alone."""


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


@dataclass(frozen=True)
class Draw:
    """Which view to draw: of which epoch, of which pair, and how large."""

    epoch: int
    index: int
    size: int


class Views(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """Augmented views, decided by seed and draw alone.

    An item is a uint8 photo (H, W, 3), a uint8 mask (H, W) and its float weight.
    """

    def __init__(
        self, pairs: Sequence[Pair], seed: int, paste_chance: float = Recipe.paste_chance
    ) -> None:
        with ThreadPoolExecutor() as readers:
            self._items = list(readers.map(read_pair, pairs))
        self._weights = [weight(pair) for pair in pairs]
        self._kinds = np.array([pair.row.get("kind", "") for pair in pairs])
        self._seed, self._paste_chance = seed, paste_chance

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, draw: Draw) -> tuple[Tensor, Tensor, Tensor]:
        random = np.random.default_rng((self._seed, draw.epoch, draw.index))
        photo, mask = self._items[draw.index]
        if random.random() < SKIN_CHANCE and (skin := skin_beside(photo, mask, random)) is not None:
            photo, mask = skin, np.zeros(skin.shape[:2], np.uint8)
        if random.random() < COLOURS_CHANCE:
            photo = take_colours(photo, self._any(random)[0], random)
        if random.random() < self._paste_chance:
            photo, mask = paste(photo, mask, *self._any(random), random)
        view, truth = augment(photo, mask, draw.size, random)
        return (
            torch.from_numpy(view),
            torch.from_numpy(truth),
            torch.tensor(self._weights[draw.index]),
        )

    def _any(self, random: np.random.Generator) -> tuple[Picture, Picture]:
        return self._items[int(random.integers(len(self._items)))]

    def order(self, epoch: int) -> list[int]:
        """An epoch's order of the items."""
        random = np.random.default_rng((self._seed, epoch))
        return [int(i) for i in random.permutation(len(self))]

    def even_order(self, epoch: int) -> list[int]:
        """An epoch's order of as many items of each kind as the rarest has, drawn anew."""
        random = np.random.default_rng((self._seed, epoch))
        kinds = [np.flatnonzero(self._kinds == kind) for kind in np.unique(self._kinds)]
        least = min(len(kind) for kind in kinds)
        drawn = np.concatenate([random.choice(kind, least, replace=False) for kind in kinds])
        return [int(i) for i in random.permutation(drawn)]


class Epochs:
    """The draws of whole batches, epoch after epoch without end, from a recipe's `first` one."""

    def __init__(self, views: Views, recipe: Recipe, first: int = 0) -> None:
        self._views, self._recipe, self._first = views, recipe, first

    @property
    def steps(self) -> int:
        """How many batches an epoch has; what doesn't fill one is left out."""
        return len(self._order(0)) // self._recipe.batch

    def _order(self, epoch: int) -> list[int]:
        return self._views.even_order(epoch) if self._recipe.even else self._views.order(epoch)

    def __iter__(self) -> Iterator[list[Draw]]:
        for epoch in count(self._first):
            order, size = self._order(epoch), self._recipe.size_in(epoch)
            for start in range(0, self.steps * self._recipe.batch, self._recipe.batch):
                chosen = order[start : start + self._recipe.batch]
                yield [Draw(epoch, index, size) for index in chosen]
