"""Parts of a dataset for training and testing, which divide no group and stay as it grows.

Where a group lies is told from the hash of its name alone: whatever comes later moves none.
"""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from math import isclose
from pathlib import Path, PurePosixPath

from pipeline.errors import ExportError, WrongChoice, said_of

PARTS = ("train", "val", "test")
WHOLES = (100, 10, 1)
"""What shares come to: 80/10/10, 8/1/1, 0.8/0.1/0.1."""
Grouping = Callable[[str], str]
"""The group of the photo at a path below its folder. Raises ExportError where it has none."""


@dataclass(frozen=True)
class Split:
    """How large a share of all groups each part gets, in order, and what a group is."""

    shares: tuple[float, ...]
    group: Grouping
    grouped_by: str = "folder"
    """What was said of groups."""

    def __str__(self) -> str:
        return "/".join(f"{share:g}" for share in self.shares)

    def part(self, path: str) -> str:
        """The part in which a photo lies."""
        digest = sha256(f"nevus:{self.group(path)}".encode("utf-8", "surrogateescape")).digest()
        place = int.from_bytes(digest[:8], "big") / 2**64 * sum(self.shares)
        reached = 0.0
        for name, share in zip(PARTS, self.shares, strict=False):
            reached += share
            if place < reached:
                return name
        return PARTS[len(self.shares) - 1]


def shares_of(text: str) -> tuple[float, ...]:
    """`80/10/10` as shares. Raises WrongChoice."""
    try:
        shares = tuple(float(share) for share in text.split("/"))
    except ValueError:
        shares = ()
    whole = any(isclose(sum(shares), all_of_it) for all_of_it in WHOLES)
    if not 2 <= len(shares) <= len(PARTS) or min(shares) < 0 or not whole:
        raise WrongChoice(
            f"“{text}” is no split: say the shares of {', '.join(PARTS)}, as in 80/10/10, "
            "or of the first two, as in 80/20. Together they are 100."
        )
    return shares


def grouping(said: str) -> Grouping:
    """`folder`, a CSV file, or a pattern for paths. Raises WrongChoice."""
    if said == "folder":
        return by_folder
    if said.endswith(".csv"):
        return _by_table(Path(said))
    return _by_pattern(said)


def by_folder(path: str) -> str:
    """The folder that a photo lies in; one directly in the photos' folder is a group alone."""
    folder = PurePosixPath(path).parent.as_posix()
    return path if folder == "." else f"{folder}/"


def _by_pattern(said: str) -> Grouping:
    try:
        pattern = re.compile(said)
    except re.error as error:
        raise WrongChoice(f"“{said}” is no pattern ({error}), no CSV, and not “folder”.") from error

    def group(path: str) -> str:
        found = pattern.search(path)
        if found is None:
            raise ExportError(f"“{said}” is nowhere in {path}, so its group can't be told.")
        return found[1] or "" if pattern.groups else found[0]

    return group


def _by_table(table: Path) -> Grouping:
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            groups = {row["photo"]: row["group"] for row in csv.DictReader(file)}
    except OSError as error:
        reason = error.strerror or str(error)
        raise WrongChoice(f"{table} can't be read ({reason}). Name the table of groups.") from error
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise WrongChoice(
            f"{table} is no table with the columns photo and group ({said_of(error)}). "
            "photo is a path below FOLDER."
        ) from error

    def group(path: str) -> str:
        if not groups.get(path):
            raise ExportError(f"{table} names no group for {path}. Add a line for it.")
        return groups[path]

    return group
