"""A mask a photo as an 8-bit PNG, 0 and 255, at the upright photo's full size.

`masks/NAME.png` and, a JSON object a line, `provenance.jsonl`. Where a reviewer said that there are
several lesions, `instances/NAME.png` tells them apart: 1 in the first one, 2 in the second.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from imaging.framing import Mask
from imaging.mask import rle
from pipeline.exchange.dataset import DatasetPhoto, Drawn


def write(photos: Iterable[DatasetPhoto], into: Path) -> None:
    """Write the dataset; a photo without a lesion gets an all-zero mask. Raises OSError.

    One on which nothing was ever drawn gets none: an empty mask would claim that it was looked at.
    """
    (into / "masks").mkdir()
    with (into / "provenance.jsonl").open("w", encoding="utf-8") as lines:
        for photo in photos:
            mask = _mask(photo)
            if mask is not None:
                path = into / "masks" / f"{photo.name}.png"
                Image.fromarray(mask.astype(np.uint8) * 255).save(path)
            if len(photo.lesions) > 1:
                (into / "instances").mkdir(exist_ok=True)
                numbers = _numbers(photo)
                Image.fromarray(numbers).save(into / "instances" / f"{photo.name}.png")
            lines.write(json.dumps(asdict(photo.provenance)) + "\n")


def _mask(photo: DatasetPhoto) -> Mask | None:
    if photo.drawn is Drawn.EMPTY:
        return np.zeros((photo.size.height, photo.size.width), np.bool_)
    return None if photo.rle is None else rle.decode(photo.rle)


def _numbers(photo: DatasetPhoto) -> npt.NDArray[np.unsignedinteger]:
    """Which lesion each pixel (H, W) is of, 0 for none; in 16 bits where 8 are too few."""
    kind = np.uint8 if len(photo.lesions) <= np.iinfo(np.uint8).max else np.uint16
    numbers = np.zeros((photo.size.height, photo.size.width), kind)
    for number, lesion in enumerate(photo.lesions, 1):
        numbers[rle.decode(lesion)] = number
    return numbers
