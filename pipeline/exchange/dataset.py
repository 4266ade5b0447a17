"""What an export hands to a format: reviewed photos with names that are safe and unique."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from db.exported import ReviewedFile, ReviewedPhoto, ReviewedPlace
from db.values import DecisionKind
from imaging.framing import Size
from imaging.mask.rle import area
from imaging.values import Measurements, Rle

LONGEST_NAME = 180
"""Bytes of UTF-8: file systems count those, to 255, and a hash and a suffix come behind."""


RESERVED = ("manifest",)
"""What no photo may be called, so that a file of its own is not one of the dataset's."""


class Drawn(StrEnum):
    """What a photo's mask in a dataset is."""

    LESION = "lesion"
    EMPTY = "empty"
    """There is no lesion: a reviewer said so, or accepted a mask without a pixel."""
    NONE = "none"
    """Nothing was ever drawn on the photo, and nobody said that there is no lesion."""


@dataclass(frozen=True)
class Provenance:
    """Where a mask comes from, as written beside it. `path` is absolute; hashes are SHA-256."""

    name: str
    path: str
    sha256: str
    content_hash: str
    width: int
    height: int
    decision: str
    reviewer: str
    decided_at: str
    seconds: float
    score: int | None
    note: str
    flag: bool
    reason: str
    revision: int | None
    author: str | None
    origin: str | None
    tools: str
    """What it was drawn with by hand, in that order; empty where with nothing."""
    threshold: float | None
    mask: Drawn
    area_pixels: int | None
    area_fraction: float | None
    lesions: int | None
    model: str | None
    model_hash: str | None
    backend: str | None
    device: str | None


@dataclass(frozen=True, eq=False)
class DatasetPhoto:
    """One photo of a dataset. `rle` is there where `drawn` is LESION, and only there.

    `lesions` are its lesions, each alone: the mask itself, unless a reviewer said that there are
    several.
    """

    photo_id: int
    name: str
    """Without suffix; safe as a file name everywhere, and unique in the dataset."""
    relative_path: str
    """How the dataset names the photo: below its folder, or in the dataset if it lies there."""
    size: Size
    drawn: Drawn
    rle: Rle | None
    edited_since: bool
    provenance: Provenance
    lesions: tuple[Rle, ...]
    has_changed: bool = False
    """Whether what lies where the photo did, and is left there, isn't the file reviewed."""


def dataset_names(places: Iterable[ReviewedPlace]) -> list[str]:
    """What the photos of a dataset are called, in their order."""
    return unique_names([(Path(place.path).stem, place.content_hash) for place in places])


def dataset_photo(
    photo: ReviewedPhoto, name: str, folder: Path, tools: Sequence[str] = ()
) -> DatasetPhoto:
    """A photo of a dataset under a name; it has a file under `folder`.

    `tools` are what its mask was drawn with by hand.
    """
    file, drawn = first_file(photo), _drawn(photo)
    lesions = _lesions(photo, drawn)
    known = _provenance(file, photo, name, drawn, len(lesions))
    return DatasetPhoto(
        photo_id=photo.photo_id,
        name=name,
        relative_path=Path(file.path).relative_to(folder).as_posix(),
        size=photo.size,
        drawn=drawn,
        rle=photo.rle if drawn is Drawn.LESION else None,
        edited_since=photo.edited_since,
        provenance=replace(known, tools=", ".join(tools)) if drawn is Drawn.LESION else known,
        lesions=lesions,
    )


def first_file(photo: ReviewedPhoto) -> ReviewedFile:
    """The file that stands for a photo."""
    return min(photo.files, key=lambda file: file.path)


def unique_names(stems: Sequence[tuple[str, str]]) -> list[str]:
    """A safe and unique name for each (stem, content hash), in their order.

    Of names that clash (also where case is ignored) all get the beginning of their hash: the same
    photo is named the same in every export that holds the same photos.
    """
    safe = [safe_name(stem) for stem, _ in stems]
    times = Counter([*RESERVED, *(name.casefold() for name in safe)])
    taken = {name for name, count in times.items() if count == 1}
    return [
        name if times[name.casefold()] == 1 else _suffixed(name, content_hash, taken)
        for name, (_, content_hash) in zip(safe, stems, strict=True)
    ]


def safe_name(stem: str) -> str:
    """A stem of letters, digits, `_`, `-` and `.` only, not hidden, not empty, not too long."""
    kept = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", stem))
    short = kept.encode()[:LONGEST_NAME].decode(errors="ignore")
    return short.strip("._-") or "photo"


def _suffixed(name: str, content_hash: str, taken: set[str]) -> str:
    for length in (12, len(content_hash)):
        candidate = f"{name}-{content_hash[:length]}"
        if candidate.casefold() not in taken:
            break
    taken.add(candidate.casefold())
    return candidate


def _drawn(photo: ReviewedPhoto) -> Drawn:
    if photo.decision.kind is DecisionKind.NO_LESION:
        return Drawn.EMPTY
    if photo.rle is None:
        return Drawn.NONE
    return Drawn.LESION if area(photo.rle) else Drawn.EMPTY


def _lesions(photo: ReviewedPhoto, drawn: Drawn) -> tuple[Rle, ...]:
    if drawn is not Drawn.LESION or photo.rle is None:
        return ()
    return photo.instances or (photo.rle,)


def _provenance(
    file: ReviewedFile, photo: ReviewedPhoto, name: str, drawn: Drawn, lesions: int
) -> Provenance:
    decision, revision, receipt = photo.decision, photo.revision, photo.receipt
    # Of a photo without a lesion the revision is what the reviewer saw, not what is written.
    measured = Measurements(0, 0.0) if drawn is Drawn.EMPTY else None
    if drawn is Drawn.LESION and revision is not None:
        measured = revision.measurements
    return Provenance(
        name=name,
        path=file.path,
        sha256=file.file_hash,
        content_hash=photo.content_hash,
        width=photo.size.width,
        height=photo.size.height,
        decision=str(decision.kind),
        reviewer=decision.reviewer,
        decided_at=decision.created_at.isoformat(),
        seconds=decision.seconds,
        score=decision.score,
        note=decision.note,
        flag=decision.flag,
        reason=decision.reason,
        revision=revision.id if revision else None,
        author=revision.author if revision else None,
        origin=str(revision.origin) if revision else None,
        tools="",
        threshold=revision.threshold if revision else None,
        mask=drawn,
        area_pixels=measured.area_pixels if measured else None,
        area_fraction=measured.area_fraction if measured else None,
        lesions=None if drawn is Drawn.NONE else lesions,
        model=receipt.model_name if receipt else None,
        model_hash=receipt.model_hash if receipt else None,
        backend=receipt.backend if receipt else None,
        device=receipt.device if receipt else None,
    )
