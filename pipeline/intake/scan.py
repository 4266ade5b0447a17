"""Which photos lie in a folder, its sub-folders included, and what the file system says of them."""

import errno
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

from imaging.decode.formats import PHOTO_SUFFIXES
from imaging.values import FileStat
from pipeline.errors import FolderGone, ScanStopped

NOTHING_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


_OTHERS_FOLDERS = frozenset(
    {"@eadir", "#recycle", "#snapshot", "@recycle", "@recently-snapshot", "~snapshot"}
    | {"$recycle.bin", "system volume information", "lost+found", "__macosx"}
)
"""Where a NAS, a system or a sync program keeps thumbnails, versions and what was thrown away."""
_IN_CLOUD = ".icloud"
"""What stands in for a file that iCloud has not brought here: `.IMG_1.HEIC.icloud`."""


@dataclass(frozen=True)
class LeftOut:
    """What lies in a folder and is not looked at: how many files of each kind.

    `kinds` are the ends of names that are no photo's, `others` the photos in folders that are a
    machine's own, by the folder's name, `in_cloud` the photos that iCloud has not brought here.
    """

    kinds: Mapping[str, int] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)
    in_cloud: int = 0


@dataclass(frozen=True)
class Scan:
    """The photos found, in order of path, the folders that could not be read, what was left out."""

    photos: tuple[Path, ...]
    unreadable: tuple[Path, ...]
    left_out: LeftOut = LeftOut()

    def saw(self, path: Path) -> bool:
        """Whether the folder that holds `path` was looked into (or is not there any more)."""
        return not any(folder in path.parents for folder in self.unreadable)


def is_photo(path: Path) -> bool:
    """Whether a file's name says that it is a photo; dotfiles and `._*` are not."""
    return not path.name.startswith(".") and path.suffix.lower() in PHOTO_SUFFIXES


def is_photo_of(folder: Path, path: Path) -> bool:
    """Whether a file's name and the folders between it and `folder` say that it is a photo."""
    between = path.parent.relative_to(folder).parts if path.is_relative_to(folder) else ()
    return is_photo(path) and not any(map(_is_others, between))


def _is_others(name: str) -> bool:
    """Whether a folder is a machine's own, or hidden."""
    return name.startswith(".") or name.lower() in _OTHERS_FOLDERS


def is_file(path: Path) -> bool:
    """Whether a regular file lies there, links followed: no folder, pipe, socket or device.

    What can't be looked at counts: reading it will say why.
    """
    try:
        return S_ISREG(path.stat().st_mode)
    except OSError as error:
        return error.errno not in NOTHING_THERE


def is_gone(path: Path) -> bool:
    """Whether nothing lies there, where that can be told."""
    try:
        path.stat()
    except OSError as error:
        return error.errno in NOTHING_THERE
    return False


def scan(folder: Path, wanted: Callable[[], bool] = lambda: True) -> Scan:
    """Look through `folder`. Links to files count, links to folders are not followed.

    Raises FolderGone when there is no such folder, or it can't be read, and ScanStopped when
    nobody has `wanted` it any more; a large folder on a slow disk takes long.
    """
    look = _Look(folder, wanted)
    photos = sorted(look.photos())
    if folder in look.unreadable or not folder.is_dir():
        raise FolderGone(f"{folder} is not there any more, or can't be read.")
    return Scan(tuple(photos), tuple(look.unreadable), look.left_out())


class _Look:
    """One look through a folder, and what it passes by."""

    def __init__(self, folder: Path, wanted: Callable[[], bool]) -> None:
        self._folder, self._wanted = folder, wanted
        self.unreadable: list[Path] = []
        self._kinds, self._others = Counter[str](), Counter[str]()
        self._in_cloud = 0

    def left_out(self) -> LeftOut:
        return LeftOut(dict(self._kinds), dict(self._others), self._in_cloud)

    def photos(self) -> Iterator[Path]:
        for base, folders, names in os.walk(self._folder, onerror=self._note_unreadable):
            self._check_wanted()
            for name in filter(_is_others, folders):
                self._count_others(Path(base, name))
            folders[:] = sorted(name for name in folders if not _is_others(name))
            for path in (Path(base, name) for name in names):
                self._check_wanted()
                if not is_photo(path):
                    self._pass_by(path)
                elif is_file(path):
                    yield path

    def _check_wanted(self) -> None:
        if not self._wanted():
            raise ScanStopped(f"Looking through {self._folder} was stopped.")

    def _note_unreadable(self, error: OSError) -> None:
        self.unreadable.append(Path(os.fsdecode(error.filename)))

    def _pass_by(self, path: Path) -> None:
        if path.suffix == _IN_CLOUD:
            self._in_cloud += is_photo(Path(path.stem.removeprefix(".")))
        elif not path.name.startswith("."):
            self._kinds[path.suffix.lower()] += 1

    def _count_others(self, folder: Path) -> None:
        for _, _, names in os.walk(folder):
            self._check_wanted()
            self._others[folder.name] += sum(is_photo(Path(name)) for name in names)


def file_stat(path: Path) -> FileStat:
    """What the file system says of a file, links followed. Raises OSError."""
    stat = path.stat()
    return FileStat(stored_path(path), stat.st_ino, stat.st_size, stat.st_mtime_ns)


def stored_path(path: Path) -> str:
    """A path as the store keeps it: as it is, unless its bytes are no text at all."""
    return str(path).encode(errors="backslashreplace").decode()
