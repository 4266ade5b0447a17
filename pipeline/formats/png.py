"""A mask a photo as an 8-bit PNG, 0 and 255, at the upright photo's full size.

`masks/NAME.png` and, a JSON object a line, `provenance.jsonl`.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image

from imaging import rle
from imaging.framing import Mask
from pipeline.dataset import DatasetPhoto


def write(photos: Sequence[DatasetPhoto], into: Path) -> int:
    """Write the dataset; a photo without a lesion gets an all-zero mask. Raises OSError."""
    (into / "masks").mkdir()
    masks = 0
    with (into / "provenance.jsonl").open("w", encoding="utf-8") as lines:
        for photo in photos:
            masks += _write_mask(photo, into / "masks" / f"{photo.name}.png")
            lines.write(json.dumps(asdict(photo.provenance)) + "\n")
    return masks


def _write_mask(photo: DatasetPhoto, path: Path) -> bool:
    mask = _mask(photo)
    if mask is None:
        return False
    Image.fromarray(mask.astype(np.uint8) * 255).save(path)
    return True


def _mask(photo: DatasetPhoto) -> Mask | None:
    if photo.no_lesion:
        return np.zeros((photo.size.height, photo.size.width), np.bool_)
    # Rejected or skipped before there was a model: an empty mask would claim that it was looked at.
    return rle.decode(photo.rle) if photo.rle is not None else None
