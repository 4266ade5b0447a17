"""Masks of 12 megapixels on their way in: an import beside reading the same masks alone.

Alone is: read, decode to run lengths and take the hash, on every core. An import finds the photos
and stores beside that. `python -m benchmarks.masks_in [MASKS [FORMAT ...]]`.
"""

import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.export import FOLDER, new_photo
from benchmarks.masks_out import KINDS, PHOTO, fill, masks_drawn
from db.store import Store
from db.values import DecisionKind
from imaging.mask import rle
from pipeline.exchange.codecs.pictures import lesion_of, read_grey
from pipeline.exchange.export import export
from pipeline.exchange.importing import Asked, import_labels
from pipeline.settings import usable_cores

MASKS = 1000


def main() -> None:
    masks = int(sys.argv[1]) if len(sys.argv) > 1 else MASKS
    names = sys.argv[2:] or ["png", "coco"]
    with tempfile.TemporaryDirectory(prefix="nevus-") as folder:
        root = Path(folder)
        table = Table(title=f"{masks} masks of 12 megapixels in, {usable_cores()} cores")
        for column in ("format", "seconds", "alone", "times", "peak MiB", "of a tenth"):
            table.add_column(column, justify="left" if column == "format" else "right")
        sets = {
            count: fill(root / f"{count}.db", masks_drawn(), count)
            for count in (masks, masks // 10)
        }
        for name in names:
            made = {count: _exported(root, path, name) for count, path in sets.items()}
            took, peak = _measured(root, made[masks], masks)
            _, of_tenth = _measured(root, made[masks // 10], masks // 10)
            ratio = ["", ""]
            if name == "png":
                by_itself = _alone(made[masks])
                ratio = [f"{by_itself:.1f}", f"{took / by_itself:.2f}"]
            table.add_row(name, f"{took:.1f}", *ratio, f"{peak:.0f}", f"{of_tenth:.0f}")
    Console().print(table)


def _exported(root: Path, database: Path, name: str) -> Path:
    target = root / f"{database.stem}-{name}"
    return export(database, target, FOLDER, name, [DecisionKind.ACCEPTED]).dest


def _measured(root: Path, dataset: Path, photos: int) -> tuple[float, float]:
    """Seconds of an import, and its peak in MiB: in a process of its own."""
    with get_context("spawn").Pool(1) as child:
        return child.apply(_import, (root, dataset, photos))


def _import(root: Path, dataset: Path, photos: int) -> tuple[float, float]:
    with closing(Store.open(root / f"{dataset.name}-in.db")) as store:
        for number in range(photos):
            store.take_in(new_photo(number, PHOTO))
        started = time.perf_counter()
        found = import_labels(store, FOLDER, dataset, Asked("ada"), lambda _done: None)
        took = time.perf_counter() - started
    assert found.imported == photos
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _alone(dataset: Path) -> float:
    """Seconds of the reading that no import of PNG can do without."""
    started = time.perf_counter()
    with ThreadPoolExecutor(usable_cores()) as pool:
        hashes = set(pool.map(_read, sorted((dataset / "masks").iterdir())))
    assert len(hashes) == KINDS
    return time.perf_counter() - started


def _read(path: Path) -> str:
    return rle.digest(rle.encode(lesion_of(read_grey(path), path.name)))


if __name__ == "__main__":
    main()
