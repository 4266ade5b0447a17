"""COCO's detection format: one `annotations.json` with run-length encoded masks.

An image's `file_name` is its path below the photos' folder, named in `info`. What COCO has no
field for stands under `nevus` in each image; readers of COCO pass over it.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from textwrap import indent
from typing import IO, Any, Literal

from pycocotools import mask as coco_mask

from imaging.framing import Size
from imaging.mask import rle
from imaging.values import Rle
from pipeline.errors import LabelError, said_of
from pipeline.exchange.abreast import abreast
from pipeline.exchange.codecs.polygons import rle_of
from pipeline.exchange.dataset import DatasetPhoto, Drawn, Provenance
from pipeline.exchange.format import Label, Read, Sizes, no_overview, record

PHOTOS, APART = "images", True
overview = no_overview
LESION = 1
_FILE = "annotations.json"


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


@dataclass(frozen=True, eq=False)
class Segmented:
    """A lesion as the file has it, and the mask that this makes when it is read."""

    said: Segmentation | list[list[int]]
    mask: Rle


@dataclass(frozen=True)
class Annotation:
    """A lesion in a photo; `bbox` is [x, y, width, height]."""

    id: int
    image_id: int
    category_id: int
    segmentation: "Segmentation | list[list[int]]"
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
    write_with(_segmented, photos, into)


def write_with(
    segmented: Callable[[Rle], Segmented],
    photos: Iterable[DatasetPhoto],
    into: Path,
) -> None:
    """The same, each lesion as `segmented` has it. Raises OSError."""
    with (
        (into / _FILE).open("w", encoding="utf-8") as file,
        # What is known of a photo at once stands in two lists of the file, one after the other.
        TemporaryFile("w+", encoding="utf-8", dir=into) as aside,
    ):
        images, annotations = List(file, "images"), List(aside, "annotations")
        # From 1 on: pycocotools takes the id 0 for no annotation.
        ids = count(1)
        for photo, drawn in abreast(partial(_with_segments, segmented), photos):
            if images.empty:
                file.write(_head(photo))
            images.add(_image(photo))
            for each in drawn:
                annotations.add(_annotation(each, next(ids), photo))
        images.end()
        annotations.end()
        file.write(",\n")
        aside.seek(0)
        shutil.copyfileobj(aside, file)
        file.write("\n}")


def _with_segments(
    segmented: Callable[[Rle], Segmented], photo: DatasetPhoto
) -> tuple[DatasetPhoto, list[Segmented]]:
    return photo, [segmented(lesion) for lesion in photo.lesions]


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
    return Info("Skin lesion masks reviewed in nevus", now.isoformat(), now.year, _folder(first))


def _folder(photo: DatasetPhoto) -> str:
    """Below which paths of photos lie; the dataset's own where its photos are there."""
    path, below = photo.provenance.path, photo.relative_path
    if path == below or not path.endswith(f"/{below}"):
        return "."
    return path.removesuffix(below).rstrip("/") or "/"


def _image(photo: DatasetPhoto) -> Image:
    return Image(
        id=photo.photo_id,
        file_name=photo.relative_path,
        width=photo.size.width,
        height=photo.size.height,
        nevus=photo.provenance,
    )


def _annotation(drawn: Segmented, annotation_id: int, photo: DatasetPhoto) -> Annotation:
    encoded = {"size": [photo.size.height, photo.size.width], "counts": drawn.mask.counts}
    left, top, width, height = (float(edge) for edge in coco_mask.toBbox(encoded))
    return Annotation(
        id=annotation_id,
        image_id=photo.photo_id,
        category_id=LESION,
        segmentation=drawn.said,
        area=int(coco_mask.area(encoded)),
        bbox=(left, top, width, height),
        iscrowd=0,
    )


def _segmented(lesion: Rle) -> Segmented:
    size = lesion.size
    said = Segmentation((size.height, size.width), lesion.counts.decode("ascii"))
    return Segmented(said, lesion)


def read(source: Path, sizes: Sizes) -> Iterator[Read]:
    """Each image on which something was drawn, its annotations run lengths or polygons."""
    path = source / _FILE if source.is_dir() else source
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        names = {category["id"]: str(category["name"]) for category in found["categories"]}
        drawn = _by_image(found)
        for image in found["images"]:
            if image.get("nevus", {}).get("mask") != Drawn.NONE:
                annotations = drawn.pop(image["id"], [])
                yield record(partial(_label, image, annotations, names), str(image["file_name"]))
        if drawn:
            raise ValueError("there are annotations of images that it doesn't list")
    except (LookupError, TypeError, AttributeError, ValueError, OSError, RecursionError) as error:
        raise LabelError(
            f"{path} can't be read as COCO's annotations: {said_of(error)}."
        ) from error


def _by_image(found: dict[str, Any]) -> dict[Any, list[dict[str, Any]]]:
    drawn: dict[Any, list[dict[str, Any]]] = {}
    for annotation in found["annotations"]:
        drawn.setdefault(annotation["image_id"], []).append(annotation)
    return drawn


def _label(
    image: dict[str, Any], annotations: list[dict[str, Any]], names: dict[Any, str]
) -> Label:
    size = Size(int(image["width"]), int(image["height"]))
    lesions = tuple(_lesion(each["segmentation"], size) for each in annotations)
    classes = tuple(names[each["category_id"]] for each in annotations)
    return Label(str(image["file_name"]), size, lesions, classes)


def _lesion(segmentation: Any, size: Size) -> Rle:
    if isinstance(segmentation, list):
        return rle_of(segmentation, size)
    if list(segmentation["size"]) != [size.height, size.width]:
        raise ValueError("a mask is of another size than its image")
    counts = segmentation["counts"]
    if isinstance(counts, list):
        return rle.of_runs(counts, size)
    lesion = Rle(size, counts.encode("ascii"))
    rle.area(lesion)
    return lesion


def key(photo: DatasetPhoto) -> str:
    """Its path."""
    return photo.relative_path


def kept(lesion: Rle) -> Rle:
    """All of it."""
    return lesion
