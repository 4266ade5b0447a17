"""Write the reviewed masks of a folder as a dataset, whole or not at all."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from db.store import Store
from db.values import DecisionKind
from pipeline.errors import ExportError, WrongDestination
from pipeline.exchange.dataset import DatasetPhoto, Drawn, dataset_names, dataset_photos
from pipeline.exchange.find import find_format
from pipeline.exchange.format import Format
from pipeline.exchange.manifest import Writer
from pipeline.exchange.partial import Partial, partial
from pipeline.exchange.proof import Witness


@dataclass(frozen=True)
class Exported:
    """What a dataset holds, in photos, and where it is; `photos` is the sum of the three after it.

    `masks` have a lesion drawn, `without_lesion` were said to have none, on `without_mask` nothing
    was ever drawn. `edited_since` of them have edits that no decision stored, which are left out.
    """

    photos: int
    masks: int
    without_lesion: int
    without_mask: int
    edited_since: int
    dest: Path
    filled_masks: int = 0
    """Masks with holes that the format can't hold; `filled_pixels` were in them."""
    filled_pixels: int = 0


def export(
    database: Path, dest: Path, folder: Path, format_name: str, kinds: Collection[DecisionKind]
) -> Exported:
    """Write the photos of `folder` with a decision of one of `kinds` to the new folder `dest`.

    The database at `database` is only read. Raises WrongDestination where `dest` lies inside
    `folder` or is not empty, ExportError for an unknown format, nothing to write, a disk that is
    full, and StoreError.
    """
    check_destination(dest, folder)
    dest, folder = dest.resolve(), folder.resolve()
    writer = find_format(format_name)

    def write(store: Store, made: Partial) -> Exported:
        with store.at_one_moment() as seen:
            names = dataset_names(seen.reviewed_places(kinds, str(folder)))
            if not names:
                raise ExportError(_nothing(folder, kinds))
            tally = _Tally()
            photos = dataset_photos(seen.reviewed(kinds, str(folder)), names, folder)
            # Also where a reading of the database that must be repeated filled it.
            root = made.begin()
            tally.lost += _write_proven(writer, format_name, tally.count(photos), root)
            return tally.exported(dest)

    with _explained(dest), partial(dest) as made:
        return Store.read(database, lambda store: write(store, made))


def _write_proven(
    writer: Format, format_name: str, photos: Iterable[DatasetPhoto], root: Path
) -> list[int]:
    """Write a dataset, read it back and lay its manifest beside; the pixels lost of masks.

    Raises OSError, and ExportError where it holds something else than was decided.
    """
    witness = Witness(writer)
    with closing(Writer(root, format_name)) as notes:

        def noted() -> Iterator[DatasetPhoto]:
            for photo, masks in witness.watch(photos):
                notes.note(photo, "", writer.key(photo), masks)
                yield photo

        writer.write(noted(), root)
        for fault in witness.faults(root):
            raise ExportError(
                f"What was written as {format_name} is not what was decided: {fault} "
                "Nothing was left there. Choose another format, and report this, please."
            )
        notes.finish()
    return witness.lost


class _Tally:
    """What passed by on its way into a dataset."""

    def __init__(self) -> None:
        self._drawn: Counter[Drawn] = Counter()
        self._edited_since = 0
        self.lost: list[int] = []

    def count(self, photos: Iterable[DatasetPhoto]) -> Iterator[DatasetPhoto]:
        """The same photos, each counted as it passes."""
        for photo in photos:
            self._drawn[photo.drawn] += 1
            self._edited_since += photo.edited_since
            yield photo

    def exported(self, dest: Path) -> Exported:
        """What a dataset of all that passed holds."""
        return Exported(
            photos=self._drawn.total(),
            masks=self._drawn[Drawn.LESION],
            without_lesion=self._drawn[Drawn.EMPTY],
            without_mask=self._drawn[Drawn.NONE],
            edited_since=self._edited_since,
            dest=dest,
            filled_masks=len(self.lost),
            filled_pixels=sum(self.lost),
        )


def unstored(exported: Exported) -> str | None:
    """The sentence on edits that are not in a dataset; None where there are none."""
    if not exported.edited_since:
        return None
    return (
        f"{exported.edited_since} of the {exported.photos} photos have edits that no decision "
        "stored: the dataset holds them as decided, without those. Open them in nevus review and "
        "accept them to store those, then export again."
    )


def filled(exported: Exported, format_name: str) -> str | None:
    """The sentence on holes that a format could not hold; None where there are none."""
    if not exported.filled_masks:
        return None
    return (
        f"{exported.filled_masks} of the {exported.masks} masks have holes, which {format_name} "
        f"can't hold: {exported.filled_pixels:,} pixels in them count as lesion there. "
        "Export as png or coco to keep them."
    )


def check_destination(dest: Path, folder: Path) -> None:
    """Raise WrongDestination where no dataset of the photos in `folder` may be written."""
    dest, folder = dest.resolve(), folder.resolve()
    shown = str(dest)
    if dest == folder or folder in dest.parents:
        raise WrongDestination(
            f"{shown} lies inside the photos' folder, where its files would be taken for photos. "
            "Choose a place outside."
        )
    if dest.exists() and (not dest.is_dir() or any(dest.iterdir())):
        raise WrongDestination(f"{shown} exists and is not an empty folder. Choose a new one.")


def _nothing(folder: Path, kinds: Collection[DecisionKind]) -> str:
    asked = ", ".join(sorted(kinds)) or "nothing"
    return (
        f"No photo of {folder} has such a decision ({asked}), so there is nothing "
        "to export. Review some first, or ask for other decisions."
    )


@contextmanager
def _explained(dest: Path) -> Iterator[None]:
    """Raises ExportError where the block raises OSError."""
    try:
        yield
    except OSError as error:
        raise ExportError(
            f"{dest} could not be written "
            f"({error.strerror or str(error)}). Nothing was left there. "
            "Make room, or choose a place that you may write, then export again."
        ) from error
