"""Write the reviewed masks of a folder as a dataset, whole or not at all."""

import importlib
import pkgutil
import shutil
import uuid
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from db.store import Store
from db.values import DecisionKind
from pipeline.errors import ExportError, WrongDestination
from pipeline.exchange import formats
from pipeline.exchange.dataset import Drawn, Format, dataset_photos


@dataclass(frozen=True)
class Exported:
    """What a dataset holds, in photos, and where it is; `photos` is the sum of the three after it.

    `masks` have a lesion drawn, `without_lesion` were said to have none, on `without_mask` nothing
    was ever drawn. `edited_since` of them have edits that no decision stored, which are left out.
    """

    photos: int
    masks: int
    without_lesion: int
    without_mask: int
    edited_since: int
    dest: Path


def format_names() -> list[str]:
    """The formats there are."""
    return sorted(module.name for module in pkgutil.iter_modules(formats.__path__))


def export(
    database: Path, dest: Path, folder: Path, format_name: str, kinds: Collection[DecisionKind]
) -> Exported:
    """Write the photos of `folder` with a decision of one of `kinds` to the new folder `dest`.

    The database at `database` is only read. Raises WrongDestination where `dest` lies inside
    `folder` or is not empty, ExportError for an unknown format, nothing to write, a disk that is
    full, and StoreError.
    """
    check_destination(dest, folder)
    dest, folder = dest.resolve(), folder.resolve()
    writer = _format(format_name)
    reviewed = Store.read(database, lambda store: store.reviewed(kinds, str(folder)))
    photos = dataset_photos(reviewed, folder)
    if not photos:
        raise ExportError(_nothing(folder, kinds))
    try:
        with _at_once(dest) as partial:
            writer.write(photos, partial)
    except OSError as error:
        raise ExportError(
            f"{dest} could not be written "
            f"({error.strerror or str(error)}). Nothing was left there. "
            "Make room, or choose a place that you may write, then export again."
        ) from error
    drawn = Counter(photo.drawn for photo in photos)
    return Exported(
        photos=len(photos),
        masks=drawn[Drawn.LESION],
        without_lesion=drawn[Drawn.EMPTY],
        without_mask=drawn[Drawn.NONE],
        edited_since=sum(photo.edited_since for photo in photos),
        dest=dest,
    )


def unstored(exported: Exported) -> str | None:
    """The sentence on edits that are not in a dataset; None where there are none."""
    if not exported.edited_since:
        return None
    return (
        f"{exported.edited_since} of the {exported.photos} photos have edits that no decision "
        "stored: the dataset holds them as decided, without those. Open them in nevus review and "
        "press a to store them, then export again."
    )


def _format(name: str) -> Format:
    if name not in format_names():
        raise ExportError(f"There is no format {name!r}; there are: {', '.join(format_names())}.")
    return cast("Format", importlib.import_module(f"{formats.__name__}.{name}"))


def check_destination(dest: Path, folder: Path) -> None:
    """Raise WrongDestination where no dataset of the photos in `folder` may be written."""
    dest, folder = dest.resolve(), folder.resolve()
    shown = str(dest)
    if dest == folder or folder in dest.parents:
        raise WrongDestination(
            f"{shown} lies inside the photos' folder, where its files would be taken for photos. "
            "Choose a place outside."
        )
    if dest.exists() and (not dest.is_dir() or any(dest.iterdir())):
        raise WrongDestination(f"{shown} exists and is not an empty folder. Choose a new one.")


def _nothing(folder: Path, kinds: Collection[DecisionKind]) -> str:
    asked = ", ".join(sorted(kinds)) or "nothing"
    return (
        f"No photo of {folder} has such a decision ({asked}), so there is nothing "
        "to export. Review some first, or ask for other decisions."
    )


@contextmanager
def _at_once(dest: Path) -> Iterator[Path]:
    """A folder beside `dest` that takes its name when the block ends well, and goes otherwise."""
    dest.parent.mkdir(parents=True, exist_ok=True)
    partial = dest.with_name(f".{dest.name}.partial-{uuid.uuid4().hex[:8]}")
    partial.mkdir()
    try:
        yield partial
        partial.rename(dest)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
