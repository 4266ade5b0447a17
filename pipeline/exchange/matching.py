"""Which photo labels mean: by what it shows, then by path, then by name; never by a guess."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.errors import LabelError
from pipeline.exchange.plain_masks import without_ending

_UPLOADED = re.compile("[0-9a-f]{8}-")
"""What Label Studio puts before the names of photos that were uploaded."""


@dataclass(frozen=True, slots=True)
class Lying:
    """A photo that nevus knows, and where it lies below the folder."""

    photo_id: int
    path: str


class NoSuchPhoto(LabelError):
    """No photo of the folder is called so, as far as nevus knows."""


class SeveralPhotos(LabelError):
    """Several photos are called so."""


class Matching:
    """The photos of a folder, found by what labels call them."""

    def __init__(self, folder: Path, photos: Iterable[Lying]) -> None:
        self._folder = folder
        self._paths: dict[int, str] = {}
        self._whole: dict[str, int] = {}
        """By whole path below the folder."""
        self._ids: dict[str, set[int]] = defaultdict(set)
        """By path, and by all that paths end with, with suffix and without; all in one form."""
        for photo in photos:
            self._paths.setdefault(photo.photo_id, photo.path)
            self._whole[_form(photo.path)] = photo.photo_id
            for name in _called(photo.path):
                self._ids[name].add(photo.photo_id)

    def path(self, photo_id: int) -> Path:
        """Where a photo lies."""
        return self._folder / self._paths[photo_id]

    def find(self, key: str) -> int:
        """The one photo that is called so. Raises NoSuchPhoto and SeveralPhotos.

        The longest end of a path that any photo has counts: folders of other machines don't.
        """
        for end in _ends(key.replace("\\", "/")):
            if end in self._whole:
                return self._whole[end]
            found = next(filter(None, (self._ids.get(name) for name in _meant(end))), set[int]())
            if len(found) > 1:
                raise SeveralPhotos(self._several(key, found))
            if found:
                return next(iter(found))
        raise NoSuchPhoto(f"{key}: no photo that nevus knows in {self._folder} is called so.")

    def _several(self, key: str, found: set[int]) -> str:
        paths = sorted(self._paths[each] for each in found)
        return f"{key} may mean {paths[0]} or {paths[1]}: nothing was guessed."


def _called(path: str) -> Iterator[str]:
    for end in _ends(path):
        yield from {end, _bare(end)}


def _ends(path: str) -> Iterator[str]:
    """A path, then what is left of it without its first folders, down to the name."""
    parts = PurePosixPath(_form(path)).parts
    return ("/".join(parts[start:]) for start in range(len(parts)))


def _meant(end: str) -> Iterator[str]:
    """What a photo may be called that labels call so: the nearest first."""
    bare = _bare(end)
    yield from (end, bare, without_ending(bare))
    if _UPLOADED.match(end):
        yield _bare(_UPLOADED.sub("", end))


def _bare(path: str) -> str:
    """Without a suffix, if what follows the last dot is one."""
    pure = PurePosixPath(path)
    return pure.with_suffix("").as_posix() if 0 < len(pure.suffix) <= 5 else path


def _form(text: str) -> str:
    return unicodedata.normalize("NFC", text)
