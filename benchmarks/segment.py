"""Photos a second of segmenting 12 MP photos, beside decoding alone and inference alone."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pillow_heif
from PIL import Image
from rich.console import Console
from rich.table import Table

from db.store import Store
from imaging.decode.photo import fingerprint, read_file, read_photo
from models.run.segmenter import open_segmenter, shipped_model
from models.run.setup import ModelSetup
from pipeline.intake.segment import Told, segment_folder
from pipeline.work.scorer import Pool

SAMPLES = Path(__file__).parent.parent / "sample_images"
COUNT = 12
Item = TypeVar("Item")


def main() -> None:
    pillow_heif.register_heif_opener()
    table = Table(title=f"{COUNT} photos of 12 MP, photos/s in one run")
    for column in ("format", "segment", "fingerprint", "decode alone", "inference alone"):
        table.add_column(column, justify="right" if column != "format" else "left")
    table.add_column("segment : decode + inference", justify="right")
    for suffix in ("jpg", "heic"):
        table.add_row(*measure(suffix))
    Console().print(table)


def measure(suffix: str) -> list[str]:
    """One row: photos a second of the whole, of its parts, and the ratio of the whole to them."""
    with tempfile.TemporaryDirectory() as folder:
        photos = draw(Path(folder) / "photos", suffix)
        whole = seconds_to_segment(Path(folder))
        hashing = seconds_for(lambda path: fingerprint(read_file(path)), photos)
        segmenter = open_segmenter(shipped_model())
        longest = max(segmenter.info.input_size.width, segmenter.info.input_size.height)
        decoding = seconds_for(lambda path: read_photo(path, longest), photos)
        decoded = [read_photo(path, longest) for path in photos]
        segmenter.predict(decoded[0])
        inference = seconds_for(segmenter.predict, decoded)
    speeds = [f"{COUNT / s:.1f}" for s in (whole, hashing, decoding, inference)]
    return [suffix, *speeds, f"{whole / (decoding + inference):.2f} × the time"]


def draw(folder: Path, suffix: str) -> list[Path]:
    """Twelve-megapixel photos that differ from each other, from the largest sample."""
    folder.mkdir()
    largest = max(SAMPLES.glob("*.jpg"), key=lambda path: Image.open(path).size[0])
    pixels = np.asarray(Image.open(largest).convert("RGB"))
    paths = []
    for index in range(COUNT):
        path = folder / f"{index:02}.{suffix}"
        Image.fromarray(np.roll(pixels, index * 40, axis=1)).save(path, quality=90)
        paths.append(path)
    return paths


def seconds_to_segment(folder: Path) -> float:
    """Segment a folder into a new database; the worker's start and model load are not counted."""
    store = Store.open(folder / "nevus.db")
    scorer = Pool(ModelSetup(shipped_model()))
    scorer.segment(next((folder / "photos").iterdir()))
    started = time.perf_counter()
    told = Told(lambda _done, _total: None, print)
    totals = segment_folder(store, scorer, folder / "photos", told)
    spent = time.perf_counter() - started
    scorer.close()
    store.close()
    if totals.segmented != COUNT:
        raise RuntimeError(f"segmented {totals.segmented} of {COUNT} photos")
    return spent


def seconds_for(work: Callable[[Item], object], items: Sequence[Item]) -> float:
    """The time of one call for each item, one after the other."""
    started = time.perf_counter()
    for item in items:
        work(item)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
