"""Pairs read once, laid in canvases and put on the training device."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from models.train.recipe import UnfitRun
from models.train.refiner.views import Held

BAD = 0.75
"""Below this Jaccard the model's own outline is bad, and shown more often."""
Canvas = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True, eq=False)
class Sample:
    """A photo, its true mask, its kind, and the model's map of it as `fit` lays it (s, s)."""

    image: Path
    mask: Path
    kind: str
    own: Canvas


def hold(samples: Sequence[Sample], size: int, device: torch.device, threads: int) -> Held:
    """Read photos and masks in canvases of a size, and hold them with the model's maps.

    Photos of each kind are drawn alike often, those with a bad outline three times as often as
    others. Raises UnfitRun where one can't be read, or there are none.
    """
    if not samples:
        raise UnfitRun("There are no photos to train on.")
    with ThreadPoolExecutor(threads) as pool:
        read = list(pool.map(lambda sample: _canvases(sample, size), samples))
    photos = torch.from_numpy(np.stack([photo for photo, _ in read])).permute(0, 3, 1, 2)
    masks = torch.from_numpy(np.stack([mask for _, mask in read]))[:, None].to(device)
    maps = torch.from_numpy(np.stack([sample.own for sample in samples]))[:, None].to(device)
    chances = _chances(masks, maps, [sample.kind for sample in samples])
    return Held(photos.contiguous().to(device), masks, maps, chances)


def _canvases(sample: Sample, size: int) -> tuple[Canvas, Canvas]:
    photo = cv2.imread(str(sample.image), cv2.IMREAD_COLOR_RGB)
    drawn = cv2.imread(str(sample.mask), cv2.IMREAD_GRAYSCALE)
    if photo is None or drawn is None:
        raise UnfitRun(f"{sample.image} or {sample.mask} can't be decoded. Take their row out.")
    truth = np.where(drawn > 0, np.uint8(255), np.uint8(0))
    return _laid(np.asarray(photo, np.uint8), size), _laid(truth, size)


def _laid(picture: Canvas, size: int) -> Canvas:
    """A picture in the middle of a square, black beside it."""
    scale = size / max(picture.shape[:2])
    height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas = np.zeros((size, size, *picture.shape[2:]), np.uint8)
    top, left = (size - height) // 2, (size - width) // 2
    resized = cv2.resize(picture, (width, height), interpolation=how)
    canvas[top : top + height, left : left + width] = resized
    return canvas


def _chances(masks: Tensor, maps: Tensor, kinds: Sequence[str]) -> Tensor:
    counts = Counter(kinds)
    even = torch.tensor([1 / counts[kind] for kind in kinds], device=maps.device)
    parts = range(0, len(maps), 256)
    bad = [_jaccard(masks[at : at + 256], maps[at : at + 256]) < BAD for at in parts]
    return even * (1 + 2 * torch.cat(bad))


def _jaccard(masks: Tensor, maps: Tensor) -> Tensor:
    truth = F.adaptive_avg_pool2d(masks.float(), maps.shape[-1]) > 127
    drawn = maps > 110
    both = (truth & drawn).flatten(1).sum(1)
    return both / (truth | drawn).flatten(1).sum(1).clamp_min(1)
