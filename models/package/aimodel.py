"""A Core AI asset (.aimodel) on disk, read without Apple's library.

Apple's library ends the process of whoever gives it a program that was cut off or changed, so what
can be seen from outside is looked at before. A program's hash lies beside it, as Apple writes it.
"""

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from models.package.carried import INFO_KEY, info_from_metadata
from models.package.package import ModelError, NotAPackage, PackageInfo

SUFFIX = ".aimodel"
ASSET_VERSION = "2"
"""The first number of the asset versions that the pinned coreai-core reads."""
_PROGRAM, _HASH, _METADATA = "main.mlirb", "main.hash", "metadata.json"
MAKE = "python -m tui.commands.workshop.aimodel PACKAGE, with the Python that nevus runs on"
"""How an .aimodel is made, as a sentence's end."""


@dataclass(frozen=True)
class Asset:
    """What an asset says of itself; all but `version` may be empty.

    `producer` is the library that wrote it.
    """

    version: str
    producer: str
    created: str
    license: str


def is_aimodel(path: Path) -> bool:
    """Whether a path names an .aimodel, by its ending."""
    return path.suffix == SUFFIX


def aimodel_beside(package: Path) -> Path:
    """Where the .aimodel of a package lies."""
    return package.with_suffix(SUFFIX)


def check_aimodel(path: Path) -> None:
    """Raise ModelError where there is no whole .aimodel of a known version at `path`."""
    if not path.exists():
        raise ModelError(f"There is no {path}. Make it with: {MAKE}.")
    if not (path / _METADATA).is_file():
        raise NotAPackage(f"{path} is not an .aimodel (a folder with {_METADATA} and {_PROGRAM}).")
    version = read_asset(path).version
    if version.split(".")[0] != ASSET_VERSION:
        raise ModelError(
            f"{path} was made for another version of Core AI (asset version {version or 'unsaid'}; "
            f"nevus reads {ASSET_VERSION}). Update nevus, or make it anew with: {MAKE}."
        )
    if not _is_whole(path):
        raise ModelError(
            f"{path} is damaged: its program is not the one its hash was taken of. Copy it again, "
            f"or make it anew with: {MAKE}."
        )


def read_asset(path: Path) -> Asset:
    """What an asset says of itself. Raises ModelError."""
    said = _said(path)
    return Asset(
        version=str(said.get("assetVersion", "")),
        producer=str(said.get("producer", "")),
        created=str(said.get("creationDate", "")),
        license=str(said.get("license", "")),
    )


def read_aimodel(path: Path) -> PackageInfo:
    """The description that an .aimodel carries of the package it was made with. Raises ModelError.

    Its hash is the package's: of the same weights, made from the same network.
    """
    check_aimodel(path)
    given = _said(path).get("creatorDefinedMetadata", {})
    try:
        info = info_from_metadata(given)
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path} doesn't say what it takes, gives and was made with ({INFO_KEY}), so nevus "
            f"can't use it. Make one that does, from a package, with: {MAKE}."
        ) from error
    return replace(info, name=path.stem)


def aimodel_hash(path: Path) -> str:
    """SHA-256, hexadecimal, of an asset's program. Raises ModelError."""
    try:
        return sha256((path / _PROGRAM).read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(
            f"{path} can't be read ({error}). Change its permissions, or copy it again."
        ) from error


def _is_whole(path: Path) -> bool:
    try:
        kept = (path / _HASH).read_bytes()
        return sha256((path / _PROGRAM).read_bytes()).digest() == kept
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ModelError(f"{path} can't be read ({error}). Change its permissions.") from error


def _said(path: Path) -> dict[str, Any]:
    try:
        said = json.loads((path / _METADATA).read_bytes())
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{path} is damaged: its {_METADATA} can't be read. Copy it again."
        ) from error
    return said if isinstance(said, dict) else {}
