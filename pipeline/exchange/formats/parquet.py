"""Parquet as Hugging Face `datasets` reads it: photos and masks as pictures, and what is known.

`data.parquet`. `image` holds a path, or the photo itself where photos are copied; `mask` is a PNG
of 0 and 255, `instances` one of numbers where a reviewer said that there are several lesions.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imaging.framing import Size
from imaging.mask import rle
from imaging.values import Rle
from pipeline.errors import ExportError, LabelError
from pipeline.exchange.abreast import abreast
from pipeline.exchange.codecs.pictures import (
    decoded,
    encoded,
    grey,
    lesion_of,
    numbered,
    told_apart,
)
from pipeline.exchange.dataset import DatasetPhoto, Provenance
from pipeline.exchange.format import CLASS, Label, Read, Sizes, is_written, no_overview, record

if TYPE_CHECKING:
    import pyarrow

PHOTOS, APART = "images", True
overview = no_overview
_FILE = "data.parquet"
_ROWS = 100
"""Of a group: so many are held at once, encoded."""
_PICTURES = ("image", "mask", "instances")


def write(photos: Iterable[DatasetPhoto], into: Path) -> None:
    """Write the dataset. Raises OSError, and ExportError where pyarrow is not there."""
    parquet, schema = _parquet(), _schema()
    with parquet.ParquetWriter(into / _FILE, schema) as file:
        rows: list[dict[str, Any]] = []
        for row in abreast(partial(_row, into), photos):
            rows.append(row)
            if len(rows) == _ROWS:
                file.write_table(_table(rows, schema))
                rows.clear()
        if rows:
            file.write_table(_table(rows, schema))
    left = into / PHOTOS
    if left.is_dir() and not any(left.iterdir()):
        left.rmdir()


def _parquet() -> Any:
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise ExportError(
            "Parquet needs pyarrow, which is not installed here: "
            "pip install 'nevus[parquet]', then try again."
        ) from error
    return parquet


def _table(rows: list[dict[str, Any]], schema: "pyarrow.Schema") -> Any:
    import pyarrow

    return pyarrow.Table.from_pylist(rows, schema)


def _schema() -> "pyarrow.Schema":
    import pyarrow

    kinds = {"int": pyarrow.int64(), "float": pyarrow.float64(), "bool": pyarrow.bool_()}
    named = {"int64": "int64", "double": "float64", "bool": "bool", "string": "string"}
    picture = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
    columns = [(name, picture) for name in _PICTURES]
    columns.append(("file_name", pyarrow.string()))
    for field in fields(Provenance):
        kind = getattr(field.type, "__name__", str(field.type)).split(" ")[0]
        columns.append((_column(field.name), kinds.get(kind, pyarrow.string())))
    features = {
        name: {"_type": "Image"} if name in _PICTURES else _value(named[str(kind)])
        for name, kind in columns
    }
    said = json.dumps({"info": {"features": features}})
    return pyarrow.schema(columns, metadata={"huggingface": said})


def _column(name: str) -> str:
    """What a fact's column is called: the mask itself has its name."""
    return "drawn" if name == "mask" else name


def _value(kind: str) -> dict[str, str]:
    return {"dtype": kind, "_type": "Value"}


def _row(into: Path, photo: DatasetPhoto) -> dict[str, Any]:
    known = {
        _column(name): _text(value) if isinstance(value, str) else value
        for name, value in asdict(photo.provenance).items()
    }
    mask = instances = None
    if is_written(photo):
        whole = rle.decode(photo.rle or rle.union((), photo.size))
        mask = {"bytes": grey(whole), "path": None}
    if len(photo.lesions) > 1:
        instances = {"bytes": encoded(numbered(photo.lesions)), "path": None}
    return {
        "image": _image(photo, into),
        "mask": mask,
        "instances": instances,
        "file_name": key(photo),
        **known,
    }


def _image(photo: DatasetPhoto, into: Path) -> dict[str, Any]:
    """The photo: what lies in the dataset, or where it is."""
    copied = into / photo.relative_path
    if copied.is_file() and not copied.is_symlink():
        data = copied.read_bytes()
        # It is in the table now, and would be there twice.
        copied.unlink()
        return {"bytes": data, "path": key(photo)}
    return {"bytes": None, "path": _text(photo.provenance.path)}


def _text(text: str) -> str:
    """A text without what no encoding has, as names of files may hold."""
    return str(text).encode("utf-8", "replace").decode("utf-8")


def read(source: Path, sizes: Sizes) -> Iterator[Read]:
    """Each row on which something was drawn."""
    path = source / _FILE if source.is_dir() else source
    parquet = _parquet()
    import pyarrow

    try:
        with parquet.ParquetFile(path) as file:
            # Of others there may be no more than the photo and its mask.
            columns = ["file_name", "image", "mask", "instances"]
            there = [name for name in columns if name in file.schema_arrow.names]
            for batch in file.iter_batches(_ROWS, columns=there):
                rows = [row for row in batch.to_pylist() if row["mask"] is not None]
                yield from abreast(_read, rows)
    except (pyarrow.ArrowException, LookupError, TypeError, OSError) as error:
        raise LabelError(f"{path} can't be read as masks in Parquet: {error}.") from error


def _read(row: dict[str, Any]) -> Read:
    name = str(row["file_name"] if "file_name" in row else row["image"]["path"])
    return record(partial(_label, row, name), name)


def _label(row: dict[str, Any], name: str) -> Label:
    numbers = decoded(row["mask"]["bytes"], f"the mask of {name}")
    mask = lesion_of(numbers, f"the mask of {name}")
    lesions: tuple[Rle, ...] = (rle.encode(mask),) if mask.any() else ()
    if row.get("instances") is not None:
        lesions = told_apart(decoded(row["instances"]["bytes"], f"the lesions of {name}"))
    return Label(name, Size.of(mask), lesions, (CLASS,) * len(lesions))


def key(photo: DatasetPhoto) -> str:
    """Its path."""
    return _text(photo.relative_path)


def kept(lesion: Rle) -> Rle:
    """All of it."""
    return lesion
