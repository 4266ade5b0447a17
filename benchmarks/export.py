"""Statements and memory of an export of few photos, and of ten times as many."""

import tempfile
import tracemalloc
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.sql import sent
from db.arrivals import NewOutline, NewPhoto
from db.store import Store
from db.values import DecisionKind, Verdict
from imaging.framing import Mask, Size, centre
from imaging.mask import rle
from imaging.mask.measure import measure
from imaging.values import FileStat, Fingerprint, Prediction, Receipt
from pipeline.exchange.export import export
from pipeline.exchange.find import format_names

FEW, MANY = 200, 2000
PHOTO = Size(800, 600)
FOLDER = Path("/photos")


@dataclass(frozen=True)
class Cost:
    """What an export took; `peak` is of Python's memory, in bytes."""

    statements: int
    peak: int


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="nevus-") as folder:
        few, many = (fill(Path(folder) / f"{photos}.db", photos) for photos in (FEW, MANY))
        table = Table(title=f"An export of {FEW} and of {MANY} photos")
        for column in ("format", "statements", "a photo", "peak, MiB", "of few, of many"):
            table.add_column(column, justify="left" if column == "format" else "right")
        for name in format_names():
            small, large = cost(few, name), cost(many, name)
            table.add_row(
                name,
                f"{small.statements}, {large.statements}",
                f"{small.statements / FEW:.3f}, {large.statements / MANY:.3f}",
                f"{small.peak / 2**20:.1f}, {large.peak / 2**20:.1f}",
                f"{large.peak / small.peak:.2f} × as much",
            )
    Console().print(table)


def fill(path: Path, photos: int) -> Path:
    """A database of accepted photos, each with a mask of its own."""
    random = np.random.default_rng(3)
    with closing(Store.open(path)) as store:
        for number in range(photos):
            photo_id = take_in(store, number, _mask(random))
            revision = store.photo(photo_id).revision
            assert revision is not None
            kind = DecisionKind.ACCEPTED
            store.decide(Verdict(photo_id, revision.id, None, kind, "ada", 1.0))
    return path


def take_in(store: Store, number: int, mask: Mask) -> int:
    """One more photo with an outline; its id."""
    return store.take_in(new_photo(number), new_outline(mask)).photo_id


def new_photo(number: int, size: Size = PHOTO) -> NewPhoto:
    """A file like no other."""
    stat = FileStat(f"{FOLDER}/{number % 10}/mole-{number:06}.jpg", number, 10**6, number)
    return NewPhoto(stat, Fingerprint(f"{number:064x}", f"{number:x}".zfill(64), "JPEG", size))


def new_outline(mask: Mask, predicted_jaccard: float | None = None) -> NewOutline:
    """A model's outline; the map is a small one, which no export reads."""
    framing = centre(Size.of(mask), Size(8, 8))
    receipt = Receipt("lesion", "m" * 64, "x", "CPU", 1.0)
    prediction = Prediction(np.zeros((8, 8), np.float32), framing, receipt, predicted_jaccard)
    return NewOutline(prediction, rle.encode(mask), measure(mask), 0.5)


def cost(database: Path, name: str) -> Cost:
    """What one export takes."""
    with tempfile.TemporaryDirectory(prefix="nevus-") as folder, sent() as statements:
        tracemalloc.start()
        export(database, Path(folder) / "set", FOLDER, name, [DecisionKind.ACCEPTED])
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return Cost(len(statements), peak)


def _mask(random: np.random.Generator) -> Mask:
    """A lesion with a ragged border, as models draw them."""
    rough = random.normal(size=(12, 16)).astype(np.float32)
    y, x = np.mgrid[-1:1:12j, -1:1:16j]
    rough = (0.5 - x**2 - y**2) * 4 + rough * 0.7
    return np.asarray(
        cv2.resize(rough, (PHOTO.width, PHOTO.height), interpolation=cv2.INTER_CUBIC) > 0
    )


if __name__ == "__main__":
    main()
