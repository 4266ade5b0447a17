"""Write the reviewed masks of a folder as a dataset, whole or not at all."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial as partial_of
from pathlib import Path

from db.exported import ReviewedPhoto
from db.store import Store
from db.values import DecisionKind, Origin, Tool
from pipeline.errors import ExportError, LabelError, WrongDestination
from pipeline.exchange.choice import EVERY, Choice, chosen
from pipeline.exchange.dataset import DatasetPhoto, Drawn, dataset_names, dataset_photo, first_file
from pipeline.exchange.find import find_format
from pipeline.exchange.format import Format
from pipeline.exchange.layout import USUAL, Layout, Photos, has_changed, laid
from pipeline.exchange.manifest import NAME as MANIFEST
from pipeline.exchange.manifest import Writer, read
from pipeline.exchange.partial import Partial, partial, recover
from pipeline.exchange.proof import Witness
from pipeline.exchange.split import PARTS
from pipeline.exchange.verify import changed_files
from pipeline.review.versions import tools_of


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
    parts: dict[str, int] = field(default_factory=dict)
    """How many photos lie in each part, where it is divided."""
    changed: int = 0
    """Photos that are left where they are, and are not there any more as they were reviewed."""


def export(  # noqa: PLR0913 - what, from where, as what, and which of it
    database: Path,
    dest: Path,
    folder: Path,
    format_name: str,
    kinds: Collection[DecisionKind],
    choice: Choice = EVERY,
    layout: Layout = USUAL,
) -> Exported:
    """Write the photos of `folder` with a decision of one of `kinds` to the new folder `dest`.

    The database at `database` is only read. Raises WrongDestination where `dest` lies inside
    `folder` or is not empty, ExportError for an unknown format, nothing to write, a photo that is
    wanted beside its mask and has changed, and a disk that is full, PhotoError, and StoreError.
    """
    dest, folder = dest.resolve(), folder.resolve()
    with _explained(dest):
        recover(dest)
    check_destination(dest, folder, update=layout.update)
    layout.check()
    asked = _Asked(folder, kinds, choice, layout)
    writer = find_format(format_name)
    if _is_filled(dest):
        _check_alike(dest, asked.said(format_name))

    def write(store: Store, made: Partial) -> Exported:
        with store.at_one_moment() as seen:
            listed = asked.listed(seen)
            # Also where a reading of the database that must be repeated filled it.
            with closing(_Made(made.begin(), asked.said(format_name), writer)) as dataset:
                for part in asked.parts:
                    if part in {one.part for one in listed}:
                        dataset.write(part, partial_of(asked.photos, seen, listed, part))
                return dataset.finish(dest)

    with _explained(dest), partial(dest) as made:
        exported = Store.read(database, lambda store: write(store, made))
        # Again: that took its time, and what has come meanwhile would go.
        check_destination(dest, folder, update=layout.update)
        return exported


@dataclass(frozen=True)
class _Listed:
    """What becomes of one of the decided photos; `part` is None where it is left out."""

    name: str
    part: str | None


@dataclass(frozen=True)
class _Asked:
    """Which photos are asked for, and how."""

    folder: Path
    kinds: Collection[DecisionKind]
    choice: Choice
    layout: Layout

    def said(self, format_name: str) -> dict[str, str]:
        """All of it as options of a command say it; "" where one isn't said."""
        kinds = " ".join(sorted(f"“{kind}”" if " " in kind else kind for kind in self.kinds))
        said = {"--format": format_name, "--decision": kinds}
        return {**said, **self.choice.said, **self.layout.said}

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders of the dataset that hold one each; "" is its own."""
        return PARTS if self.layout.split is not None else ("",)

    def listed(self, seen: Store) -> list[_Listed]:
        """What becomes of each photo that `Store.reviewed` gives. Raises ExportError if nothing."""
        places = seen.reviewed_places(self.kinds, str(self.folder))
        wanted = [True] * len(places)
        if self.choice.limits:
            wanted = chosen(seen, self.kinds, self.folder, self.choice)
        kept = [place for place, keep in zip(places, wanted, strict=True) if keep]
        if not kept:
            raise ExportError(_nothing(self.folder, self.kinds, self.choice))
        names = iter(dataset_names(kept))
        return [
            _Listed(next(names), self._part(place.path)) if keep else _Listed("", None)
            for place, keep in zip(places, wanted, strict=True)
        ]

    def _part(self, path: str) -> str:
        split = self.layout.split
        return "" if split is None else split.part(Path(path).relative_to(self.folder).as_posix())

    def photos(
        self, seen: Store, listed: list[_Listed], part: str, beside: Path
    ) -> Iterator[DatasetPhoto]:
        """The photos of a part, one by one, their files laid into the folder `beside` if asked."""
        reviewed = seen.reviewed(self.kinds, str(self.folder))
        left = self.layout.photos is Photos.LEAVE
        for photo, one in zip(reviewed, listed, strict=True):
            if one.part == part:
                made = dataset_photo(photo, one.name, self.folder, _tools(seen, photo))
                changed = left and has_changed(first_file(photo))
                yield laid(replace(made, has_changed=changed), self.layout, beside)


def _tools(seen: Store, photo: ReviewedPhoto) -> tuple[Tool, ...]:
    """What a photo's mask was drawn with by hand."""
    revision = photo.revision
    if revision is None or revision.origin is not Origin.BRUSH:
        return ()
    return tools_of(seen, revision.id)


class _Made:
    """A dataset while it is made: written, read back, and with its manifest at last."""

    def __init__(self, root: Path, asked: dict[str, str], writer: Format) -> None:
        self._root, self._name, self._writer = root, asked["--format"], writer
        self._notes = Writer(root, self._name, asked)
        self._tally = _Tally()

    def write(self, part: str, photos: Callable[[Path], Iterator[DatasetPhoto]]) -> None:
        """Write one part, and read it back.

        `photos` is told where files of photos go. Raises OSError, and ExportError where the part
        holds something else than was decided.
        """
        witness, into = Witness(self._writer), self._root / part
        into.mkdir(exist_ok=True)

        def noted() -> Iterator[DatasetPhoto]:
            passing = self._tally.count(photos(into / self._writer.PHOTOS))
            for photo, masks in witness.watch(passing):
                self._notes.note(photo, part, self._writer.key(photo), masks)
                yield photo

        self._writer.write(noted(), into)
        for fault in witness.faults(into):
            raise ExportError(
                f"What was written as {self._name} is not what was decided: {fault} "
                "Nothing was left there. Choose another format, and report this, please."
            )
        self._tally.lost += witness.lost
        if part:
            self._tally.parts[part] = self._tally.photos - sum(self._tally.parts.values())

    def finish(self, dest: Path) -> Exported:
        """Lay beside what tells of the parts, and the manifest. Raises OSError."""
        if self._tally.parts:
            for name, text in self._writer.overview(list(self._tally.parts)).items():
                (self._root / name).write_text(text, encoding="utf-8")
        self._notes.finish()
        return self._tally.exported(dest)

    def close(self) -> None:
        """Let go of what was noted."""
        self._notes.close()


class _Tally:
    """What passed by on its way into a dataset."""

    def __init__(self) -> None:
        self._drawn: Counter[Drawn] = Counter()
        self._edited_since = self._changed = 0
        self.lost: list[int] = []
        self.parts: dict[str, int] = {}

    @property
    def photos(self) -> int:
        """How many passed by."""
        return self._drawn.total()

    def count(self, photos: Iterable[DatasetPhoto]) -> Iterator[DatasetPhoto]:
        """The same photos, each counted as it passes."""
        for photo in photos:
            self._drawn[photo.drawn] += 1
            self._edited_since += photo.edited_since
            self._changed += photo.has_changed
            yield photo

    def exported(self, dest: Path) -> Exported:
        """What a dataset of all that passed holds."""
        return Exported(
            photos=self.photos,
            masks=self._drawn[Drawn.LESION],
            without_lesion=self._drawn[Drawn.EMPTY],
            without_mask=self._drawn[Drawn.NONE],
            edited_since=self._edited_since,
            dest=dest,
            filled_masks=len(self.lost),
            filled_pixels=sum(self.lost),
            parts=self.parts,
            changed=self._changed,
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


def changed(exported: Exported) -> str | None:
    """The sentence on photos that are not as they were reviewed; None where all are."""
    if not exported.changed:
        return None
    return (
        f"{exported.changed} of the {exported.photos} photos are not in their places any more as "
        "they were reviewed: their masks are of the pictures that were there then. Open the folder "
        "in nevus review to look at what is there now."
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


def check_destination(dest: Path, folder: Path, *, update: bool = False) -> None:
    """Raise WrongDestination where no dataset of the photos in `folder` may be written.

    With `update` one may take the place of a dataset that nobody has changed since.
    """
    dest, folder = dest.resolve(), folder.resolve()
    shown = str(dest)
    if dest == folder or folder in dest.parents:
        raise WrongDestination(
            f"{shown} lies inside the photos' folder, where its files would be taken for photos. "
            "Choose a place outside."
        )
    for above in dest.parents:
        if (above / MANIFEST).is_file():
            raise WrongDestination(
                f"{shown} lies inside the dataset {above}, which nevus verify would find changed. "
                "Choose a place outside."
            )
    if _is_filled(dest):
        if not update:
            raise WrongDestination(f"{shown} exists and is not an empty folder. Choose a new one.")
        _check_untouched(dest)


def _is_filled(dest: Path) -> bool:
    return dest.exists() and (not dest.is_dir() or any(dest.iterdir()))


def _check_alike(dest: Path, asked: dict[str, str]) -> None:
    """Raise WrongDestination where the dataset that is there was exported otherwise.

    What is not said again would be gone from it without a word.
    """
    before = read(dest).asked
    other = [option for option, said in asked.items() if before.get(option, "") != said]
    if other:
        said = (
            f"{option} {before[option]}" if before.get(option) else f"no {option}"
            for option in other
        )
        raise WrongDestination(
            f"{dest} was exported with {', '.join(said)}, and an update must say the same. "
            "Say so, or choose a new folder."
        )


def _check_untouched(dest: Path) -> None:
    """Raise WrongDestination where something lies there that an update would take away."""
    try:
        changed = next(changed_files(dest), None)
    except LabelError as error:
        raise WrongDestination(f"{error} Only a dataset can be updated.") from error
    if changed is not None:
        raise WrongDestination(
            f"{dest} was changed since nevus wrote it, and an update would take that away: "
            f"{changed} Choose a new folder."
        )


def _nothing(folder: Path, kinds: Collection[DecisionKind], choice: Choice) -> str:
    if choice.limits:
        return (
            f"No decided photo of {folder} is all that was asked for, so there is nothing to "
            "export. Ask for less."
        )
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
