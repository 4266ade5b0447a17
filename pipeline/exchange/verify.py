"""Whether a dataset is still what was exported: its files, and the masks read from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import LabelError
from pipeline.exchange.find import find_format
from pipeline.exchange.manifest import NOWHERE, Manifest, hashes, read
from pipeline.exchange.proof import Witness


@dataclass(frozen=True)
class Verified:
    """How much was looked at, and what is not as it was; nothing where all is well."""

    photos: int
    files: int
    faults: tuple[str, ...]


def verify(root: Path) -> Verified:
    """Hold a dataset against its manifest. Raises LabelError where it has none that can be read."""
    manifest = read(root)
    try:
        faults = (*_files(root, manifest), *_masks(root, manifest))
    except OSError as error:
        reason = error.strerror or str(error)
        raise LabelError(f"{root} can't be read ({reason}). Check its disk.") from error
    return Verified(manifest.photos, len(manifest.files), faults)


def changed_files(root: Path) -> Iterator[str]:
    """What of a dataset's files is not as it was. Raises LabelError as `verify` does, OSError."""
    yield from _files(root, read(root))


def _files(root: Path, manifest: Manifest) -> Iterator[str]:
    found = dict(hashes(root))
    for path, digest in manifest.files.items():
        if path not in found:
            yield f"{path} is not there any more."
        elif found[path] == NOWHERE:
            yield f"{path} leads to {(root / path).readlink()}, which is not there any more."
        elif found[path] != digest:
            yield f"{path} is not what was exported: its bytes have changed."
    yield from (f"{path} has come since." for path in sorted(found.keys() - manifest.files.keys()))


def _masks(root: Path, manifest: Manifest) -> Iterator[str]:
    chosen = find_format(manifest.format_name)
    for folder, masks in manifest.masks.items():
        yield from Witness(chosen, masks).faults(root / folder)
