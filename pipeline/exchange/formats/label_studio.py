"""Label Studio's tasks: one `tasks.json`, each lesion a brush in its own run lengths.

`config.xml` is the project's labelling set-up that goes with it. A photo without a lesion has an
annotation without results; one on which nothing was drawn has no annotation.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from imaging.framing import Size
from imaging.mask import rle
from imaging.values import Rle
from pipeline.errors import LabelError, said_of
from pipeline.exchange.abreast import abreast
from pipeline.exchange.codecs.brush import brush_of, rle_of
from pipeline.exchange.codecs.listed import items
from pipeline.exchange.codecs.polygons import rle_of as polygon_rle
from pipeline.exchange.dataset import DatasetPhoto
from pipeline.exchange.format import CLASS, Label, Read, Sizes, is_written, no_overview, record

PHOTOS, APART = "images", True
overview = no_overview
_FILE = "tasks.json"
_CONFIG = """<View>
  <Image name="image" value="$image"/>
  <BrushLabels name="tag" toName="image"><Label value="lesion"/></BrushLabels>
</View>
"""


@dataclass(frozen=True)
class Data:
    """What a task is of: the photo, and its size, which no result says where there is none."""

    image: str
    width: int
    height: int


@dataclass(frozen=True)
class Value:
    """A brush."""

    format: str
    rle: tuple[int, ...]
    brushlabels: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """A lesion."""

    id: str
    type: str
    from_name: str
    to_name: str
    image_rotation: int
    original_width: int
    original_height: int
    value: Value


@dataclass(frozen=True)
class Annotation:
    """What a reviewer made of a photo."""

    result: tuple[Result, ...]
    was_cancelled: bool


@dataclass(frozen=True)
class Task:
    """A photo."""

    id: int
    data: Data
    annotations: tuple[Annotation, ...]


def write(photos: Iterable[DatasetPhoto], into: Path) -> None:
    """Write the dataset. Raises OSError."""
    (into / "config.xml").write_text(_CONFIG, encoding="utf-8")
    with (into / _FILE).open("w", encoding="utf-8") as file:
        before = "[\n"
        for task in abreast(_text, photos):
            file.write(before + task)
            before = ",\n"
        file.write("\n]\n")


def _text(photo: DatasetPhoto) -> str:
    return json.dumps(asdict(_task(photo)))


def _task(photo: DatasetPhoto) -> Task:
    results = tuple(
        _result(number, lesion, photo.size) for number, lesion in enumerate(photo.lesions, 1)
    )
    made = (Annotation(results, False),) if is_written(photo) else ()
    return Task(photo.photo_id, Data(key(photo), photo.size.width, photo.size.height), made)


def _result(number: int, lesion: Rle, size: Size) -> Result:
    value = Value("rle", tuple(brush_of(rle.decode(lesion))), (CLASS,))
    name = f"lesion-{number}"
    return Result(name, "brushlabels", "tag", "image", 0, size.width, size.height, value)


def read(source: Path, sizes: Sizes) -> Iterator[Read]:
    """Each task of `tasks.json` with an annotation; of several the last one counts."""
    path = source / _FILE if source.is_dir() else source
    try:
        for task in items(path):
            made = [each for each in task["annotations"] if not each.get("was_cancelled")]
            if made:
                said = partial(_label, task["data"], made[-1]["result"], sizes)
                yield record(said, str(task["data"]["image"]))
    except (LookupError, TypeError, ValueError, OSError, RecursionError) as error:
        raise LabelError(
            f"{path} can't be read as Label Studio's tasks: {said_of(error)}."
        ) from error


def _label(data: dict[str, Any], results: list[dict[str, Any]], sizes: Sizes) -> Label:
    key = str(data["image"])
    if results:
        size = Size(int(results[0]["original_width"]), int(results[0]["original_height"]))
    elif "width" in data:
        size = Size(int(data["width"]), int(data["height"]))
    else:
        size = sizes(key)
    lesions = tuple(_lesion(result, size) for result in results)
    return Label(key, size, lesions, tuple(str(r["value"][r["type"]][0]) for r in results))


def _lesion(result: dict[str, Any], size: Size) -> Rle:
    if result.get("image_rotation"):
        raise ValueError("a photo was turned there, and its masks with it")
    kind, value = result["type"], result["value"]
    if kind == "polygonlabels":
        # In per cent of the photo's sides.
        sides = np.array([size.width, size.height]) / 100
        corners = np.array(value["points"], np.float64) * sides
        return polygon_rle([corners.ravel().tolist()], size)
    if kind != "brushlabels" or value.get("format") != "rle":
        raise ValueError(f"{kind} is neither brush nor polygon, and nothing else is read")
    return rle_of(value["rle"], size)


def key(photo: DatasetPhoto) -> str:
    """Its path."""
    return photo.relative_path


def kept(lesion: Rle) -> Rle:
    """All of it."""
    return lesion
