"""The references of a package on disk: a JSON with numbers, and two PNGs for each photo."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from imaging.framing import Framing, Size
from models.package.model import check_model, model_hash
from models.package.package import ModelError
from models.package.shipped import shipped_model
from models.proof.reference import Difference, Reference, References, Tolerance, Tolerances

FULL_SCALE = 65535
"""A probability of 1 in a reference map of 16 bits."""
_INDEX = "references.json"


def references_folder(package: Path) -> Path:
    """Where the references of a package lie."""
    return package.with_suffix(".references")


MAKE = "python -m tui.commands.workshop.references PACKAGE, with the Python that nevus runs on"
"""How references are made, as a sentence's end."""


def references_for(package: Path) -> References:
    """The references beside a package, or those of the shipped one where it is a copy of that.

    Raises ModelError where it is no package, there are none, or they are damaged.
    """
    check_model(package)
    if not _index(package).is_file():
        shipped = read_references(shipped_model())
        if shipped.package_sha256 == model_hash(package):
            return shipped
    return read_references(package)


def read_references(package: Path) -> References:
    """The references beside a package. Raises ModelError where there are none, or damaged ones."""
    folder = references_folder(package)
    shown = package.name
    if not _index(package).is_file():
        raise ModelError(
            f"{shown} has no references ({folder.name} beside it), so there is nothing "
            f"to compare with. If it is a model of your own, make them with: {MAKE}."
        )
    try:
        return _from_json(json.loads(_index(package).read_text(encoding="utf-8")), folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"The references of {shown} are damaged ({error}). Install nevus "
            f"again, or make them with: {MAKE}."
        ) from error


def _index(package: Path) -> Path:
    return references_folder(package) / _INDEX


def write_references(references: References, folder: Path) -> None:
    """Store references in a folder that is there: a JSON, and two PNGs a photo."""
    text = json.dumps(_to_json(references), indent=2)
    (folder / _INDEX).write_text(text + "\n", encoding="utf-8")
    for photo in references.photos:
        values = np.rint(photo.map * FULL_SCALE).astype(np.uint16)
        _save(values, folder / _map_name(photo.name))
        _save(photo.small_picture, folder / _picture_name(photo.name))


def _map_name(photo: str) -> str:
    return f"{photo}.map.png"


def _picture_name(photo: str) -> str:
    return f"{photo}.picture.png"


def _save(values: npt.NDArray[Any], path: Path) -> None:
    Image.fromarray(values).save(path, "PNG", optimize=True)


def _load(path: Path) -> npt.NDArray[Any]:
    with Image.open(path, formats=("PNG",)) as picture:
        return np.asarray(picture)


def _to_json(references: References) -> dict[str, Any]:
    found = {name: value for name, value in vars(references).items() if name != "photos"}
    return {
        **found,
        "tolerances": asdict(references.tolerances),
        "photos": [
            {
                "name": photo.name,
                "file_sha256": photo.file_sha256,
                "picture_sha256": photo.picture_sha256,
                "framing": asdict(photo.framing),
            }
            for photo in references.photos
        ],
    }


def _from_json(found: dict[str, Any], folder: Path) -> References:
    photos = tuple(_photo(row, folder) for row in found["photos"])
    allowed = found["tolerances"]
    tolerances = Tolerances(
        Difference(**allowed["half_precision"]),
        Difference(**allowed["noise"]),
        Tolerance(**allowed["same_picture"]),
        Tolerance(**allowed["near_picture"]),
    )
    return References(**{**found, "tolerances": tolerances, "photos": photos})


def _photo(row: dict[str, Any], folder: Path) -> Reference:
    values = _load(folder / _map_name(row["name"]))
    return Reference(
        name=row["name"],
        file_sha256=row["file_sha256"],
        framing=_framing(row["framing"]),
        picture_sha256=row["picture_sha256"],
        small_picture=_load(folder / _picture_name(row["name"])),
        map=(values / FULL_SCALE).astype(np.float32),
    )


def _framing(row: dict[str, Any]) -> Framing:
    return Framing(**{**row, "photo": Size(**row["photo"]), "grid": Size(**row["grid"])})
