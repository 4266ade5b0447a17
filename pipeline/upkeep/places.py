"""Which backups of a database were made, where and when: a list beside it, one on each line."""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from errno import ENOSPC
from pathlib import Path
from typing import BinaryIO

from db.sqlite.files import backups_of
from db.sqlite.rights import open_beside


@dataclass(frozen=True)
class Noted:
    """A backup that was made: where, and when; None where that was not noted then."""

    path: Path
    made_at: datetime | None


@dataclass(frozen=True)
class Places:
    """The list, held: nobody else changes it, or lays a backup, meanwhile."""

    _file: BinaryIO

    def read(self) -> list[Noted]:
        """The backups that were made, but for those that are known to be deleted."""
        self._file.seek(0)
        return _listed(self._file)

    def add(self, backup: Path, made_at: datetime) -> None:
        """Remember one more. Raises OSError, where half a line may be left."""
        entry = json.dumps({"path": str(backup), "made_at": made_at.isoformat()})
        # An end of line before it too: the last line may be half of one.
        line, file = b"\n" + entry.encode() + b"\n", self._file.fileno()
        # Past the buffer: what it could not write it would try again as it is closed.
        if os.write(file, line) < len(line):
            raise OSError(ENOSPC, os.strerror(ENOSPC))
        os.fsync(file)


@contextmanager
def places(database: Path) -> Iterator[Places]:
    """The list of a database's backups, held while the block runs. Raises OSError."""
    handle = open_beside(database, backups_of(database), os.O_APPEND)
    with os.fdopen(handle, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield Places(file)


def noted(database: Path) -> list[Noted]:
    """The list as it is now, by whoever only looks: nothing is held, made or changed.

    Empty where no backup was ever made, or where the list may not be read.
    """
    try:
        with backups_of(database).open("rb") as file:
            return _listed(file)
    except OSError:
        return []


def _listed(lines: Iterable[bytes]) -> list[Noted]:
    # Of one path the last: a backup that was deleted may have been made anew.
    found = {entry.path: entry for line in lines for entry in _entry_in(line)}
    return [entry for entry in found.values() if not _deleted(entry.path)]


def _entry_in(line: bytes) -> Iterator[Noted]:
    with suppress(ValueError, KeyError, TypeError):
        entry = json.loads(line)
        if isinstance(entry, str):
            # As a nevus noted it that kept no time.
            yield Noted(Path(entry), None)
        else:
            yield Noted(Path(entry["path"]), datetime.fromisoformat(entry["made_at"]))


def _deleted(path: Path) -> bool:
    """Whether a backup is gone, and not only the disk that it lies on."""
    return path.parent.is_dir() and not path.exists()
