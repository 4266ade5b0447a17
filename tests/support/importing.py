"""What tests of imports share."""

from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from db.store import Store
from db.values import DecisionKind
from imaging.framing import Size
from imaging.mask import rle
from pipeline.exchange.importing import Asked, Imported, import_labels

STORED = Size(19, 17)
"""Of photos as their files have them."""
ADA = Asked("ada")
DECIDED = Asked("ada", as_decision=True)


def nobody_hears(_done: int) -> None:
    pass


def run(store: Store, folder: Path, source: Path, asked: Asked = ADA) -> Imported:
    return import_labels(store, folder, source, asked, nobody_hears)


def turned(path: Path, orientation: int) -> None:
    """A photo like no other, stored under an orientation."""
    pixels = np.random.default_rng(orientation).integers(0, 255, (STORED.height, STORED.width, 3))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    Image.fromarray(pixels.astype(np.uint8)).save(path, exif=exif)


def masks_of(store: Store, folder: Path) -> dict[str, tuple[DecisionKind | None, str, list[str]]]:
    """What each photo stands on: its decision, its mask and its lesions, as hashes."""
    found = {}
    for item in store.queue(str(folder)):
        revision = item.revision_id
        assert revision is not None
        whole = rle.digest(store.mask(revision))
        lesions = [rle.digest(lesion) for lesion in store.instances(revision)]
        if item.decision is DecisionKind.NO_LESION:
            whole, lesions = "", []
        found[item.name] = item.decision, whole, lesions
    return found
