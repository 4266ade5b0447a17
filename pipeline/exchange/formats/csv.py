"""A table, a row a photo: all that is known of it, and each lesion as COCO's run lengths.

`masks.csv`. `lesions_rle` holds a JSON list of compressed counts, at `width` by `height`.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path

from imaging.framing import Size
from imaging.mask import rle
from imaging.values import Rle
from pipeline.errors import LabelError, said_of
from pipeline.exchange.dataset import DatasetPhoto, Drawn, Provenance
from pipeline.exchange.format import CLASS, Label, Read, Sizes, no_overview, record

PHOTOS, APART = "images", True
overview = no_overview
_FILE, _MASKS = "masks.csv", "lesions_rle"
_LONGEST = 2**28
"""Characters of a field: as many runs as a photo can have."""


def write(photos: Iterable[DatasetPhoto], into: Path) -> None:
    """Write the dataset. Raises OSError."""
    names = ["file_name", *(field.name for field in fields(Provenance)), _MASKS]
    # What no encoding has is kept as the bytes that it is.
    with (into / _FILE).open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        rows = csv.DictWriter(file, names)
        rows.writeheader()
        for photo in photos:
            masks = json.dumps([lesion.counts.decode("ascii") for lesion in photo.lesions])
            said = asdict(photo.provenance)
            rows.writerow({"file_name": photo.relative_path, **said, _MASKS: masks})


def read(source: Path, sizes: Sizes) -> Iterator[Read]:
    """Each row on which something was drawn."""
    path = source / _FILE if source.is_dir() else source
    csv.field_size_limit(min(_LONGEST, sys.maxsize))
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            for row in csv.DictReader(file, strict=True):
                if row["mask"] != Drawn.NONE:
                    yield record(partial(_label, row), row["file_name"])
    except (LookupError, TypeError, ValueError, OSError, csv.Error) as error:
        raise LabelError(f"{path} can't be read as nevus's table: {said_of(error)}.") from error


def _label(row: dict[str, str]) -> Label:
    size = Size(int(row["width"]), int(row["height"]))
    lesions = tuple(Rle(size, counts.encode("ascii")) for counts in json.loads(row[_MASKS]))
    for lesion in lesions:
        rle.area(lesion)
    return Label(row["file_name"], size, lesions, (CLASS,) * len(lesions))


def key(photo: DatasetPhoto) -> str:
    """Its path."""
    return photo.relative_path


def kept(lesion: Rle) -> Rle:
    """All of it."""
    return lesion
