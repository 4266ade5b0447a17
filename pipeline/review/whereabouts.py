"""Where a photo's file lies: it may be moved or renamed while the photo is looked at."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from db.store import Store
from imaging.photo import PhotoError
from imaging.values import Fingerprint
from pipeline.errors import ReviewError


class FromFile(Protocol):
    """What was made of a file, and which picture that holds."""

    @property
    def fingerprint(self) -> Fingerprint:
        """The picture."""
        ...


Made = TypeVar("Made", bound=FromFile)


class Whereabouts:
    """Reads a photo's file where it lies now.

    `is_photo` says whether a content hash is the photo's; `find` finds the paths at which it is
    known to lie, and is asked only where it doesn't lie at the last one. Any thread may read: what
    they share is a path, and each takes it as it finds it.
    """

    def __init__(
        self, path: str, is_photo: Callable[[str], bool], find: Callable[[], Sequence[str]]
    ) -> None:
        self._path = path
        self._is_photo = is_photo
        self._find = find

    @classmethod
    def of(cls, store: Store, photo_id: int, path: str) -> "Whereabouts":
        """Of a stored photo that lay at this path."""
        return cls(
            path,
            lambda content_hash: store.find_photo(content_hash) == photo_id,
            partial(store.paths_of, photo_id),
        )

    @property
    def path(self) -> Path:
        """Where it was read last."""
        return Path(self._path)

    def read(self, make: Callable[[Path], Made]) -> Made:
        """What `make` makes of the file, which is called with each path until one is the photo's.

        Raises what `make` raises; ReviewError where the file is not there, or holds another
        picture now, and it is not known where the photo's is.
        """
        problem: Exception | None = None
        for path in self._paths():
            try:
                made = make(Path(path))
            except PhotoError as error:
                problem = problem or self._explain(path, error)
                continue
            # What is made of another picture is never shown, nor drawn on.
            if self._is_photo(made.fingerprint.content_hash):
                self._path = path
                return made
            problem = problem or ReviewError(another_picture(_name(path)))
        assert problem is not None
        raise problem

    def _paths(self) -> Iterator[str]:
        last = self._path
        yield last
        yield from (path for path in self._find() if path != last)

    @staticmethod
    def _explain(path: str, error: PhotoError) -> Exception:
        return error if os.path.lexists(path) else ReviewError(not_there(_name(path)))


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def another_picture(name: str) -> str:
    """Said of a file that holds another picture than the one that was outlined."""
    return (
        f"{name} holds another picture now than the one that was outlined. "
        "nevus takes the new one in by itself; what was decided on the old one is kept."
    )


def not_there(name: str) -> str:
    """Said of a file that is gone, where it is not known whether it lies elsewhere."""
    return (
        f"{name} is not there any more. Was it renamed, or moved in its folder, nevus finds it "
        "in a moment: try again then. Else put it back: what was drawn and decided is kept."
    )
