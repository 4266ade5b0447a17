"""Bytes that reach a real terminal: a move of the brush, another photo, a step nearer and aside.

`python -m benchmarks.wire FOLDER` measures the nevus of another checkout.
"""

import re
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.folder import copies, outline
from benchmarks.terminal import NEVUS, Terminal, a_home, running

COLUMNS, ROWS = 200, 60
QUEUE, SIDE = 32, 34
"""Columns left and right of the photo."""
CELLS = (COLUMNS - QUEUE - SIDE - 4) * (ROWS - 5)
"""Of the photo."""
PHOTOS = 8
MOVE = re.compile(rb"\x1b\[(\d+);(\d+)H")
UPDATE = b"\x1b[?2026h"
STEPS = 12


def main() -> None:
    """Print a table."""
    table = Table(title=f"Bytes to a terminal of {COLUMNS}×{ROWS}, photos of 12 MP, medians")
    for column in ("step", "bytes", "most", "updates", "a cell", "photo", "queue", "side", "lines"):
        table.add_column(column, justify="left" if column == "step" else "right")
    with tempfile.TemporaryDirectory(prefix="nevus-") as name:
        folder, database = Path(name) / "photos", Path(name) / "nevus.db"
        environment = a_home(Path(name), **_elsewhere())
        copies(folder, "twelve-megapixels.jpg", PHOTOS)
        outline(folder, database, environment)
        command = [NEVUS, "review", str(folder), "--db", str(database)]
        with running(command, COLUMNS, ROWS, environment) as terminal:
            terminal.hear_until(lambda sent: b"watching" in sent)
            terminal.hear(1.5)
            for step, sent in _steps(terminal):
                table.add_row(step, *row(sent))
    Console(width=110).print(table)


def _elsewhere() -> Mapping[str, str]:
    return {"PYTHONPATH": sys.argv[1]} if sys.argv[1:] else {}


def _steps(terminal: Terminal) -> Iterator[tuple[str, list[bytes]]]:
    def each(*keys: str) -> list[bytes]:
        return [_heard(terminal, key) for key in keys]

    yield "the next photo", each(*"jjjj")
    yield "accept", each("a", "a")
    each("e", _mouse(0, 80, 20))
    yield "a move of the brush", each(*(_mouse(32, 82 + 2 * n, 20 + n % 3) for n in range(STEPS)))
    each(_mouse(0, 104, 20, up=True), "x", _mouse(0, 104, 30))
    yield "of the eraser", each(*(_mouse(32, 102 - 2 * n, 30 - n % 3) for n in range(STEPS)))
    each(_mouse(0, 80, 30, up=True))
    yield "the pointer, no button", each(*(_mouse(35, 90 + 2 * n, 40) for n in range(STEPS)))
    each("\x1b")
    yield "nearer", each(*"+++")
    yield "aside", each(*"LHLH")
    yield "the whole again", each("0")


def _mouse(button: int, x: int, y: int, up: bool = False) -> str:
    return f"\x1b[<{button};{x};{y}{'m' if up else 'M'}"


def _heard(terminal: Terminal, keys: str) -> bytes:
    terminal.type(keys)
    return terminal.hear().sent


def row(sent: list[bytes]) -> list[str]:
    """A table's row of what each step sent."""
    sizes = [len(each) for each in sent]
    middle = sorted(sent, key=len)[len(sent) // 2]
    places = Counter(dict.fromkeys(("photo", "queue", "side", "lines"), 0))
    places.update(_by_place(middle))
    return [
        f"{statistics.median(sizes):,.0f}",
        f"{max(sizes):,}",
        f"{statistics.median(each.count(UPDATE) for each in sent):g}",
        f"{statistics.median(sizes) / CELLS:.1f}",
        *(f"{places[place]:,}" for place in ("photo", "queue", "side", "lines")),
    ]


def _by_place(sent: bytes) -> Counter[str]:
    """How many bytes of what was sent are for which part of the screen."""
    counted: Counter[str] = Counter()
    moves = [*MOVE.finditer(sent)]
    ends = [*(each.start() for each in moves), len(sent)]
    for move, (start, end) in zip(moves, pairwise(ends), strict=True):
        counted[_place(int(move[2]) - 1, int(move[1]) - 1)] += end - start
    return counted


def _place(x: int, y: int) -> str:
    if y in {0, ROWS - 2, ROWS - 1}:
        return "lines"
    if x < QUEUE:
        return "queue"
    return "side" if x >= COLUMNS - SIDE else "photo"


if __name__ == "__main__":
    main()
