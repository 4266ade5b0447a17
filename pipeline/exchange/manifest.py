"""`manifest.json`: what a dataset holds and where each of its masks comes from, in hashes.

It is written while the photos pass, and read again by whoever wants to know, years later, whether
all of it is still what was exported.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from imaging.framing import Size
from pipeline.errors import LabelError, said_of
from pipeline.exchange.dataset import DatasetPhoto
from pipeline.exchange.proof import Masks

NAME = "manifest.json"
NOWHERE = ""
FORM = 1
"""Of the manifest; raised where an older nevus could not read it."""


@dataclass(frozen=True)
class Manifest:
    """What was read: the hash of each file by its path, and the masks by folder and key."""

    format_name: str
    files: dict[str, str]
    masks: dict[str, dict[str, Masks]]
    photos: int
    asked: dict[str, str]
    """What was asked for, by option."""
    known: dict[str, dict[str, dict[str, Any]]]
    """What was known of each photo, by folder and key."""


class Writer:
    """Takes notes of photos as they pass, beside the files of a dataset."""

    def __init__(self, root: Path, format_name: str, asked: Mapping[str, str]) -> None:
        self._root, self._format, self._asked = root, format_name, dict(asked)
        self._notes = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        self._before = "\n"

    def note(self, photo: DatasetPhoto, folder: str, key: str, masks: Masks | None) -> None:
        """One photo, which lies in this folder of the dataset."""
        held = None if masks is None else asdict(masks)
        said = {"key": key, "folder": folder, "masks": held, "nevus": asdict(photo.provenance)}
        self._notes.write(f"{self._before}  {json.dumps(said)}")
        self._before = ",\n"

    def finish(self) -> None:
        """Write the manifest of all files that are there. Raises OSError."""
        head = {
            "manifest": FORM,
            "format": self._format,
            "made_at": datetime.now(UTC).isoformat(),
            "asked": self._asked,
            "files": dict(sorted(hashes(self._root))),
        }
        with (self._root / NAME).open("w", encoding="utf-8") as file:
            file.write(json.dumps(head, indent=1).removesuffix("\n}") + ',\n "photos": [')
            self._notes.seek(0)
            shutil.copyfileobj(self._notes, file)
            file.write("\n ]\n}\n")

    def close(self) -> None:
        """Let go of the notes."""
        self._notes.close()


def hashes(root: Path) -> Iterator[tuple[str, str]]:
    """The path below `root` and the SHA-256 of each file there but the manifest. Raises OSError.

    NOWHERE instead of a hash where a link leads to nothing any more.
    """
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            if path != root / NAME:
                yield path.relative_to(root).as_posix(), _hash_of(path)


def _hash_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return _hash(file)
    except FileNotFoundError:
        return NOWHERE


def _hash(file: Any) -> str:
    digest = sha256()
    while part := file.read(2**20):
        digest.update(part)
    return digest.hexdigest()


def read(root: Path) -> Manifest:
    """The manifest of a dataset. Raises LabelError where there is none, or it makes no sense."""
    path = root / NAME
    if not path.is_file():
        raise LabelError(
            f"There is no {NAME} in {root}, so there is nothing to hold it against. "
            "Name a folder that nevus export wrote."
        )
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["manifest"] != FORM:
            raise LabelError(f"{path} was written by a newer nevus. Update nevus, then try again.")
        return _manifest(found)
    except (LookupError, TypeError, AttributeError, ValueError, OSError, RecursionError) as error:
        raise LabelError(f"{path} is damaged ({said_of(error)}). Export again.") from error


def _manifest(found: dict[str, Any]) -> Manifest:
    masks: dict[str, dict[str, Masks]] = {}
    known: dict[str, dict[str, dict[str, Any]]] = {}
    for photo in found["photos"]:
        held = masks.setdefault(str(photo["folder"]), {})
        known.setdefault(str(photo["folder"]), {})[photo["key"]] = dict(photo["nevus"])
        said = photo["masks"]
        if said is not None:
            size = Size(int(said["size"]["width"]), int(said["size"]["height"]))
            held[photo["key"]] = Masks(size, said["whole"], tuple(said["lesions"]), said["lost"])
    files = {str(path): str(digest) for path, digest in found["files"].items()}
    asked = {str(option): str(said) for option, said in found["asked"].items()}
    return Manifest(str(found["format"]), files, masks, len(found["photos"]), asked, known)
