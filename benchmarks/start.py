"""A cold start, until the first photo of a known folder is drawn, and its parts.

`python -m benchmarks.start FOLDER` measures the nevus of another checkout beside this one.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.accept import COLUMNS, ROWS, draws_photo
from benchmarks.folder import copies, outline
from benchmarks.terminal import NEVUS, a_home, running

PHOTOS, ROUNDS = 12, 7
PARTS = {
    "imports, alone": "import tui.launch, tui.app, pipeline.review.session, db.store",
    "and the database": "from pathlib import Path; from db.store import Store; import tui.launch;"
    "Store.open(Path(sys.argv[2]))",
    "a picture from a new viewer, alone": "from pathlib import Path\n"
    "from pipeline.work.viewer import Viewer\n"
    "if __name__ == '__main__': Viewer().view(Path(sys.argv[1]), 1024)",
}
"""Programs, each from the start of its process; they get a photo and the database."""


def main() -> None:
    """Print a table."""
    with tempfile.TemporaryDirectory(prefix="nevus-") as name:
        folder, database = Path(name) / "photos", Path(name) / "nevus.db"
        environment = a_home(Path(name))
        first, *_ = copies(folder, "[hrt]*.jpg", PHOTOS)
        outline(folder, database, environment)
        places = {"this": environment}
        if sys.argv[1:]:
            places["the other"] = environment | {"PYTHONPATH": sys.argv[1]}
        command = [NEVUS, "review", str(folder), "--db", str(database)]
        spent: dict[str, dict[str, list[float]]] = {}
        for _ in range(ROUNDS):
            for place, there in places.items():
                _add(spent, "to the first photo, drawn", place, _until_drawn(command, there))
                for part, program in PARTS.items():
                    given = [str(first), str(database)]
                    _add(spent, part, place, _until_ended(Path(name), program, given, there))
    _print(spent, list(places))


def _add(spent: dict[str, dict[str, list[float]]], what: str, place: str, took: float) -> None:
    spent.setdefault(what, {}).setdefault(place, []).append(took)


def _until_drawn(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Milliseconds from the start until the last byte of the first photo."""
    started = time.perf_counter()
    with running(command, COLUMNS, ROWS, environment) as terminal:
        heard = terminal.hear_until(draws_photo)
        return (heard.when(draws_photo(heard.sent)) - started) * 1000


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
        middles = [statistics.median(times[place]) for place in places]
        least = [min(times[place]) for place in places]
        ratios = [one / other for one, other in zip(times["this"], times[places[-1]], strict=True)]
        figures = [f"{figure:,.0f}" for figure in [*middles, *least]]
        table.add_row(what, *figures, f"{statistics.median(ratios):.2f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
