"""When a run has learnt what it will: the best epoch on dev is kept, and patience ends."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

BEST = "best.pt"
"""The checkpoint of the best epoch, beside the last one."""
_OTHERS = ("epoch", "loss", "seconds")
Entry = Mapping[str, float]


def read_log(folder: Path) -> list[Entry]:
    """What a run measured, an entry an epoch; what a kill cut off is none."""
    entries: list[Entry] = []
    try:
        lines = (folder / "log.jsonl").read_text().splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return entries


def kinds_in(entry: Entry) -> dict[str, float]:
    """The Jaccard on each kind of dev; none where it wasn't measured."""
    return {
        name: value
        for name, value in entry.items()
        if name not in _OTHERS and not name.endswith("_below_065")
    }


def reached(entry: Entry) -> float | None:
    """The mean of the Jaccards of all kinds of dev; None where it wasn't measured."""
    kinds = kinds_in(entry).values()
    return sum(kinds) / len(kinds) if kinds else None


def best_epoch(entries: Sequence[Entry]) -> int:
    """The first of the best epochs; -1 where none was measured."""
    told = [(reached(entry), int(entry["epoch"])) for entry in entries]
    measured = [(value, -epoch) for value, epoch in told if value is not None]
    return -max(measured)[1] if measured else -1


def is_over(entries: Sequence[Entry], epoch: int, patience: int) -> bool:
    """Whether so many epochs have brought nothing since the best one."""
    return bool(patience) and bool(entries) and epoch - best_epoch(entries) >= patience
