"""A cold start, until the first photo of a known folder is drawn, and its parts.

`python -m benchmarks.start FOLDER` measures the nevus of another checkout beside this one; the
parts are of this one.
"""

import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.accept import COLUMNS, ROWS, UPDATE_ENDS
from benchmarks.folder import copies, outline
from benchmarks.terminal import NEVUS, a_home, running

PHOTOS, ROUNDS = 12, 7
WHOLE = "to the first photo, drawn"
PARTS = {
    "imports, alone": "import tui.launch, tui.app, pipeline.review.session, db.store",
    "and the database": "from pathlib import Path; from db.store import Store; import tui.launch;"
    "Store.open(Path(sys.argv[2]))",
    "a picture from a new viewer, alone": "from pathlib import Path\n"
    "from pipeline.work.viewer import Viewer\n"
    "if __name__ == '__main__': Viewer().view(Path(sys.argv[1]), 1024)",
}
"""Programs, each from the start of its process; they get a photo and the database."""
COLOURS = 1000
"""Of a photo at least; the empty canvas that is drawn before it has a few."""


def main() -> None:
    """Print a table."""
    with tempfile.TemporaryDirectory(prefix="nevus-") as name:
        folder = Path(name) / "photos"
        first, *_ = copies(folder, "[hrt]*.jpg", PHOTOS)
        places = {"this": a_home(Path(name) / "this")}
        if sys.argv[1:]:
            places["the other"] = a_home(Path(name) / "other") | {"PYTHONPATH": sys.argv[1]}
        # Each its own: an older nevus opens no database of a newer one.
        databases = {place: Path(name) / f"{place}.db" for place in places}
        for place, there in places.items():
            outline(folder, databases[place], there)
        spent: dict[str, dict[str, list[float]]] = {}
        for _ in range(ROUNDS):
            for place, there in places.items():
                command = [NEVUS, "review", str(folder), "--db", str(databases[place])]
                _add(spent, WHOLE, place, _until_drawn(command, there))
            for part, program in PARTS.items():
                given = [str(first), str(databases["this"])]
                took = _until_ended(Path(name), program, given, places["this"])
                _add(spent, part, "this", took)
    _print(spent, list(places))


def _add(spent: dict[str, dict[str, list[float]]], what: str, place: str, took: float) -> None:
    spent.setdefault(what, {}).setdefault(place, []).append(took)


def _until_drawn(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Milliseconds from the start until the last byte of the first photo."""
    started = time.perf_counter()
    with running(command, COLUMNS, ROWS, environment) as terminal:
        heard = terminal.hear_until(_draws_first)
        return (heard.when(_draws_first(heard.sent)) - started) * 1000


def _draws_first(sent: bytes) -> int:
    """How many bytes there were when a photo was drawn; 0 where none is."""
    start = 0
    for update in re.finditer(re.escape(UPDATE_ENDS), sent):
        colours = re.findall(rb"[34]8;2;[0-9;]+", sent[start : update.end()])
        if len(set(colours)) >= COLOURS:
            return update.end()
        start = update.end()
    return 0


def _until_ended(
    folder: Path, program: str, given: Sequence[str], environment: Mapping[str, str]
) -> float:
    path = folder / "part.py"
    path.write_text(f"import sys\n{program}\n")
    started = time.perf_counter()
    subprocess.run([sys.executable, str(path), *given], env=dict(environment), check=True)
    return (time.perf_counter() - started) * 1000


def _print(spent: dict[str, dict[str, list[float]]], places: list[str]) -> None:
    table = Table(title=f"A cold start, {COLUMNS}×{ROWS}, ms, medians of {ROUNDS}")
    for column in ("", *places, *(f"least, {place}" for place in places), "this : the other"):
        table.add_column(column, justify="right" if column else "left")
    for what, times in spent.items():
        figures = [
            f"{of(times[place]):,.0f}" if place in times else ""
            for of in (statistics.median, min)
            for place in places
        ]
        table.add_row(what, *figures, _ratio(times))
    Console(width=110).print(table)


def _ratio(times: dict[str, list[float]]) -> str:
    """The median of the rounds' quotients, where there are two."""
    if len(times) < 2:
        return ""
    ours, theirs = times.values()
    return f"{statistics.median(a / b for a, b in zip(ours, theirs, strict=True)):.2f}"


if __name__ == "__main__":
    main()
