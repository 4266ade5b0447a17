"""12 MP photos into a database on every core, beside processes that only decode and infer them.

`python -m benchmarks.segment [FOLDER]` takes the pictures of FOLDER, or the samples, and makes of
them photos of 12 megapixels with a camera's grain, each with other pixels. Both sides do the same
files in the same run, by turns. The share is what processes that do the least take, of what nevus
takes: by the clock, which other programs disturb, and in processor time, which they hardly do.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TypeVar

import pillow_heif
from rich.console import Console
from rich.table import Table

from benchmarks.folder import SAMPLES, copies, enlarged
from benchmarks.least import Least, decode_and_infer
from benchmarks.terminal import NEVUS
from db.arrivals import Arrival, NewOutline, NewPhoto
from db.store import Store
from imaging.decode.photo import fingerprint, read_file
from imaging.mask.measure import measured
from imaging.mask.outline import draw_part
from imaging.mask.rle import encode_part
from models.package.shipped import shipped_model
from models.run.segmenter import open_segmenter
from models.run.setup import ModelSetup
from pipeline.intake.scan import file_stat
from pipeline.intake.segment import Told, segment_folder
from pipeline.settings import read_settings
from pipeline.work.scorer import Pool

COUNT = 24
ROUNDS = 3
Result = TypeVar("Result")


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of the processors."""

    clock: float
    processor: float


def main() -> None:
    pillow_heif.register_heif_opener()
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    workers = read_settings({}).worker_count()
    for suffix in ("jpg", "heic"):
        with tempfile.TemporaryDirectory() as folder:
            first = copies(Path(folder) / "first", "[hrt]*.jpg", 4 * workers)
            photos = enlarged(Path(folder) / "photos", source, suffix, COUNT)
            Console().print(shares(first, photos, workers))
            Console().print(parts(photos))


def shares(first: Sequence[Path], photos: Sequence[Path], workers: int) -> Table:
    """What nevus takes and what the least takes, with the start and without.

    The start is over once some `first` photos, small ones, are in the database.
    """
    spent: dict[str, list[Spent]] = {"ours": [], "least": [], "ours all": [], "least all": []}
    memory: list[float] = []
    for _ in range(ROUNDS):
        with closing(Pool(ModelSetup(shipped_model()), workers)) as pool:
            with new_store(photos) as store:
                segment(store, pool, first)
                segment_these = partial(segment, store, pool, photos)
                spent["ours"].append(timed_of(pool.pids, segment_these))
            memory += [peak(pid) for pid in pool.pids]
        with closing(Least(photos, workers)) as least:
            spent["least"].append(timed_of(least.pids, least.run))
        spent["ours all"].append(timed(lambda: whole(photos)))
        spent["least all"].append(timed(lambda: whole_of_the_least(photos, workers)))
    table = Table(title=f"{COUNT} photos of 12 MP ({photos[0].suffix}), {workers} workers")
    for column in ("", "nevus s", "least s", "share", "nevus cpu s", "least cpu s", "share of cpu"):
        table.add_column(column, justify="right" if column else "left")
    for name, key in (("without the start", ""), ("with it", " all")):
        table.add_row(name, *row(spent[f"ours{key}"], spent[f"least{key}"]))
    table.caption = f"at most {max(memory, default=0):.0f} MiB a worker, resident"
    return table


def row(ours: Sequence[Spent], least: Sequence[Spent]) -> list[str]:
    """Medians of the rounds, and of their shares."""
    cells = []
    for name in ("clock", "processor"):
        of = attrgetter(name)
        shares = median(of(b) / of(a) for a, b in zip(ours, least, strict=True))
        cells += [f"{median(map(of, ours)):.2f}", f"{median(map(of, least)):.2f}", f"{shares:.2f}"]
    return cells


@contextmanager
def new_store(photos: Sequence[Path]) -> Iterator[Store]:
    """An empty database, made before anything is timed."""
    with (
        tempfile.TemporaryDirectory(dir=photos[0].parents[1]) as folder,
        closing(Store.open(Path(folder) / "nevus.db")) as store,
    ):
        yield store


def segment(store: Store, pool: Pool, photos: Sequence[Path]) -> None:
    """A folder into a database."""
    told = Told(lambda _done, _total: None, print)
    totals = segment_folder(store, pool, photos[0].parent, told)
    if totals.segmented != len(photos):
        raise RuntimeError(f"segmented {totals.segmented} of {len(photos)} photos")


def whole(photos: Sequence[Path]) -> None:
    """The command, from its start to its end."""
    with tempfile.TemporaryDirectory(dir=photos[0].parents[1]) as folder:
        given = [str(photos[0].parent), "--db", str(Path(folder) / "nevus.db")]
        subprocess.run([NEVUS, "segment", *given], check=True, capture_output=True)


def whole_of_the_least(photos: Sequence[Path], workers: int) -> None:
    """A command that only decodes and infers, from its start to its end."""
    command = [sys.executable, "-m", "benchmarks.least", str(photos[0].parent), str(workers)]
    subprocess.run(command, check=True, cwd=SAMPLES.parent)


def timed(work: Callable[[], object]) -> Spent:
    """What work costs that starts and ends its processes itself."""
    before, started = _processor(), perf_counter()
    work()
    return Spent(perf_counter() - started, _processor() - before)


def timed_of(pids: Sequence[int], work: Callable[[], object]) -> Spent:
    """What work costs in this process and in these."""
    before, started = sum(map(_processor_of, pids)) + process_time(), perf_counter()
    work()
    clock = perf_counter() - started
    return Spent(clock, sum(map(_processor_of, pids)) + process_time() - before)


def _processor() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


def _processor_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(pid: int) -> float:
    """The most that a process has held in memory, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def parts(photos: Sequence[Path]) -> Table:
    """Where a photo's processor time goes, step by step in one process."""
    segmenter, steps = open_segmenter(shipped_model()), Steps()
    arrivals = []
    for photo in photos:
        file = steps.time("read", lambda: read_file(photo))  # noqa: B023
        identity = steps.time("hash", lambda: fingerprint(file))  # noqa: B023
        made = steps.time("decode, infer", lambda: decode_and_infer(segmenter, photo))  # noqa: B023
        size, threshold = identity.size, segmenter.info.threshold
        drawn = steps.time("mask", lambda: draw_part(made.grid, made.framing, threshold))  # noqa: B023
        rle = steps.time("RLE", lambda: encode_part(drawn, size))  # noqa: B023
        outline = NewOutline(made, rle, measured(drawn.area, size), threshold)
        arrivals.append(Arrival(NewPhoto(file_stat(photo), identity), outline))
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Store.open(Path(folder) / "a.db")) as store,
    ):
        for arrival in arrivals:
            steps.time("look up", lambda: store.look_up(arrival.photo.stat, "0"))  # noqa: B023
        half = len(arrivals) // 2
        for arrival in arrivals[:half]:
            steps.time("store, one by one", lambda: store.take_in_all([arrival]))  # noqa: B023
        steps.time("store, 12 at once", lambda: store.take_in_all(arrivals[half:]), half)
    return steps.table()


class Steps:
    """Milliseconds of processor time a photo, by step."""

    def __init__(self) -> None:
        self._spent: dict[str, list[float]] = {}

    def time(self, name: str, work: Callable[[], Result], photos: int = 1) -> Result:
        """Do a step for so many photos."""
        started = process_time()
        result = work()
        self._spent.setdefault(name, []).append((process_time() - started) * 1000 / photos)
        return result

    def table(self) -> Table:
        """What each step took, in the middle."""
        table = Table("step", "ms of processor time a photo")
        for name, spent in self._spent.items():
            table.add_row(name, f"{median(spent):.1f}")
        return table


if __name__ == "__main__":
    main()
