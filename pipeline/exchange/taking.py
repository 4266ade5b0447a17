"""A label as a mask of its photo: of the classes asked for, upright, and of the photo's size."""

from dataclasses import dataclass
from pathlib import Path

from imaging.decode.orientation import orientation, turned_upright, upright_size
from imaging.decode.photo import read_file
from imaging.framing import Size
from imaging.mask import rle
from imaging.photo import PhotoError
from imaging.values import Rle
from pipeline.errors import LabelError
from pipeline.exchange.format import CLASS, Label
from pipeline.exchange.layout import Frame


@dataclass(frozen=True, eq=False)
class Taken:
    """A photo's lesions in one mask, and each alone where they are several."""

    whole: Rle
    lesions: tuple[Rle, ...]


@dataclass(frozen=True)
class Taking:
    """How labels are taken; `frame` is None where it is to be told from sizes.

    Without `classes` only lesions are. `apart` is whether what lies apart are lesions of their own.
    """

    frame: Frame | None
    classes: tuple[str, ...]
    apart: bool

    def take(self, label: Label, path: Path, size: Size) -> Taken:
        """A label on the photo at `path`, which is of `size` upright. Raises LabelError.

        Its lesions are lesions of their own where none covers a pixel of another.
        """
        chosen = self._chosen(label)
        # Before a pixel is counted: a size that no photo has says more than its runs.
        turn = self._turn(label, path, size)
        lesions = [_upright(lesion, turn) for lesion in chosen if rle.area(lesion)]
        whole = rle.union(lesions, size)
        several = self.apart and len(lesions) > 1
        if several and sum(map(rle.area, lesions)) == rle.area(whole):
            return Taken(whole, tuple(lesions))
        return Taken(whole, ())

    def _chosen(self, label: Label) -> list[Rle]:
        wanted = self.classes or (CLASS,)
        found = [
            lesion
            for lesion, name in zip(label.lesions, label.classes, strict=True)
            if name in wanted
        ]
        if label.lesions and not found:
            names = ", ".join(f"“{name}”" for name in sorted(set(label.classes)))
            raise LabelError(
                f"{label.key}: what is drawn there is called {names}. Say --class with the names "
                "that mean a lesion."
            )
        return found

    def _turn(self, label: Label, path: Path, size: Size) -> int:
        """The orientation under which the label's pixels lie, 1 where they are upright."""
        if self.frame is Frame.UPRIGHT:
            if label.size != size:
                raise LabelError(_other_size(label, size))
            return 1
        turn = turn_of(label.key, path)
        stored = upright_size(size, turn)
        fits = [frame for frame, lies in _LIES if label.size == (stored if lies else size)]
        if self.frame is Frame.STORED:
            fits = [frame for frame in fits if frame is Frame.STORED]
        if not fits:
            raise LabelError(_other_size(label, size))
        if turn == 1 or fits == [Frame.UPRIGHT]:
            return 1
        if fits == [Frame.STORED]:
            return turn
        raise LabelError(_unsaid(label.key))

    def size_of(self, key: str, path: Path, size: Size) -> Size:
        """How large a photo, of `size` upright, is where labels lie that don't say it.

        Raises LabelError where that can't be told.
        """
        if self.frame is Frame.UPRIGHT:
            return size
        turn = turn_of(key, path)
        if turn != 1 and self.frame is None:
            raise LabelError(_unsaid(key))
        return upright_size(size, turn)


_LIES = ((Frame.UPRIGHT, False), (Frame.STORED, True))
"""Each frame, and whether pixels lie there as they are stored."""


def turn_of(key: str, path: Path) -> int:
    """The orientation of a photo's file. Raises LabelError where it can't be read."""
    try:
        return orientation(read_file(path).data)
    except (OSError, PhotoError) as error:
        raise LabelError(
            f"{key}: its photo can't be read, so it can't be told which way up the mask is "
            f"({error}). Say --frame upright if all are."
        ) from error


def _upright(lesion: Rle, turn: int) -> Rle:
    return lesion if turn == 1 else rle.encode(turned_upright(rle.decode(lesion), turn))


def _unsaid(key: str) -> str:
    return (
        f"{key}: the photo is stored turned, and nothing shows whether the mask is. "
        "Say --frame upright or --frame stored."
    )


def _other_size(label: Label, size: Size) -> str:
    return (
        f"{label.key}: its mask is {label.size.width}×{label.size.height}, the photo "
        f"{size.width}×{size.height}. Masks are not resized: export them at the photo's full size."
    )
