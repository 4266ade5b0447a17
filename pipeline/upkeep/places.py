"""Where the backups of a database lie: a list beside it, a path on each line."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from db.sqlite.files import backups_of
from db.sqlite.rights import open_beside


@dataclass(frozen=True)
class Places:
    """The list, held: nobody else reads or changes it, or lays a backup, meanwhile."""

    _file: BinaryIO

    def read(self) -> list[Path]:
        """The backups that were made, but for those that are known to be deleted."""
        self._file.seek(0)
        found = dict.fromkeys(path for line in self._file for path in _path_in(line))
        return [path for path in found if not _deleted(path)]

    def add(self, backup: Path) -> None:
        """Remember one more."""
        # An end of line before it too: the last line may be half of one.
        self._file.write(b"\n" + json.dumps(str(backup)).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


@contextmanager
def places(database: Path) -> Iterator[Places]:
    """The list of a database's backups, held while the block runs. Raises OSError."""
    handle = open_beside(database, backups_of(database), os.O_APPEND)
    with os.fdopen(handle, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield Places(file)


def _path_in(line: bytes) -> Iterator[Path]:
    with suppress(ValueError):
        path = json.loads(line)
        if isinstance(path, str):
            yield Path(path)


def _deleted(path: Path) -> bool:
    """Whether a backup is gone, and not only the disk that it lies on."""
    return path.parent.is_dir() and not path.exists()
