"""A mask a photo as an 8-bit PNG, 0 and 255, at the upright photo's full size.

`masks/NAME.png` and, a JSON object a line, `provenance.jsonl`.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np
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
            lines.write(json.dumps(asdict(photo.provenance)) + "\n")


def _mask(photo: DatasetPhoto) -> Mask | None:
    if photo.drawn is Drawn.EMPTY:
        return np.zeros((photo.size.height, photo.size.width), np.bool_)
    return None if photo.rle is None else rle.decode(photo.rle)
