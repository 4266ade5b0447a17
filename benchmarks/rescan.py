"""A folder that is known already looked through again, and what memory and room taking in costs.

The photos' files are of one byte: nothing here decodes, what was found of them is prepared.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from time import process_time

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.export import PHOTO, new_outline, new_photo
from db.arrivals import Arrival, NewOutline, NewPhoto
from db.sqlite.files import maps_beside
from db.store import Store
from imaging.framing import Size, centre
from imaging.values import Fingerprint, Prediction
from models.run.setup import ModelSetup
from pipeline.intake.agenda import Agenda
from pipeline.intake.driver import Driver
from pipeline.intake.outcome import Outcome
from pipeline.intake.scan import file_stat, scan
from pipeline.intake.segment import vanished
from pipeline.intake.segmenting import Segmenting
from pipeline.work.scorer import Pool

FILES, A_FOLDER = 10_000, 1000
PHOTOS, TIMES = 300, 4
AT_ONCE = 16
"""As many as nevus stores in one transaction when they come fast."""
BUDGET = 20_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--take-in", type=int, help="only this, and print what it took")
    asked = parser.parse_args()
    if asked.take_in is not None:
        print(*memory_of(asked.take_in))
        return
    with tempfile.TemporaryDirectory(prefix="nevus-") as folder:
        Console().print(rescanned(Path(folder), asked.files))
    Console().print(remembered())


def rescanned(place: Path, count: int) -> Table:
    """What it takes to look through a folder of known files, beside os.scandir alone."""
    photos, database = place / "photos", place / "nevus.db"
    table = Table(title=f"{count} known files, load {os.getloadavg()[0]:.1f}")
    for column in ("what", "seconds of CPU", "of os.scandir"):
        table.add_column(column, justify="left" if column == "what" else "right")
    paths = make_files(photos, count)
    with closing(Store.open(database)) as store:
        know(store, paths)
        bare = least(lambda: bare_scan(photos))
        for what, taken in _taken(store, photos, paths):
            table.add_row(what, f"{taken:.2f}", f"{taken / bare:.1f} ×")
    return table


def _taken(store: Store, photos: Path, paths: Sequence[Path]) -> Iterator[tuple[str, float]]:
    """Seconds of this and that."""
    yield "os.scandir and each file's stat", least(lambda: bare_scan(photos))
    yield "the scan", least(lambda: scan(photos))
    rescan = least(lambda: vanished(store, photos, scan(photos)))
    yield "a rescan: the scan, and what vanished", rescan
    yield "a start: the scan, and all passed as known", least(lambda: start(store, photos))
    some = paths[:A_FOLDER]
    singly = least(lambda: [store.look_up(file_stat(path)) for path in some])
    yield f"each looked up by itself, of {len(some)} reckoned", singly * len(paths) / len(some)


def start(store: Store, photos: Path) -> None:
    """What a start makes of a folder in which nothing has happened."""
    agenda, left = Agenda(), scan(photos).photos
    agenda.add(*left)
    with closing(Pool(ModelSetup(Path("none.mlpackage")))) as idle:
        driver = Driver(agenda, Segmenting(store, idle, None), idle.room)
        for _ in left:
            settled = driver.step()
            assert settled is not None
            assert settled.outcome is Outcome.KNOWN


def make_files(folder: Path, count: int) -> list[Path]:
    """So many files in folders of a thousand."""
    paths = [folder / f"{n // A_FOLDER:03}" / f"{n:06}.jpg" for n in range(count)]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return paths


def know(store: Store, paths: Sequence[Path]) -> None:
    """Take files in as photos without outlines."""
    for begin in range(0, len(paths), A_FOLDER):
        some = enumerate(paths[begin : begin + A_FOLDER], begin)
        store.take_in_all([Arrival(_photo(number, path)) for number, path in some])


def _photo(number: int, path: Path) -> NewPhoto:
    return NewPhoto(
        file_stat(path), Fingerprint(f"{number:064x}", f"{number:x}".zfill(64), "JPEG", PHOTO)
    )


def bare_scan(folder: Path) -> int:
    """The bytes of all files below a folder, as quickly as Python finds them."""
    found = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            found += bare_scan(Path(entry)) if entry.is_dir() else entry.stat().st_size
    return found


def least(work: Callable[[], object], times: int = 3) -> float:
    """The fewest seconds of this process in some tries: what the machine did besides is not the
    work's.
    """
    tries = []
    for _ in range(times):
        started = process_time()
        work()
        tries.append(process_time() - started)
    return min(tries)


def remembered() -> Table:
    """What the process and the maps grow by, a process for each number of photos."""
    table = Table("photos", "grown by, MiB", "maps, MB", title=f"Maps of {BUDGET / 1e6:g} MB")
    for count in (PHOTOS, TIMES * PHOTOS):
        command = [sys.executable, "-m", "benchmarks.rescan", "--take-in", str(count)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        grown, kept = (int(each) for each in printed.split())
        table.add_row(f"{count}", f"{grown / 2**20:.1f}", f"{kept / 1e6:.1f}")
    return table


def memory_of(count: int) -> tuple[int, int]:
    """The bytes a process has grown by when photos were taken in behind the first ones, and the
    bytes of their maps.
    """
    with tempfile.TemporaryDirectory(prefix="nevus-") as folder:
        database = Path(folder) / "nevus.db"
        with closing(Store.open(database, maps_budget=BUDGET)) as store:
            take_in(store, range(PHOTOS))
            before = resident()
            take_in(store, range(PHOTOS, PHOTOS + count))
            return resident() - before, maps_beside(database).stat().st_size


def take_in(store: Store, numbers: Sequence[int]) -> None:
    """Photos with outlines, whose maps can't be compressed."""
    random = np.random.default_rng(numbers[0])
    for begin in range(0, len(numbers), AT_ONCE):
        some = numbers[begin : begin + AT_ONCE]
        store.take_in_all([Arrival(new_photo(number), _outline(random)) for number in some])


def _outline(random: np.random.Generator) -> NewOutline:
    grid = random.random((256, 256), np.float32).astype(np.float16).astype(np.float32)
    mask = np.zeros((PHOTO.height, PHOTO.width), np.bool_)
    mask[100:300, 200:500] = True
    made = new_outline(mask, 0.5)
    prediction = Prediction(
        grid,
        centre(PHOTO, Size.of(grid)),
        made.prediction.receipt,
        made.prediction.predicted_jaccard,
    )
    return NewOutline(prediction, made.rle, made.measurements, made.threshold)


def resident() -> int:
    """This process's bytes in memory."""
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    main()
