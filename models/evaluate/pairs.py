"""Photos with true masks: a folder with `images/` and `masks/`, or a CSV that lists them."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from imaging.decode.formats import PHOTO_SUFFIXES


class PairsError(Exception):
    """A set of pairs that can't be read; the message says what is wrong and what to do."""


class NoSetOfPairs(PairsError):
    """What was named as a set of pairs is something else, or has no such column."""


@dataclass(frozen=True)
class Pair:
    """One photo and its true mask, with the rest of its row (empty for a folder)."""

    image: Path
    mask: Path
    row: Mapping[str, str]

    @property
    def name(self) -> str:
        """The photo's stem."""
        return self.image.stem

    @property
    def group(self) -> str:
        """What must not be divided between training and measuring: the patient, else the photo."""
        return self.row.get("group") or self.name


def read_pairs(source: Path, where: Mapping[str, str] | None = None) -> list[Pair]:
    """The pairs of a folder or CSV whose columns have the values of `where`, sorted by image.

    Raises NoSetOfPairs when `source` is none or a column is missing, PairsError when it can't be
    read, is not whole, or nothing is left.
    """
    where = where or {}
    try:
        pairs = _read(source, where)
    except OSError as error:
        raise PairsError(f"{source} can't be read ({error}).") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise NoSetOfPairs(
            f"{source} can't be read as a CSV ({error}). Give a folder "
            "with images/ and masks/, or a CSV with columns image, mask."
        ) from error
    if not pairs:
        chosen = " ".join(f"{k}={v}" for k, v in where.items())
        raise PairsError(f"{source} has no pairs{' with ' + chosen if chosen else ''}.")
    return sorted(pairs, key=lambda pair: pair.image)


def held_out(pair: Pair, seed: str = "nevus") -> bool:
    """Whether a pair's group is in the tenth that training never sees (for calibration)."""
    return int(sha256(f"{seed}:{pair.group}".encode()).hexdigest(), 16) % 10 == 0


def hash_of_pairs(pairs: Sequence[Pair]) -> str:
    """SHA-256 over every photo's and mask's bytes, in the order given. Raises PairsError."""
    digest = sha256()
    for file in (file for pair in pairs for file in (pair.image, pair.mask)):
        try:
            digest.update(sha256(file.read_bytes()).digest())
        except OSError as error:
            raise PairsError(f"{file} can't be read ({error.strerror}).") from error
    return digest.hexdigest()


def _read(source: Path, where: Mapping[str, str]) -> list[Pair]:
    if source.is_file():
        return _from_csv(source, where)
    if not source.is_dir():
        raise NoSetOfPairs(
            f"{source} does not exist. Give a folder with images/ and masks/, or a CSV."
        )
    if (source / "manifest.csv").is_file():
        return _from_csv(source / "manifest.csv", where)
    if where:
        raise NoSetOfPairs(f"{source} has no manifest.csv whose columns could be filtered.")
    return _from_folder(source)


def _from_csv(path: Path, where: Mapping[str, str]) -> list[Pair]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        columns = reader.fieldnames or []
        for name in ("image", "mask", *where):
            if name not in columns:
                found = ", ".join(columns)
                raise NoSetOfPairs(f"{path} has no column “{name}”; it has {found}.")
        chosen = [row for row in reader if all(row[name] == where[name] for name in where)]
        if not all(row["image"] and row["mask"] for row in chosen):
            raise PairsError(f"{path} has a row without an image or a mask.")
        return [Pair(path.parent / row["image"], path.parent / row["mask"], row) for row in chosen]


def _from_folder(folder: Path) -> list[Pair]:
    images, masks = folder / "images", folder / "masks"
    if not images.is_dir() or not masks.is_dir():
        raise NoSetOfPairs(f"{folder} has no images/ and masks/ inside; or give a CSV.")
    by_stem = {path.stem: path for path in masks.iterdir() if path.suffix.lower() == ".png"}
    photos = [path for path in images.iterdir() if path.suffix.lower() in PHOTO_SUFFIXES]
    missing = sorted(path.name for path in photos if path.stem not in by_stem)
    if missing:
        raise PairsError(f"{len(missing)} photos have no mask in {masks}; the first: {missing[0]}.")
    return [Pair(path, by_stem[path.stem], {}) for path in photos]
