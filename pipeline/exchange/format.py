"""The seam of dataset formats: each writes a stream of photos, and reads it back as labels."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from imaging.framing import Size
from imaging.mask import rle
from imaging.values import Rle
from pipeline.errors import LabelError, said_of
from pipeline.exchange.dataset import DatasetPhoto, Drawn

CLASS = "lesion"
Sizes = Callable[[str], Size]
"""The size of the photo that labels call so. Raises LabelError where there is no such photo."""


@dataclass(frozen=True, eq=False)
class Label:
    """What a dataset says of one photo; never of one on which nothing was drawn.

    `key` is what the dataset calls it: its path, or its name without suffix. `lesions` are masks at
    `size`, each of the class in the same place of `classes`; without any, it has no lesion.
    """

    key: str
    size: Size
    lesions: tuple[Rle, ...]
    classes: tuple[str, ...]

    @property
    def whole(self) -> Rle:
        """All lesions in one mask."""
        return rle.union(self.lesions, self.size)


@dataclass(frozen=True)
class Unread:
    """A photo of a dataset whose labels can't be read, and why, as a sentence."""

    key: str
    reason: str


Read = Label | Unread
Given = TypeVar("Given")


def each_by_itself(
    read: Callable[[Given], Label], key: Callable[[Given], str], given: Given
) -> Read:
    """What one photo's labels say; one that can't be read is in no other's way."""
    try:
        return read(given)
    except LabelError as error:
        return Unread(key(given), str(error))


def record(read: Callable[[], Label], key: str) -> Read:
    """What one photo's record in a larger file says, likewise."""
    try:
        return read()
    except (LookupError, TypeError, AttributeError, ValueError, LabelError) as error:
        return Unread(key, f"What is said of {key} makes no sense: {said_of(error)}.")


class Format(Protocol):
    """A module of `pipeline.exchange.formats`, found by its name."""

    PHOTOS: str
    """The folder of a dataset in which photos lie that are copied or linked."""
    APART: bool
    """Whether each lesion comes back alone, where a reviewer said that there are several."""

    def write(self, photos: Iterable[DatasetPhoto], into: Path) -> None:
        """Write the dataset into an empty folder; raises OSError and ExportError.

        There is at least one photo; a format holds no more of them than it works on at once.
        """
        ...

    def read(self, source: Path, sizes: Sizes) -> Iterator[Read]:
        """What a dataset of this format in a folder says, photo by photo.

        `sizes` is asked where the files don't say how large a photo is. Raises LabelError where
        nothing behind can be read either.
        """
        ...

    def overview(self, parts: Sequence[str]) -> Mapping[str, str]:
        """The text of each file that lies beside the parts of a dataset that has some."""
        ...

    def key(self, photo: DatasetPhoto) -> str:
        """What labels call a photo that was written."""
        ...

    def kept(self, lesion: Rle) -> Rle:
        """What a lesion's mask is after it was written and read: itself, where nothing is lost."""
        ...


def no_overview(_parts: Sequence[str]) -> Mapping[str, str]:
    """Nothing lies beside the parts: each is a dataset like any other."""
    return {}


def check_file(path: Path) -> None:
    """Raise LabelError where a path leads to no file: what is read of a pipe never ends."""
    if not path.is_file():
        raise LabelError(f"{path} leads to no file.")


def stem(path: Path) -> str:
    """What a photo is called whose labels lie in a file of its own."""
    return path.stem


def is_written(photo: DatasetPhoto) -> bool:
    """Whether files of a mask each have one for a photo: an empty one would claim to be seen."""
    return photo.drawn is not Drawn.NONE
