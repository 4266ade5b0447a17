"""Which photos lie in a folder, its sub-folders included, and what the file system says of them."""

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from imaging.decode.formats import PHOTO_SUFFIXES
from imaging.values import FileStat
from pipeline.errors import FolderGone, ScanStopped

NOTHING_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


@dataclass(frozen=True)
class Scan:
    """The photos found, in order of path, and the folders that could not be read."""

    photos: tuple[Path, ...]
    unreadable: tuple[Path, ...]

    def saw(self, path: Path) -> bool:
        """Whether the folder that holds `path` was looked into (or is not there any more)."""
        return not any(folder in path.parents for folder in self.unreadable)


def is_photo(path: Path) -> bool:
    """Whether a file's name says that it is a photo; dotfiles and `._*` are not."""
    return not path.name.startswith(".") and path.suffix.lower() in PHOTO_SUFFIXES


def is_file(path: Path) -> bool:
    """Whether a regular file lies there, links followed: no folder, pipe, socket or device.

    What can't be looked at counts: reading it will say why.
    """
    try:
        return S_ISREG(path.stat().st_mode)
    except OSError as error:
        return error.errno not in NOTHING_THERE


def scan(folder: Path, wanted: Callable[[], bool] = lambda: True) -> Scan:
    """Look through `folder`. Links to files count, links to folders are not followed.

    Raises FolderGone when there is no such folder, or it can't be read, and ScanStopped when
    nobody has `wanted` it any more; a large folder on a slow disk takes long.
    """
    unreadable: list[Path] = []
    photos = sorted(_photos(folder, unreadable, wanted))
    if folder in unreadable or not folder.is_dir():
        raise FolderGone(f"{folder} is not there any more, or can't be read.")
    return Scan(tuple(photos), tuple(unreadable))


def _photos(folder: Path, unreadable: list[Path], wanted: Callable[[], bool]) -> Iterator[Path]:
    def remember(error: OSError) -> None:
        unreadable.append(Path(os.fsdecode(error.filename)))

    def check_wanted() -> None:
        if not wanted():
            raise ScanStopped(f"Looking through {folder} was stopped.")

    for base, folders, names in os.walk(folder, onerror=remember):
        check_wanted()
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for path in (Path(base, name) for name in names):
            check_wanted()
            if is_photo(path) and is_file(path):
                yield path


def file_stat(path: Path) -> FileStat:
    """What the file system says of a file, links followed. Raises OSError."""
    stat = path.stat()
    return FileStat(stored_path(path), stat.st_ino, stat.st_size, stat.st_mtime_ns)


def stored_path(path: Path) -> str:
    """A path as the store keeps it: as it is, unless its bytes are no text at all."""
    return str(path).encode(errors="backslashreplace").decode()
