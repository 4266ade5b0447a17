"""How models did, photo by photo, as a CSV for whoever looks further."""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from models.evaluate.evaluation import Score
from models.evaluate.marking import Marked
from models.evaluate.pairs import Pair, PairsError

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What makes spreadsheets compute what begins so."""


def check_new(path: Path) -> None:
    """Raise PairsError where something lies that would be overwritten, or nothing can be laid."""
    if path.exists():
        raise PairsError(f"{path} is there already, and nothing is overwritten. Name a new file.")
    if not path.parent.is_dir():
        raise PairsError(f"There is no folder {path.parent} to write {path.name} in. Make it.")


def write_table(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write rows, with the columns of all of them in the order they come. Raises PairsError."""
    check_new(path)
    columns = dict.fromkeys(name for row in rows for name in row)
    made = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with made.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(map(_cell, columns))
            writer.writerows(_cells(row, columns) for row in rows)
        made.rename(path)
    except OSError as error:
        made.unlink(missing_ok=True)
        raise PairsError(
            f"{path} can't be written ({error.strerror or error}). Make room, or name another."
        ) from error


def row_of(pair: Pair) -> dict[str, object]:
    """What is known of a photo."""
    kept = {name: value for name, value in pair.row.items() if name not in {"image", "mask"}}
    return {"image": str(pair.image), **kept}


def figures(score: Score) -> dict[str, object]:
    """What a model reached on a photo."""
    return {
        "dice": score.dice,
        "jaccard": score.jaccard,
        "predicted jaccard": score.predicted_jaccard,
        "lesion probability": score.lesion_probability,
        "milliseconds": score.milliseconds,
    }


def marks_of(own: Marked, nothing: Marked) -> dict[str, object]:
    """How many marks a photo took from the model's outline, and from nothing."""
    return {
        "jaccard": own.jaccard,
        "marks": own.marks,
        "reached": own.reached,
        "marks from nothing": nothing.marks,
        "reached from nothing": nothing.reached,
    }


def _cells(row: Mapping[str, object], columns: Iterable[str]) -> list[str]:
    return [_cell(row.get(name, "")) for name in columns]


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text
