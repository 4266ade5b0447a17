"""labelme's files: one JSON a photo, each lesion a `mask` in a box, which keeps every pixel.

`NAME.json` points at the photo, whose pixels are not in it.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from imaging.framing import Mask, Size
from imaging.mask import rle
from imaging.mask.measure import bounding_box
from imaging.values import Rle
from pipeline.errors import LabelError, said_of
from pipeline.exchange.abreast import abreast
from pipeline.exchange.codecs.pictures import decoded, grey, lesion_of
from pipeline.exchange.codecs.polygons import rle_of
from pipeline.exchange.dataset import DatasetPhoto
from pipeline.exchange.format import (
    CLASS,
    Label,
    Read,
    Sizes,
    Unread,
    check_file,
    is_written,
    no_overview,
)

PHOTOS, APART = "images", True
overview = no_overview


@dataclass(frozen=True)
class Shape:
    """A lesion; its points are the first and the last pixel of its box."""

    label: str
    points: tuple[tuple[int, int], tuple[int, int]]
    group_id: None
    description: str
    shape_type: str
    flags: dict[str, bool]
    mask: str


@dataclass(frozen=True)
class File:
    """What stands in a file."""

    version: str
    flags: dict[str, bool]
    shapes: tuple[Shape, ...]
    imagePath: str  # noqa: N815
    imageData: None  # noqa: N815
    imageHeight: int  # noqa: N815
    imageWidth: int  # noqa: N815


def write(photos: Iterable[DatasetPhoto], into: Path) -> None:
    """Write the dataset; a photo without a lesion gets a file without shapes. Raises OSError."""
    for _ in abreast(partial(_written, into), filter(is_written, photos)):
        pass


def _written(into: Path, photo: DatasetPhoto) -> None:
    text = json.dumps(asdict(_file(photo)), indent=1)
    (into / f"{photo.name}.json").write_text(text, encoding="utf-8")


def _file(photo: DatasetPhoto) -> File:
    shapes = tuple(_shape(rle.decode(lesion)) for lesion in photo.lesions)
    size = photo.size
    return File("5.5.0", {}, shapes, photo.relative_path, None, size.height, size.width)


def _shape(mask: Mask) -> Shape:
    box = bounding_box(mask)
    if box is None:
        raise ValueError("a lesion without a pixel has no box")
    rows, columns = box
    ends = ((columns.start, rows.start), (columns.stop - 1, rows.stop - 1))
    picture = b64encode(grey(mask[box])).decode("ascii")
    return Shape(CLASS, ends, None, "", "mask", {}, picture)


def read(source: Path, sizes: Sizes) -> Iterator[Read]:
    """Each JSON of the folder that has shapes; masks and polygons, nothing else."""
    paths = [source] if source.is_file() else sorted(source.glob("*.json"))
    labels = abreast(_read, paths)
    return (label for label in labels if label is not None)


def _read(path: Path) -> Read | None:
    try:
        return _label(path)
    except LabelError as error:
        return Unread(path.stem, str(error))


def _label(path: Path) -> Label | None:
    """What a file says; None where it isn't one of labelme's."""
    check_file(path)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict) or "shapes" not in found:
            return None
        size = Size(int(found["imageWidth"]), int(found["imageHeight"]))
        lesions = tuple(_lesion(shape, size) for shape in found["shapes"])
        classes = tuple(str(shape["label"]) for shape in found["shapes"])
    except (LookupError, TypeError, ValueError, OSError, RecursionError) as error:
        raise LabelError(f"{path} can't be read as labelme's shapes: {said_of(error)}.") from error
    return Label(path.stem, size, lesions, classes)


def _lesion(shape: dict[str, Any], size: Size) -> Rle:
    points = np.array(shape["points"], np.float64)
    if shape["shape_type"] == "mask":
        return _placed(shape["mask"], points, size)
    if shape["shape_type"] == "polygon":
        return rle_of([points.ravel().tolist()], size)
    raise ValueError(f"a {shape['shape_type']} is no outline of a lesion")


def _placed(picture: str, points: np.ndarray[tuple[int], np.dtype[np.float64]], size: Size) -> Rle:
    part = lesion_of(decoded(b64decode(picture), "a mask in it"), "a mask in it")
    left, top = (round(edge) for edge in points[0])
    height, width = part.shape
    if left < 0 or top < 0 or left + width > size.width or top + height > size.height:
        raise ValueError(f"a mask lies outside a photo of {size.width}×{size.height}")
    whole = np.zeros((size.height, size.width), np.bool_, order="F")
    whole[top : top + height, left : left + width] = part
    return rle.encode(whole)


def key(photo: DatasetPhoto) -> str:
    """Its name, without suffix."""
    return photo.name


def kept(lesion: Rle) -> Rle:
    """All of it."""
    return lesion
