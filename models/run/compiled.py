"""Packages compiled by Core ML, kept at a fixed place in the user's cache.

From a fixed place the Neural Engine specialises a model once; from a temporary one it would do so
in every process. An entry is a folder with the compiled model and a seal: the SHA-256 of each file
that Core ML made. Files that Core ML may add later are its own affair.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from models.package.cache import cache_folder, mark_used, prune

_MODEL, _SEAL = "model.mlmodelc", "seal"


def compile_cached(path: Path, digest: str) -> Path:
    """The compiled model of the package with this hash: kept and whole, or compiled now.

    One process compiles, another that wants the same waits for it. Where the cache can't be
    written, Core ML's own temporary place serves. Raises what Core ML raises.
    """
    entry = _entry(digest)
    try:
        with _alone():
            if not _is_whole(entry):
                _compile(path, entry)
            mark_used(entry)
    except OSError:
        if not _is_whole(entry):
            return _compiled_elsewhere(path)
    return entry / _MODEL


def is_kept(digest: str) -> bool:
    """Whether a whole compiled model of the package with this hash is there."""
    return _is_whole(_entry(digest))


def discard(digest: str) -> None:
    """Remove a compiled model that can't be loaded, perhaps made by another macOS."""
    with suppress(OSError), _alone():
        shutil.rmtree(_entry(digest), ignore_errors=True)


def _entry(digest: str) -> Path:
    return cache_folder("coreml") / digest


@contextmanager
def _alone() -> Iterator[None]:
    lock = cache_folder("coreml.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        # The system lets go of it when the process ends, however it ends.
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _compile(path: Path, entry: Path) -> None:
    """Make an entry: it appears whole or not at all."""
    from coremltools.models.utils import compile_model

    entry.parent.mkdir(exist_ok=True)
    shutil.rmtree(entry, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=entry.parent) as folder:
        made = Path(folder) / "made"
        made.mkdir()
        compile_model(str(path), str(made / _MODEL))
        (made / _SEAL).write_text(_seal(made))
        made.rename(entry)
    prune(entry.parent)


def _compiled_elsewhere(path: Path) -> Path:
    from coremltools.models.utils import compile_model

    return Path(compile_model(str(path)))


def _seal(entry: Path) -> str:
    files = sorted(file for file in (entry / _MODEL).rglob("*") if file.is_file())
    return "".join(f"{_sha256(file)} {file.relative_to(entry)}\n" for file in files)


def _is_whole(entry: Path) -> bool:
    try:
        lines = (entry / _SEAL).read_text().splitlines()
        rows = [line.split(" ", 1) for line in lines]
        return bool(rows) and all(_sha256(entry / name) == digest for digest, name in rows)
    except (OSError, ValueError):
        return False


def _sha256(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
