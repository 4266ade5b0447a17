"""Every mask of a dataset is read back before it is published, and compared with what it should be.

What passes on its way into the files is remembered as hashes, so that no mask is held.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from imaging.framing import Size
from imaging.mask import rle
from imaging.values import Rle
from pipeline.errors import ExportError, LabelError
from pipeline.exchange.abreast import abreast
from pipeline.exchange.dataset import DatasetPhoto
from pipeline.exchange.format import Format, Label, Unread, is_written


@dataclass(frozen=True, slots=True)
class Masks:
    """What a dataset holds of a photo, as hashes of pixels (`imaging.mask.rle.digest`)."""

    size: Size
    whole: str
    lesions: tuple[str, ...]
    """Each alone where the format keeps them apart; else none."""
    lost: int
    """Pixels of holes that the format can't hold."""


def masks_of(photo: DatasetPhoto, chosen: Format) -> Masks:
    """What should be read back of a photo."""
    kept = tuple(chosen.kept(lesion) for lesion in photo.lesions)
    lost = sum(map(rle.area, kept)) - sum(map(rle.area, photo.lesions))
    return _masks(kept, photo.size, chosen, lost)


def _masks(lesions: tuple[Rle, ...], size: Size, chosen: Format, lost: int = 0) -> Masks:
    whole = rle.digest(rle.union(lesions, size))
    apart = tuple(rle.digest(lesion) for lesion in lesions) if chosen.APART else ()
    return Masks(size, whole, apart, lost)


class Witness:
    """Remembers what goes into a dataset, and holds what comes out of it against that."""

    def __init__(self, chosen: Format, expected: dict[str, Masks] | None = None) -> None:
        self._chosen = chosen
        self._expected = {} if expected is None else expected

    @property
    def lost(self) -> list[int]:
        """The pixels lost of each mask that lost any."""
        return [masks.lost for masks in self._expected.values() if masks.lost]

    def watch(self, photos: Iterable[DatasetPhoto]) -> Iterator[tuple[DatasetPhoto, Masks | None]]:
        """Each photo as it passes, and what is expected of it; of one not drawn on, nothing.

        Raises ExportError where two would be called the same.
        """
        for photo, masks in abreast(self._expect, photos):
            if masks is not None:
                key = self._chosen.key(photo)
                if key in self._expected:
                    raise ExportError(
                        f"Two photos would be called {key} there. Choose another format."
                    )
                self._expected[key] = masks
            yield photo, masks

    def _expect(self, photo: DatasetPhoto) -> tuple[DatasetPhoto, Masks | None]:
        return photo, masks_of(photo, self._chosen) if is_written(photo) else None

    def faults(self, source: Path) -> Iterator[str]:
        """What is not as it should be, a sentence each."""
        missing = set(self._expected)
        try:
            for label in self._chosen.read(source, self._size):
                wanted = self._expected.get(label.key)
                if isinstance(label, Unread):
                    yield label.reason
                elif wanted is None:
                    yield f"{label.key} has a mask, and no photo is called so."
                elif not self._holds(label, wanted):
                    yield f"The mask of {label.key} is not the one that was decided."
                missing.discard(label.key)
        except LabelError as error:
            yield str(error)
            if missing:
                yield (
                    f"{len(missing)} of {len(self._expected)} masks were not found before that, "
                    "and nothing behind it was looked at."
                )
            return
        yield from (f"The mask of {key} is not there." for key in sorted(missing))

    def _size(self, key: str) -> Size:
        if key not in self._expected:
            raise LabelError(f"{key} has a mask, and no photo is called so.")
        return self._expected[key].size

    def _holds(self, label: Label, wanted: Masks) -> bool:
        if label.size != wanted.size:
            return False
        try:
            found = _masks(label.lesions, label.size, self._chosen)
        except ValueError:
            return False
        return (found.whole, found.lesions) == (wanted.whole, wanted.lesions)
