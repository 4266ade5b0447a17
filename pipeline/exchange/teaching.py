"""Decided photos as pairs: small copies to train on, the photos themselves to measure on.

A dataset of masks is held apart into three parts that no group crosses: `train` is learnt from,
`dev` says when to stop, and `test`, which decided nothing, is what two models are compared on.
"""

import csv
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image
from platformdirs import user_data_path

from db.store import Store
from imaging.decode.photo import decode, read_file
from imaging.framing import Pixels
from imaging.photo import PhotoError
from models.evaluate.masks import read_mask
from models.evaluate.pairs import Pair, read_pairs
from pipeline.errors import ExportError, WrongChoice
from pipeline.exchange.abreast import abreast
from pipeline.exchange.layout import Frame
from pipeline.exchange.manifest import NAME, Manifest, read
from pipeline.exchange.split import PARTS, Grouping, Split

SIDE = 512
"""Pixels of the longer side of what is trained on: twice what a network sees."""
SHARES = (70.0, 15.0, 15.0)
LEAST = 20
"""Photos; of fewer no part could say anything."""
COLUMNS = ("image", "mask", "split", "kind", "group", "annotator_iou")
SPLITS = dict(zip(PARTS, ("train", "dev", "test"), strict=True))
Row = dict[str, str]


@dataclass(frozen=True)
class Taught:
    """Which pairs there are to learn from: `photos` by part, `decisions` by kind.

    `reviewers` are how many photos each decided, the most first, without a name. `left_out` names
    photos that are not there any more as they were reviewed. `sha256` is of what each photo shows
    and which mask it has.
    """

    table: Path
    photos: Mapping[str, int]
    decisions: Mapping[str, int]
    reviewers: tuple[int, ...]
    sha256: str
    earlier: int = 0
    left_out: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Lesson:
    """A decided photo: where it lies, its mask's file, and what was known of it."""

    image: Path
    mask: Path
    part: str
    group: str
    known: Mapping[str, Any]


def training_folder(name: str) -> Path:
    """Where what a training needs lies until it is done, by the name of the model to come."""
    return user_data_path("nevus") / "training" / name


def stopped_with(content_hash: str) -> list[Path]:
    """The trainings that are not done and have laid down a copy, or a mask, of a photo."""
    found = []
    for folder in sorted(training_folder("").glob("*")):
        copied = (folder / "data" / "images" / f"{_copy_name(content_hash)}.png").exists()
        listed = folder / "masks" / NAME
        if copied or (listed.is_file() and content_hash.encode() in listed.read_bytes()):
            found.append(folder)
    return found


def _copy_name(content_hash: str) -> str:
    return content_hash[:32]


def above_all(store: Store) -> Path:
    """The folder below which all photos of a database lie. Raises ExportError without any."""
    places = [Path(each.path).parent for each in store.placed("/")]
    if not places:
        raise ExportError(f"There is no photo in {store.path} to learn from. Review some first.")
    return Path(os.path.commonpath(places))


def lay_out(
    dataset: Path, into: Path, kind: str, group: Grouping, earlier: Sequence[Path] = ()
) -> Taught:
    """Write the pairs of a dataset of masks to `into`, with earlier pairs beside if there are any.

    What is trained on is copied small there, what is measured on lies where it is. Raises
    LabelError where `dataset` is none, WrongChoice where it doesn't serve, ExportError where its
    photos are too few or can't be told apart, PairsError, and OSError.
    """
    manifest = read(dataset)
    _check_serves(dataset, manifest)
    lessons = list(_lessons(dataset, manifest, group))
    into.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    left_out: list[str] = []
    for lesson, row in zip(lessons, abreast(partial(_laid, into, kind), lessons), strict=True):
        if row is None:
            left_out.append(str(lesson.image))
        else:
            rows.append(row)
    _check_parts(rows, len(left_out))
    old = [row for source in earlier for row in _earlier(source)]
    table = into / "pairs.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows([*rows, *old])
    taught = [lesson for lesson in lessons if str(lesson.image) not in set(left_out)]
    return _told(table, taught, rows, len(old), left_out)


def _check_serves(dataset: Path, manifest: Manifest) -> None:
    upright = manifest.asked.get("--frame", Frame.UPRIGHT) == Frame.UPRIGHT
    if manifest.format_name != "png" or not upright:
        raise WrongChoice(
            f"{dataset} holds {manifest.format_name}{'' if upright else ', as photos are stored'}; "
            "what is learnt from are upright png masks. Export it so, or name the photos' folder."
        )


def _lessons(dataset: Path, manifest: Manifest, group: Grouping) -> Iterator[Lesson]:
    split = Split(SHARES, group)
    named = [Path(each["path"]) for known in manifest.known.values() for each in known.values()]
    root = Path(os.path.commonpath([path.parent for path in named])) if named else dataset
    for folder, masks in manifest.masks.items():
        for key in masks:
            known = manifest.known[folder][key]
            path = Path(known["path"])
            below = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
            part, mask = split.part(below), dataset / folder / "masks" / f"{key}.png"
            yield Lesson(path, mask, part, group(below), known)


def _laid(into: Path, kind: str, lesson: Lesson) -> Row | None:
    """A photo's pair; None where the photo is not there as it was reviewed."""
    try:
        file = read_file(lesson.image)
    except (OSError, PhotoError):
        return None
    if sha256(file.data).hexdigest() != lesson.known["sha256"]:
        return None
    image, mask = lesson.image, lesson.mask
    if lesson.part != PARTS[-1]:
        name = _copy_name(str(lesson.known["content_hash"]))
        image, mask = (into / each / f"{name}.png" for each in ("images", "masks"))
        try:
            photo = decode(file, SIDE).pixels
        except PhotoError:
            return None
        truth = read_mask(Pair(lesson.image, lesson.mask, {})).astype(np.uint8) * 255
        size = photo.shape[1], photo.shape[0]
        small = np.asarray(cv2.resize(truth, size, interpolation=cv2.INTER_AREA))
        _save(image, photo)
        _save(mask, np.where(small > 127, 255, 0).astype(np.uint8))
    return {
        "image": str(image.resolve()),
        "mask": str(mask.resolve()),
        "split": SPLITS[lesson.part],
        "kind": kind,
        "group": f"{kind}:{lesson.group}",
        "annotator_iou": "",
    }


def _save(path: Path, pixels: Pixels) -> None:
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(pixels).save(path, compress_level=1)


def _check_parts(rows: Sequence[Row], left_out: int) -> None:
    counted = Counter(row["split"] for row in rows)
    if len(rows) < LEAST:
        gone = f" ({left_out} others are not there as they were reviewed)" if left_out else ""
        raise ExportError(
            f"{len(rows)} decided photos{gone} are too few to learn from and to measure with: "
            f"{LEAST} at least. Review more."
        )
    missing = [part for part in SPLITS.values() if not counted[part]]
    if missing:
        raise ExportError(
            f"The {len(rows)} photos lie in so few groups that none is left for "
            f"{' and '.join(missing)}. Say how patients are told apart with --grouped-by."
        )


def _earlier(source: Path) -> Iterator[Row]:
    """Earlier pairs, those of dev shared out among what says when to stop and what compares."""
    split = Split(SHARES, lambda name: name)
    halves = Split((50.0, 50.0), lambda name: name)
    for pair in read_pairs(source):
        said = pair.row.get("split", "")
        if said == "dev":
            part = SPLITS[PARTS[1 + PARTS.index(halves.part(pair.group))]]
        else:
            part = said if said in SPLITS.values() else SPLITS[split.part(pair.group)]
        yield {
            "image": str(pair.image.resolve()),
            "mask": str(pair.mask.resolve()),
            "split": part,
            "kind": pair.row.get("kind") or "earlier",
            "group": pair.group,
            "annotator_iou": pair.row.get("annotator_iou", ""),
        }


def _told(
    table: Path, lessons: Iterable[Lesson], rows: Sequence[Row], earlier: int, left_out: list[str]
) -> Taught:
    known = [lesson.known for lesson in lessons]
    said = sorted(f"{each['content_hash']} {each['revision']} {each['decision']}" for each in known)
    reviewers = Counter(str(each["reviewer"]) for each in known)
    return Taught(
        table=table,
        photos=dict(Counter(row["split"] for row in rows)),
        decisions=dict(Counter(str(each["decision"]) for each in known)),
        reviewers=tuple(sorted(reviewers.values(), reverse=True)),
        sha256=sha256("\n".join(said).encode()).hexdigest(),
        earlier=earlier,
        left_out=tuple(left_out),
    )
