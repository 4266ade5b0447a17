"""Masks of 12 megapixels on their way out: an export beside the same work alone, on every core.

Alone is: encode, write, read back and compare. An export reads the database, hashes files, syncs
them and writes a manifest beside that. `python -m benchmarks.masks_out [MASKS [FORMAT ...]]`.
"""

import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.export import FOLDER, new_outline, new_photo
from db.store import Store
from db.values import DecisionKind, Verdict
from imaging.framing import Mask, Size
from imaging.mask import rle
from imaging.values import Rle
from pipeline.exchange.codecs.pictures import grey, lesion_of, read_grey
from pipeline.exchange.export import export
from pipeline.exchange.find import format_names
from pipeline.settings import usable_cores

MASKS, KINDS = 1000, 25
PHOTO = Size(4032, 3024)
RUNS = 2


def main() -> None:
    masks = int(sys.argv[1]) if len(sys.argv) > 1 else MASKS
    drawn = masks_drawn()
    with tempfile.TemporaryDirectory(prefix="nevus-") as folder:
        root = Path(folder)
        database, few = (fill(root / f"{n}.db", drawn, n) for n in (masks, masks // 10))
        table = Table(title=f"{masks} masks of 12 megapixels, {usable_cores()} cores")
        for column in ("format", "seconds", "alone", "times", "peak MiB", "of a tenth"):
            table.add_column(column, justify="left" if column == "format" else "right")
        for name in sys.argv[2:] or format_names():
            # By turns, so that what else the machine does is in both.
            turns = [
                (measured(root, database, name), alone(root, drawn, masks)) for _ in range(RUNS)
            ]
            (took, peak), by_itself = min(turns, key=lambda turn: turn[0][0] / turn[1])
            ratio = [f"{by_itself:.1f}", f"{took / by_itself:.2f}"] if name == "png" else ["", ""]
            _, of_few = measured(root, few, name)
            table.add_row(name, f"{took:.1f}", *ratio, f"{peak:.0f}", f"{of_few:.0f}")
    Console().print(table)


def masks_drawn() -> list[Rle]:
    """Lesions with ragged borders, each unlike the others."""
    return [rle.encode(_mask(np.random.default_rng(seed))) for seed in range(KINDS)]


def fill(path: Path, drawn: list[Rle], photos: int) -> Path:
    """A database of accepted photos, each with one of the masks."""
    with closing(Store.open(path)) as store:
        for number in range(photos):
            mask = rle.decode(drawn[number % KINDS])
            photo_id = store.take_in(new_photo(number, PHOTO), new_outline(mask)).photo_id
            revision = store.photo(photo_id).revision
            assert revision is not None
            kind = DecisionKind.ACCEPTED
            store.decide(Verdict(photo_id, revision.id, None, kind, "ada", 1.0))
    return path


def measured(root: Path, database: Path, name: str) -> tuple[float, float]:
    """Seconds of an export, and its peak in MiB: in a process of its own."""
    with get_context("spawn").Pool(1) as child:
        return child.apply(_measured, (root, database, name))


def _measured(root: Path, database: Path, name: str) -> tuple[float, float]:
    took = whole(root, database, name)
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def whole(root: Path, database: Path, name: str) -> float:
    """Seconds of an export."""
    with tempfile.TemporaryDirectory(dir=root) as folder:
        started = time.perf_counter()
        export(database, Path(folder) / "set", FOLDER, name, [DecisionKind.ACCEPTED])
        return time.perf_counter() - started


def alone(root: Path, drawn: list[Rle], masks: int) -> float:
    """Seconds of the work that no export of PNG can do without."""
    with (
        tempfile.TemporaryDirectory(dir=root) as folder,
        ThreadPoolExecutor(usable_cores()) as pool,
    ):
        started = time.perf_counter()
        for same in pool.map(partial(_there_and_back, Path(folder), drawn), range(masks)):
            assert same
        return time.perf_counter() - started


def _there_and_back(folder: Path, drawn: list[Rle], number: int) -> bool:
    mask, path = drawn[number % KINDS], folder / f"{number}.png"
    path.write_bytes(grey(rle.decode(mask)))
    return rle.digest(rle.encode(lesion_of(read_grey(path), path.name))) == rle.digest(mask)


def _mask(random: np.random.Generator) -> Mask:
    rough = random.normal(size=(12, 16)).astype(np.float32)
    y, x = np.mgrid[-1:1:12j, -1:1:16j]
    rough = (0.5 - x**2 - y**2) * 4 + rough * 0.7
    sides = (PHOTO.width, PHOTO.height)
    return np.asarray(cv2.resize(rough, sides, interpolation=cv2.INTER_CUBIC) > 0)


if __name__ == "__main__":
    main()
