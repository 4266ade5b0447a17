"""A page of outlines accepted at once, beside one transaction that inserts as many rows."""

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.table import Table

from db.claims import Holder
from db.columns import now
from db.store import Store
from db.values import Decision, DecisionKind, Verdict
from tests.support.many_photos import add_photos

PHOTOS, TIMES = 1_000, 7
COLUMNS = (
    "id, photo_id, base_revision_id, revision_id, kind, reviewer, seconds, note, batch, flag, "
    "reason, created_at"
)
ROW = ("accepted", "ada", 1.0, "", "page", 0, "", "2026-11-26 01:02:03.000000")


def main() -> None:
    table = Table(title=f"{PHOTOS:,} outlines accepted by one key, median of {TIMES}")
    for column in ("what", "ms", "beside the rows alone"):
        table.add_column(column, justify="left" if column == "what" else "right")
    with tempfile.TemporaryDirectory(prefix="nevus-") as folder:
        # A database of their own for the rows: to the other one they would be decisions.
        rows = Path(folder) / "rows.db"
        with closing(_made(rows)), closing(_made(Path(folder) / "nevus.db")) as store:
            took = _measure(store, rows)
    for what, times in took.items():
        ratio = statistics.median(
            one / rows for one, rows in zip(times, took["a row for each"], strict=True)
        )
        table.add_row(what, f"{1000 * statistics.median(times):.0f}", f"{ratio:.1f}")
    Console().print(table)


def _made(path: Path) -> Store:
    store = Store.open(path)
    add_photos(store, "/photos", [0.5] * PHOTOS)
    return store


def _measure(store: Store, rows: Path) -> dict[str, list[float]]:
    """Seconds of each; the same things one after the other, so that all meet the same machine."""
    took: dict[str, list[float]] = {}

    def timed(what: str, work: Callable[[], object]) -> None:
        began = time.perf_counter()
        work()
        took.setdefault(what, []).append(time.perf_counter() - began)

    verdicts = _verdicts()
    for _ in range(TIMES):
        timed("a row for each", lambda: _insert(rows))
        timed("accept", lambda: _accept(store, verdicts))
        timed("take back", lambda: _take_back(store))
    return took


def _verdicts() -> list[Verdict]:
    accepted = DecisionKind.ACCEPTED
    return [
        Verdict(photo_id, photo_id, None, accepted, "ada", 1.0, batch="page")
        for photo_id in range(1, PHOTOS + 1)
    ]


def _accept(store: Store, verdicts: list[Verdict]) -> None:
    left = store.decide_together(verdicts, Holder("ada", now()), now())
    assert not left.changed
    assert not left.taken


def _take_back(store: Store) -> None:
    back: tuple[Decision, ...] = store.take_back("ada")
    assert len(back) == PHOTOS


def _insert(path: Path) -> None:
    """Decisions as they are stored, in one transaction that the disk has when it ends."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM decision").fetchone()
        rows = [(last + number, number, number, number, *ROW) for number in range(1, PHOTOS + 1)]
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO decision ({COLUMNS}) VALUES ({marks})", rows)
        connection.execute("COMMIT")


if __name__ == "__main__":
    main()
