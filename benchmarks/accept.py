"""From the key that accepts to the next photo, beside a bare Textual app on the same pictures.

`python -m benchmarks.accept FOLDER` measures the nevus of another checkout beside both.
"""

import re
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.folder import copies, outline
from benchmarks.terminal import NEVUS, Terminal, a_home, running
from benchmarks.wire import MOVE

COLUMNS, ROWS = 160, 48
QUEUE, SIDE = 32, 34
PHOTOS, ROUNDS = 16, 10
BARE = "a bare app, the same pictures"
UPDATE_ENDS = b"\x1b[?2026l"
LEAST = 25
"""Lines of a photo that are drawn, of those that are in sight."""


def main() -> None:
    """Print a table."""
    with tempfile.TemporaryDirectory(prefix="nevus-") as name:
        photos, database = Path(name) / "photos", Path(name) / "nevus.db"
        environment = a_home(Path(name))
        copies(photos, "[hrt]*.jpg", PHOTOS)
        outline(photos, database, environment)
        ours = [NEVUS, "review", str(photos), "--db", str(database)]
        bare = [sys.executable, "-m", "benchmarks.bare", str(photos)]
        programs = {BARE: (bare, environment), "nevus, accepting": (ours, environment)}
        if sys.argv[1:]:
            shutil.copy(database, Path(name) / "other.db")
            theirs = [*ours[:-1], str(Path(name) / "other.db")]
            programs[sys.argv[1]] = (theirs, environment | {"PYTHONPATH": sys.argv[1]})
        with ExitStack() as stack:
            terminals = {what: stack.enter_context(_drawn(*how)) for what, how in programs.items()}
            spent = [_round(terminals) for _ in range(ROUNDS)]
        disk = list(_commits(Path(name) / "disk"))
    _print(spent, disk)


def _round(terminals: Mapping[str, Terminal]) -> dict[str, float]:
    """Milliseconds of each program for its next photo, one after the other."""
    return {
        what: until_drawn(terminal, " " if what == BARE else "a")
        for what, terminal in terminals.items()
    }


@contextmanager
def _drawn(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Terminal]:
    """A program that has drawn its first photo, and rests."""
    with running(command, COLUMNS, ROWS, environment) as terminal:
        terminal.hear_until(draws_photo)
        while terminal.hear(1.5).sent:
            pass
        yield terminal


def draws_photo(sent: bytes) -> int:
    """How many bytes there were when a photo was drawn whole; 0 where none is."""
    ends = [each.end() for each in re.finditer(re.escape(UPDATE_ENDS), sent)]
    start = 0
    for end in ends:
        if sum(_of_photo(move) for move in MOVE.finditer(sent, start, end)) >= LEAST:
            return end
        start = end
    return 0


def _of_photo(move: re.Match[bytes]) -> bool:
    return QUEUE < int(move[2]) - 1 < COLUMNS - SIDE


def until_drawn(terminal: Terminal, key: str) -> float:
    """Milliseconds from a key until the last byte of the next photo is here; then all rests."""
    typed = terminal.type(key)
    heard = terminal.hear_until(draws_photo)
    while terminal.hear().sent:
        pass
    return (heard.when(draws_photo(heard.sent)) - typed) * 1000


def _commits(path: Path) -> Iterator[float]:
    """Milliseconds of transactions of one row each that wait for the disk."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE row (number INTEGER)")
        for number in range(ROUNDS):
            started = time.perf_counter()
            database.execute("INSERT INTO row VALUES (?)", (number,))
            yield (time.perf_counter() - started) * 1000


def _print(spent: list[dict[str, float]], disk: list[float]) -> None:
    table = Table(title=f"From the key to the next photo, {COLUMNS}×{ROWS}, medians of {ROUNDS}")
    for column in ("what", "ms", "least", "bare app"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for what in spent[0]:
        times = [each[what] for each in spent]
        ratio = statistics.median(each[what] / each[BARE] for each in spent)
        figures = statistics.median(times), min(times)
        table.add_row(what, *(f"{figure:.0f}" for figure in figures), f"{ratio:.2f} × as long")
    table.add_row("(a transaction alone, on this disk)", f"{statistics.median(disk):.1f}", "", "")
    Console().print(table)


if __name__ == "__main__":
    main()
