"""Which photos lie in a folder, its sub-folders included, and what the file system says of them."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from imaging.decode.formats import PHOTO_SUFFIXES
from imaging.values import FileStat
from pipeline.errors import FolderGone, ScanStopped
from pipeline.intake.signature import Signature, signature_of

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


def is_photo(name: str) -> bool:
    """Whether a file's name says that it is a photo; dotfiles and `._*` are not."""
    # No Path is made to ask its suffix: most of what a folder holds is asked at each look.
    return not name.startswith(".") and name[name.rfind(".") :].lower() in PHOTO_SUFFIXES


def is_photo_of(folder: Path, path: Path) -> bool:
    """Whether a file's name and the folders between it and `folder` say that it is a photo."""
    return is_photo(path.name) and not _is_hidden(folder, path.parent)


def looks_into(folder: Path, inner: Path) -> bool:
    """Whether a look through `folder` is one through `inner` too."""
    return inner.is_relative_to(folder) and not _is_hidden(folder, inner)


def _is_hidden(folder: Path, inner: Path) -> bool:
    """Whether `inner` or a folder between it and `folder` is a machine's own, or hidden."""
    between = inner.relative_to(folder).parts if inner.is_relative_to(folder) else ()
    return any(map(_is_others, between))


def _is_others(name: str) -> bool:
    """Whether a folder is a machine's own, or hidden."""
    return name.startswith(".") or name.lower() in _OTHERS_FOLDERS


def _nobody(_path: Path, _signature: Signature) -> None:
    """Is told of no photo."""


def scan(
    folder: Path,
    wanted: Callable[[], bool] = lambda: True,
    seen: Callable[[Path, Signature], None] = _nobody,
) -> Scan:
    """Look through `folder`. Links to files count, links to folders are not followed.

    Each photo is told to `seen` as it is come to. Raises FolderGone when there is no such folder,
    or it can't be read, and ScanStopped when nobody has `wanted` it any more; a large folder on a
    slow disk takes long.
    """
    look = _Look(folder, wanted)
    photos = []
    for path, signature in look.photos():
        seen(path, signature)
        photos.append(path)
    if folder in look.unreadable or not folder.is_dir():
        raise FolderGone(f"{folder} is not there any more, or can't be read.")
    return Scan(tuple(photos), tuple(look.unreadable), look.left_out())


@dataclass(frozen=True)
class _Inside:
    """What a folder holds and was not come to yet, the last name first."""

    path: Path
    names: list[str]
    folders: set[str]


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether a folder lies there, or a link to one."""
    try:
        return entry.is_dir()
    except OSError:
        return False


class _Look:
    """One look through a folder, and what it passes by."""

    def __init__(self, folder: Path, wanted: Callable[[], bool]) -> None:
        self._folder, self._wanted = folder, wanted
        self.unreadable: list[Path] = []
        self._kinds, self._others = Counter[str](), Counter[str]()
        self._in_cloud = 0

    def left_out(self) -> LeftOut:
        return LeftOut(dict(self._kinds), dict(self._others), self._in_cloud)

    def photos(self) -> Iterator[tuple[Path, Signature]]:
        """In order of path: what lies in a folder by its name, a folder's content in its place.

        Of what lies beside each other nothing but names is kept, however much it is.
        """
        ways = [self._list(self._folder)]
        while ways:
            inside = ways[-1]
            if not inside.names:
                ways.pop()
                continue
            name = inside.names.pop()
            if name in inside.folders:
                ways += self._enter(inside.path / name)
                continue
            self._check_wanted()
            if not is_photo(name):
                self._pass_by(name)
            elif (signature := signature_of(path := inside.path / name)) is not None:
                yield path, signature

    def _list(self, folder: Path) -> _Inside:
        self._check_wanted()
        names, folders = [], set()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    names.append(entry.name)
                    if _is_folder(entry):
                        folders.add(entry.name)
        except OSError:
            self.unreadable.append(folder)
        names.sort(reverse=True)
        return _Inside(folder, names, folders)

    def _enter(self, folder: Path) -> list[_Inside]:
        if _is_others(folder.name):
            self._count_others(folder)
        elif not folder.is_symlink():
            return [self._list(folder)]
        return []

    def _check_wanted(self) -> None:
        if not self._wanted():
            raise ScanStopped(f"Looking through {self._folder} was stopped.")

    def _pass_by(self, name: str) -> None:
        path = PurePath(name)
        if path.suffix == _IN_CLOUD:
            self._in_cloud += is_photo(path.stem.removeprefix("."))
        elif not name.startswith("."):
            self._kinds[path.suffix.lower()] += 1

    def _count_others(self, folder: Path) -> None:
        for _, _, names in os.walk(folder):
            self._check_wanted()
            self._others[folder.name] += sum(map(is_photo, names))


def file_stat(path: Path) -> FileStat:
    """What the file system says of a file, links followed. Raises OSError."""
    stat = path.stat()
    return FileStat(stored_path(path), stat.st_ino, stat.st_size, stat.st_mtime_ns)


def stored_path(path: Path) -> str:
    """A path as the store keeps it: as it is, unless its bytes are no text at all."""
    return str(path).encode(errors="backslashreplace").decode()
