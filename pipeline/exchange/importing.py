"""Labels become masks of photos that nevus knows: outlines to review, or decisions that stand."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from db.brought import Brought, BroughtDecision, Placed, Took
from db.store import Store
from db.values import DecisionKind
from imaging.framing import Size
from imaging.mask import rle
from imaging.mask.measure import measured
from pipeline.errors import LabelError
from pipeline.exchange import plain_masks
from pipeline.exchange.abreast import abreast
from pipeline.exchange.detect import MASKS, detect, place
from pipeline.exchange.find import find_format
from pipeline.exchange.format import Read, Sizes, Unread
from pipeline.exchange.layout import Frame
from pipeline.exchange.manifest import NAME
from pipeline.exchange.manifest import read as read_manifest
from pipeline.exchange.matching import Lying, Matching, NoSuchPhoto, SeveralPhotos
from pipeline.exchange.taking import Taken, Taking

TOGETHER = 50
"""Masks of one transaction."""
Known = Mapping[str, Mapping[str, Any]]
"""What a dataset of ours tells of its photos, by what it calls them."""


@dataclass(frozen=True)
class Asked:
    """What is asked of an import; `format_name` and `frame` are told from the files where empty."""

    reviewer: str
    as_decision: bool = False
    format_name: str = ""
    frame: Frame | None = None
    classes: tuple[str, ...] = ()
    store: bool = True
    """Whether anything is stored, or only said what would be."""


@dataclass(frozen=True)
class Imported:
    """How many labels there were, and what became of them.

    `conflicts` and `faults` have a sentence each: what reviewers here have said or are about to, or
    may be meant by it; what can't be read or doesn't fit. `unknown` are of no photo that is known.
    """

    format: str
    labels: int = 0
    imported: int = 0
    as_they_are: int = 0
    unknown: int = 0
    conflicts: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    missing: tuple[str, ...] = field(default=(), repr=False)
    """What labels of no known photo are called."""


def import_labels(
    store: Store, folder: Path, source: Path, asked: Asked, progress: Callable[[int], None]
) -> Imported:
    """Take in the labels at `source` for the photos of `folder`; `progress` hears how many.

    Nothing that a reviewer decided or draws is touched. Stopped, what was told is stored, and the
    same import goes on. Raises WrongChoice where the format can't be told, LabelError where the
    labels can't be read at all, and StoreError.
    """
    if asked.format_name:
        name, at = asked.format_name, place(source, asked.format_name)
    else:
        name, at = detect(source)
    photos = _Photos(folder.resolve(), store.placed(str(folder.resolve())))
    tally = _Tally(name)
    for part in _parts(name, at, asked):
        labels = tally.count(part.read(photos.sizes(part)), progress)
        taking = abreast(part.take, photos.matched(labels, part))
        for taken in _together(tally.once(tally.fit(taking))):
            brought = [_brought(each, part, asked) for each in taken]
            for each, took in zip(taken, store.bring(brought, store=asked.store), strict=True):
                tally.took(each.label.key, took)
    return tally.result()


@dataclass(frozen=True)
class _Part:
    """A folder or file of labels, with what is known of it."""

    at: Path
    reader: Any
    known: Known
    taking: Taking

    def read(self, sizes: Sizes) -> Iterator[Read]:
        return iter(self.reader.read(self.at, sizes))

    def take(self, meant: "_Meant") -> "_Meant":
        """The same with its mask; with a reason where it can't be taken."""
        if meant.reason is not None or isinstance(meant.label, Unread):
            return meant
        try:
            found = meant.photo
            assert found is not None
            return replace(meant, taken=self.taking.take(meant.label, Path(found.path), found.size))
        except LabelError as error:
            return replace(meant, reason=error)
        except ValueError as error:
            return replace(meant, reason=LabelError(f"{meant.label.key}: {error}."))


@dataclass(frozen=True, eq=False)
class _Meant:
    """A label and the photo that it means, then its mask; or the reason why there is none."""

    label: Read
    photo: Placed | None = None
    taken: Taken | None = None
    reason: LabelError | None = None


def _parts(name: str, at: Path, asked: Asked) -> Iterator[_Part]:
    reader = plain_masks if name == MASKS else find_format(name)
    apart = bool(getattr(reader, "APART", False))
    if not (at.is_dir() and (at / NAME).is_file()):
        yield _Part(at, reader, {}, Taking(asked.frame, asked.classes, apart))
        return
    manifest = read_manifest(at)
    frame = asked.frame or Frame(manifest.asked.get("--frame", Frame.UPRIGHT))
    for folder, known in manifest.known.items():
        yield _Part(at / folder, reader, known, Taking(frame, asked.classes, apart))


class _Photos:
    """The photos of a folder, by what labels call them and by what they show."""

    def __init__(self, folder: Path, placed: list[Placed]) -> None:
        self._placed = {each.photo_id: each for each in reversed(placed)}
        self._contents = {each.content_hash: each.photo_id for each in placed}
        lying = (Lying(each.photo_id, _below(each.path, folder)) for each in placed)
        self._matching = Matching(folder, lying)

    def sizes(self, part: _Part) -> Sizes:
        """Sizes as `part` has its photos."""

        def size(key: str) -> Size:
            known = part.known.get(key)
            if known is not None:
                return Size(int(known["width"]), int(known["height"]))
            found = self._find(key, part)
            return part.taking.size_of(key, Path(found.path), found.size)

        return size

    def matched(self, labels: Iterable[Read], part: _Part) -> Iterator[_Meant]:
        """Each label with its photo."""
        for label in labels:
            try:
                if isinstance(label, Unread):
                    raise LabelError(label.reason)
                yield _Meant(label, self._find(label.key, part))
            except LabelError as error:
                yield _Meant(label, reason=error)

    def _find(self, key: str, part: _Part) -> Placed:
        known = part.known.get(key)
        if known is None:
            return self._placed[self._matching.find(key)]
        if known["content_hash"] not in self._contents:
            raise NoSuchPhoto(f"{key}: no photo that nevus knows shows the picture it is of.")
        return self._placed[self._contents[known["content_hash"]]]


def _below(path: str, folder: Path) -> str:
    return Path(path).relative_to(folder).as_posix()


def _brought(meant: _Meant, part: _Part, asked: Asked) -> Brought:
    assert meant.taken is not None
    assert meant.photo is not None
    taken = meant.taken
    known = part.known.get(meant.label.key, {})
    area = rle.area(taken.whole)
    decision = None
    if asked.as_decision:
        decision = _decision(known, asked) if known else _drawn(area, asked)
    return Brought(
        photo_id=meant.photo.photo_id,
        rle=taken.whole,
        measurements=measured(area, meant.photo.size),
        author=str(known.get("author") or asked.reviewer),
        instances=taken.lesions,
        decision=decision,
    )


def _decision(known: Mapping[str, Any], asked: Asked) -> BroughtDecision:
    """What was decided elsewhere, by whom, as a dataset of ours tells it."""
    return BroughtDecision(
        kind=DecisionKind(known["decision"]),
        reviewer=str(known["reviewer"] or asked.reviewer),
        seconds=float(known["seconds"]),
        score=known["score"],
        note=str(known["note"]),
        flag=bool(known["flag"]),
        reason=str(known["reason"]),
    )


def _drawn(area: int, asked: Asked) -> BroughtDecision:
    """Of others' labels nobody knows more than that a person drew them."""
    return BroughtDecision(
        DecisionKind.CORRECTED if area else DecisionKind.NO_LESION, asked.reviewer
    )


def _together(meant: Iterable[_Meant]) -> Iterator[list[_Meant]]:
    some: list[_Meant] = []
    for each in meant:
        some.append(each)
        if len(some) == TOGETHER:
            yield some
            some = []
    if some:
        yield some


class _Tally:
    """What became of labels."""

    def __init__(self, name: str) -> None:
        self._format = name
        self._labels = 0
        self._took: Counter[Took] = Counter()
        self._conflicts: list[str] = []
        self._faults: list[str] = []
        self._missing: list[str] = []
        self._said: dict[int, tuple[str, str]] = {}
        """Of each photo what its label is called, and the hash of its mask."""

    def count(self, labels: Iterable[Read], progress: Callable[[int], None]) -> Iterator[Read]:
        for label in labels:
            self._labels += 1
            progress(self._labels)
            yield label

    def fit(self, meant: Iterable[_Meant]) -> Iterator[_Meant]:
        """Those that can be stored."""
        for each in meant:
            if each.reason is None:
                yield each
            elif isinstance(each.reason, NoSuchPhoto):
                self._missing.append(each.label.key)
            elif isinstance(each.reason, SeveralPhotos):
                self._conflicts.append(str(each.reason))
            else:
                self._faults.append(str(each.reason))

    def once(self, meant: Iterable[_Meant]) -> Iterator[_Meant]:
        """Those that no label before said something else of: which is right nobody knows."""
        for each in meant:
            assert each.photo is not None
            assert each.taken is not None
            said = each.label.key, rle.digest(each.taken.whole)
            before = self._said.setdefault(each.photo.photo_id, said)
            if before == said:
                yield each
            elif before[1] == said[1]:
                self._took[Took.KNOWN] += 1
            else:
                self._conflicts.append(
                    f"{said[0]} and {before[0]} mean the same photo and differ: the first counts."
                )

    def took(self, key: str, took: Took) -> None:
        self._took[took] += 1
        if took in _KEPT:
            self._conflicts.append(f"{key} {_KEPT[took]}")

    def result(self) -> Imported:
        return Imported(
            format=self._format,
            labels=self._labels,
            imported=self._took[Took.STORED],
            as_they_are=self._took[Took.KNOWN],
            unknown=len(self._missing),
            conflicts=tuple(self._conflicts),
            faults=tuple(self._faults),
            missing=tuple(self._missing),
        )


_KEPT = {
    Took.DECIDED: "was decided here, and otherwise: that stands.",
    Took.EDITED: "is being corrected here: that goes on.",
}
"""What is said where a mask was not stored."""
