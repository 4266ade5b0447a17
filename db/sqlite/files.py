"""The files of a database: the one named, and those that SQLite and nevus lay beside it."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG


def beside(path: Path, suffix: str) -> Path:
    """The file whose name is the database's with `suffix` behind it."""
    return path.with_name(f"{path.name}{suffix}")


def log_of(path: Path) -> Path:
    """Its write-ahead log: what was committed and not yet brought into the database."""
    return beside(path, "-wal")


def index_of(path: Path) -> Path:
    """Its log's index, which those share who have it open."""
    return beside(path, "-shm")


def journal_of(path: Path) -> Path:
    """What a transaction changes, kept until it is done; where there is no log."""
    return beside(path, "-journal")


def lock_of(path: Path) -> Path:
    """Held while the database is made or migrated; stays, once nevus has opened it."""
    return beside(path, ".lock")


def lease_of(path: Path) -> Path:
    """Held by the process that segments into the database; stays."""
    return beside(path, ".segmenting")


def backups_of(path: Path) -> Path:
    """Says where its backups lie."""
    return beside(path, ".backups")


def maps_beside(path: Path) -> Path:
    """Where the maps of a database lie."""
    return path.with_suffix(".maps.db")


def files_of(path: Path) -> list[Path]:
    """The database and all files of its own that lie beside it now, but for copies of it."""
    maps = maps_beside(path)
    locks = (lock_of(path), lease_of(path))
    logs = (each(file) for file in (path, maps) for each in (log_of, index_of, journal_of))
    return [file for file in (path, maps, *locks, *logs) if file.is_file()]


def has_lived(path: Path) -> bool:
    """Whether nevus has opened a database at this path before."""
    return lock_of(path).exists() or maps_beside(path).exists()


def may_write(path: Path) -> bool:
    """Whether this user may write what is at a path."""
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def size_of(path: Path) -> int:
    """A file's bytes, none where it isn't there."""
    # Asked once: what SQLite lays beside a database goes when whoever else has it open closes it.
    try:
        stat = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return 0
    return stat.st_size if S_ISREG(stat.st_mode) else 0


def identity_of(path: Path) -> tuple[int, int] | None:
    """Which file lies at a path, None where none does."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def flush(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        _flush(handle)
    finally:
        os.close(handle)


def _flush(handle: int) -> None:
    # A Mac's fsync leaves data in the drive's cache; this does not, where the drive knows it.
    whole = getattr(fcntl, "F_FULLFSYNC", None)
    if whole is not None:
        with suppress(OSError):
            fcntl.fcntl(handle, whole)
            return
    os.fsync(handle)
