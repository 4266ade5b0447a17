"""COCO's detection format: one `annotations.json` with run-length encoded masks.

An image's `file_name` is its path below the photos' folder, named in `info`. What COCO has no
field for stands under `nevus` in each image; readers of COCO pass over it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

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
class Document:
    """The whole file."""

    info: Info
    licenses: tuple[()]
    categories: tuple[Category, ...]
    images: tuple[Image, ...]
    annotations: tuple[Annotation, ...]


def write(photos: Sequence[DatasetPhoto], into: Path) -> None:
    """Write the dataset; a photo without a lesion is an image without annotation. Raises OSError.

    So is one on which nothing was ever drawn: `nevus.mask` tells them apart.
    """
    annotations = tuple(found for photo in photos if (found := _annotation(photo)) is not None)
    document = Document(
        info=_info(photos),
        licenses=(),
        categories=(Category(LESION, "lesion", "skin"),),
        images=tuple(_image(photo) for photo in photos),
        annotations=annotations,
    )
    text = json.dumps(asdict(document), indent=1)
    (into / "annotations.json").write_text(text, encoding="utf-8")


def _info(photos: Sequence[DatasetPhoto]) -> Info:
    now = datetime.now(UTC)
    first = photos[0]
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


def _annotation(photo: DatasetPhoto) -> Annotation | None:
    if photo.rle is None:
        return None
    encoded = {"size": [photo.size.height, photo.size.width], "counts": photo.rle.counts}
    left, top, width, height = (float(edge) for edge in coco_mask.toBbox(encoded))
    return Annotation(
        id=photo.photo_id,
        image_id=photo.photo_id,
        category_id=LESION,
        segmentation=_segmentation(photo.rle),
        area=int(coco_mask.area(encoded)),
        bbox=(left, top, width, height),
        iscrowd=0,
    )


def _segmentation(rle: Rle) -> Segmentation:
    return Segmentation((rle.size.height, rle.size.width), rle.counts.decode("ascii"))
