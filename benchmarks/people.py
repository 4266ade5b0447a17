"""Several reviewers and who takes photos in, all at once: nothing is lost, none is told "locked".

`python -m benchmarks.people --minutes 10 --reviewers 4`: real processes, each with a store of its
own, on one database. They draw, decide, leave, take back and go to photos that others have open.
"""

import argparse
import json
import sqlite3
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.one_of_people import FIRST, Task, review, take_in, take_in_all
from db.store import Store

Said = dict[str, Any]
"""A line of a process's log, in which each kind has fields of its own."""


@dataclass
class Report:
    """What came of it; `faults` are sentences, none where all is as it must be."""

    faults: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    lags: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--reviewers", type=int, default=4)
    asked = parser.parse_args()
    report = work(asked.reviewers, sys.maxsize, 60 * asked.minutes, pause=0.15)
    table = Table(title=f"{asked.reviewers} reviewers and a watcher, {asked.minutes:g} minutes")
    table.add_column("what")
    table.add_column("how many", justify="right")
    for name, count in sorted(report.done.items()):
        table.add_row(name, str(count))
    for name, values in (
        ("others were told after, s", report.lags),
        ("a write took, s", report.waits),
    ):
        if values:
            high = sorted(values)[int(0.99 * (len(values) - 1))]
            shown = f"{median(values):.3f}, {high:.3f}, {max(values):.3f}"
            table.add_row(f"{name}: median, 99 of 100, most", shown)
    Console().print(table)
    for fault in report.faults:
        print(fault)
    sys.exit(bool(report.faults))


def work(reviewers: int, steps: int, seconds: float, pause: float) -> Report:
    """Have them work on a new database; what came of it."""
    context = get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="nevus-") as name:
        place = Path(name)
        database = place / "nevus.db"
        with closing(Store.open(database)) as store:
            for number in range(FIRST):
                take_in(store, number)
        ended = context.Event()
        tasks = [
            Task(database, place / f"{number}.log", number, steps, seconds, pause)
            for number in range(reviewers)
        ]
        people = [context.Process(target=review, args=(task,)) for task in tasks]
        watcher = context.Process(target=take_in_all, args=(database, ended))
        for process in (watcher, *people):
            process.start()
        for process in people:
            process.join()
        ended.set()
        watcher.join()
        codes = [process.exitcode for process in (watcher, *people)]
        return examine(database, [task.log for task in tasks], codes)


def examine(database: Path, logs: list[Path], codes: list[int | None]) -> Report:
    """Whether all that was acknowledged is there, and nobody was handed another one's photo."""
    said = [[json.loads(line) for line in log.read_text().splitlines()] for log in logs]
    every = [line for lines in said for line in lines]
    report = Report(done=Counter(line["what"] for line in every))
    report.waits = [line["took"] for line in every if line["what"] == "wrote"]
    report.faults += [f"a process ended with {code}" for code in codes if code != 0]
    report.faults += [f"refused: {line['why']}" for line in every if line["what"] == "refused"]
    report.faults += _handed_twice(said)
    with closing(sqlite3.connect(database)) as connection:
        report.lags = list(_lags(connection, said))
        report.faults += _lost(connection, every)
        report.faults += _broken(connection)
    return report


def _handed_twice(said: list[list[Said]]) -> Iterator[str]:
    looks = defaultdict(list)
    for number, lines in enumerate(said):
        for line in lines:
            if line["what"] == "looked":
                looks[line["photo"]].append((line["since"], line["until"], number))
    for photo, times in looks.items():
        for (_, until, one), (since, _, other) in pairwise(sorted(times)):
            if since < until:
                yield f"photo {photo} lay before {one} and {other} at once"


def _lost(connection: sqlite3.Connection, every: list[Said]) -> Iterator[str]:
    decisions = dict(connection.execute("SELECT note, id FROM decision"))
    retracted = {key for (key,) in connection.execute("SELECT decision_id FROM retraction")}
    edits = {key for (key,) in connection.execute("SELECT id FROM edit")}
    for line in every:
        if line["what"] == "decided" and line["note"] not in decisions:
            yield f"a decision is lost: {line}"
        if line["what"] == "took back" and decisions.get(line["note"]) not in retracted:
            yield f"a decision is still there: {line}"
        if line["what"] == "drew" and line["edit"] not in edits:
            yield f"an edit is lost: {line}"


def _broken(connection: sqlite3.Connection) -> Iterator[str]:
    (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
    if sound != "ok":
        yield sound
    yield from (f"points nowhere: {row}" for row in connection.execute("PRAGMA foreign_key_check"))
    yield from (f"still claimed: {row}" for row in connection.execute("SELECT * FROM claim"))
    standing = (
        "SELECT photo_id FROM standing WHERE decision_id IS NOT (SELECT max(id) FROM decision "
        "WHERE decision.photo_id = standing.photo_id "
        "AND id NOT IN (SELECT decision_id FROM retraction))"
    )
    yield from (
        f"another decision stands on photo {key}" for (key,) in connection.execute(standing)
    )


def _lags(connection: sqlite3.Connection, said: list[list[Said]]) -> Iterator[float]:
    """Seconds from where a decision was stored until each of the others was told of it."""
    ids = dict(connection.execute("SELECT note, id FROM decision"))
    made = [
        (number, ids[line["note"]], line["at"])
        for number, lines in enumerate(said)
        for line in lines
        if line["what"] == "decided" and line["note"] in ids
    ]
    for number, lines in enumerate(said):
        told = [(line["at"], line["until"]) for line in lines if line["what"] == "told"]
        told += [(line["at"], ids[line["note"]]) for line in lines if line["what"] == "heard"]
        for whose, key, at in made:
            heard = [when for when, until in told if until >= key and when >= at]
            if whose != number and heard:
                yield min(heard) - at


if __name__ == "__main__":
    main()
