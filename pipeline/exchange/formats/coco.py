"""COCO's detection format: one `annotations.json` with run-length encoded masks.

An image's `file_name` is its path below the photos' folder, named in `info`. What COCO has no
field for stands under `nevus` in each image; readers of COCO pass over it.
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from textwrap import indent
from typing import IO, Literal

from pycocotools import mask as coco_mask

from imaging.values import Rle
from pipeline.exchange.dataset import DatasetPhoto, Provenance

LESION = 1


@dataclass(frozen=True)
class Info:
    """What the dataset is."""

    description: str
    date_created: str
    year: int
    folder: str


@dataclass(frozen=True)
class Category:
    """What is annotated."""

    id: int
    name: str
    supercategory: str


@dataclass(frozen=True)
class Image:
    """A photo."""

    id: int
    file_name: str
    width: int
    height: int
    nevus: Provenance


@dataclass(frozen=True)
class Segmentation:
    """A mask: its size as [height, width], and its compressed counts."""

    size: tuple[int, int]
    counts: str


@dataclass(frozen=True)
class Annotation:
    """A lesion in a photo; `bbox` is [x, y, width, height]."""

    id: int
    image_id: int
    category_id: int
    segmentation: Segmentation
    area: int
    bbox: tuple[float, float, float, float]
    iscrowd: Literal[0]


@dataclass(frozen=True)
class Head:
    """How the file begins; `images` and `annotations` follow, lists of what their names say."""

    info: Info
    licenses: tuple[()]
    categories: tuple[Category, ...]


def write(photos: Iterable[DatasetPhoto], into: Path) -> None:
    """Write the dataset; a photo without a lesion is an image without annotation. Raises OSError.

    So is one on which nothing was ever drawn: `nevus.mask` tells them apart. Each lesion is an
    annotation of its own where a reviewer said that there are several.
    """
    with (
        (into / "annotations.json").open("w", encoding="utf-8") as file,
        # What is known of a photo at once stands in two lists of the file, one after the other.
        TemporaryFile("w+", encoding="utf-8", dir=into) as aside,
    ):
        images, annotations = List(file, "images"), List(aside, "annotations")
        # From 1 on: pycocotools takes the id 0 for no annotation.
        ids = count(1)
        for photo in photos:
            if images.empty:
                file.write(_head(photo))
            images.add(_image(photo))
            for lesion in photo.lesions:
                annotations.add(_annotation(lesion, next(ids), photo))
        images.end()
        annotations.end()
        file.write(",\n")
        aside.seek(0)
        shutil.copyfileobj(aside, file)
        file.write("\n}")


class List:
    """One of the file's lists, written value by value."""

    def __init__(self, file: IO[str], name: str) -> None:
        self._file = file
        self._name = name
        self.empty = True

    def add(self, value: Image | Annotation) -> None:
        """Write one more value."""
        self._file.write(f' "{self._name}": [\n' if self.empty else ",\n")
        self._file.write(indent(json.dumps(asdict(value), indent=1), "  "))
        self.empty = False

    def end(self) -> None:
        """Write the end of the list."""
        self._file.write(f' "{self._name}": []' if self.empty else "\n ]")


def _head(first: DatasetPhoto) -> str:
    """The file up to its lists, as of an object that goes on."""
    head = Head(_info(first), (), (Category(LESION, "lesion", "skin"),))
    return json.dumps(asdict(head), indent=1).removesuffix("\n}") + ",\n"


def _info(first: DatasetPhoto) -> Info:
    now = datetime.now(UTC)
    folder = first.provenance.path.removesuffix(first.relative_path).rstrip("/") or "/"
    return Info("Skin lesion masks reviewed in nevus", now.isoformat(), now.year, folder)


def _image(photo: DatasetPhoto) -> Image:
    return Image(
        id=photo.photo_id,
        file_name=photo.relative_path,
        width=photo.size.width,
        height=photo.size.height,
        nevus=photo.provenance,
    )


def _annotation(lesion: Rle, annotation_id: int, photo: DatasetPhoto) -> Annotation:
    encoded = {"size": [photo.size.height, photo.size.width], "counts": lesion.counts}
    left, top, width, height = (float(edge) for edge in coco_mask.toBbox(encoded))
    return Annotation(
        id=annotation_id,
        image_id=photo.photo_id,
        category_id=LESION,
        segmentation=_segmentation(lesion),
        area=int(coco_mask.area(encoded)),
        bbox=(left, top, width, height),
        iscrowd=0,
    )


def _segmentation(rle: Rle) -> Segmentation:
    return Segmentation((rle.size.height, rle.size.width), rle.counts.decode("ascii"))
