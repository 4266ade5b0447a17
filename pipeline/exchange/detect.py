"""Which format labels are in, as their files show."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.errors import LabelError, WrongChoice, said_of
from pipeline.exchange.codecs.listed import begins_a_list, items
from pipeline.exchange.manifest import NAME, read
from pipeline.exchange.plain_masks import SUFFIXES

MASKS = "masks"
"""A plain folder of pictures, a mask each: no format to write."""
_MARKS = {".xml": b"<annotations", ".csv": b"lesions_rle", ".parquet": b"PAR1"}
"""What is near the beginning of such files: others lie beside labels too."""
_LOOKED_AT = 4096
_BY_SUFFIX = {".xml": "cvat", ".csv": "csv", ".parquet": "parquet"}


def detect(source: Path) -> tuple[str, Path]:
    """The format of labels, and the file or folder to read them from.

    Raises WrongChoice where it can't be told, with what was found, and LabelError where what is
    there can't be read.
    """
    try:
        found = dict(_of_file(source) if source.is_file() else _of_folder(source))
    except OSError as error:
        raise LabelError(f"{source} can't be read ({said_of(error)}). Check its disk.") from error
    if len(found) == 1:
        return next(iter(found.items()))
    if not found:
        raise WrongChoice(
            f"There are no labels in {source} that nevus knows. Name the folder or file of a "
            "dataset, or a folder of masks; --format says which format it is."
        )
    raise WrongChoice(
        f"{source} holds labels of several formats: {', '.join(sorted(found))}. Say which to take "
        "with --format."
    )


def place(source: Path, format_name: str) -> Path:
    """What to read where the format was said: the file in a folder, where that is found."""
    if source.is_file() or format_name == MASKS:
        return source
    try:
        return dict(_of_folder(source)).get(format_name, source)
    except OSError:
        return source


def _of_folder(folder: Path) -> Iterable[tuple[str, Path]]:
    if (folder / NAME).is_file():
        yield read(folder).format_name, folder
        return
    if (folder / "SegmentationClass").is_dir():
        yield "voc", folder
        return
    texts = folder / "labels" if (folder / "labels").is_dir() else folder
    if any(texts.rglob("*.txt")) and not (folder / "annotations").is_dir():
        yield "yolo", folder
    for inside in (folder, folder / "annotations", folder / "Annotations"):
        for suffix, name in _BY_SUFFIX.items():
            files = sorted(inside.glob(f"*{suffix}")) if inside.is_dir() else []
            told = [file for file in files if file.is_file() and _marked(file)]
            if len(told) == 1:
                yield name, told[0]
        yield from _of_json(sorted(inside.glob("*.json")) if inside.is_dir() else [])
    masks = folder / "masks" if (folder / "masks").is_dir() else folder
    if any(path.suffix.lower() in SUFFIXES for path in masks.iterdir()):
        yield (MASKS, masks)


def _marked(file: Path) -> bool:
    with file.open("rb") as opened:
        return _MARKS[file.suffix] in opened.read(_LOOKED_AT)


def _of_json(files: list[Path]) -> Iterable[tuple[str, Path]]:
    # What is read of a pipe never ends.
    for path in filter(Path.is_file, files):
        for name, file in _of_file(path):
            # labelme's are many, a file a photo.
            yield name, path.parent if name == "labelme" else file


def _of_file(path: Path) -> Iterable[tuple[str, Path]]:
    suffix = path.suffix.lower()
    if suffix in _BY_SUFFIX:
        yield _BY_SUFFIX[suffix], path
    if suffix == ".json":
        try:
            name = _kind_of(_beginning(path))
        except (ValueError, RecursionError) as error:
            raise LabelError(f"{path} is no JSON that can be read ({error}).") from error
        if name:
            yield name, path


def _beginning(path: Path) -> Any:
    """A file of JSON, or of a list in it the first item alone, in a list."""
    if begins_a_list(path):
        return [next(items(path), None)]
    return json.loads(path.read_text(encoding="utf-8"))


def _kind_of(found: Any) -> str:
    if isinstance(found, list):
        return "label-studio" if isinstance(found[0], dict) and "annotations" in found[0] else ""
    if not isinstance(found, dict):
        return ""
    if {"images", "annotations"} <= found.keys():
        return "coco"
    return "labelme" if "shapes" in found else ""
