"""Folders of photos to measure with, known to a database: the samples, each with other pixels."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.terminal import NEVUS

TWELVE = (4032, 3024)
SAMPLES = Path(__file__).parent.parent / "sample_images"


def copies(folder: Path, names: str, count: int) -> list[Path]:
    """Photos made of the samples that fit a pattern, in turn: each is moved by other pixels."""
    folder.mkdir()
    samples = sorted(SAMPLES.glob(names))
    paths = []
    for index in range(count):
        pixels = np.asarray(Image.open(samples[index % len(samples)]).convert("RGB"))
        path = folder / f"{index:03}.jpg"
        Image.fromarray(np.roll(pixels, 3 * (index + 1), axis=1)).save(path, quality=90)
        paths.append(path)
    return paths


def enlarged(folder: Path, source: Path, suffix: str, count: int) -> list[Path]:
    """Photos of 12 megapixels, of the pictures below `source` in turn, with a camera's grain.

    None has the pixels of another. HEIC needs its plugin registered.
    """
    folder.mkdir()
    pictures = sorted(path for path in source.rglob("*") if path.suffix in {".jpg", ".webp"})
    random = np.random.default_rng(0)
    grain = random.normal(0, 3, (*reversed(TWELVE), 3)).astype(np.float32)
    paths = []
    for index in range(count):
        with Image.open(pictures[index * len(pictures) // count]) as picture:
            large = picture.convert("RGB").resize(TWELVE, Image.Resampling.BICUBIC)
        pixels = np.asarray(large) + np.roll(grain, 7 * index, axis=1)
        path = folder / f"{index:03}.{suffix}"
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path, quality=90)
        paths.append(path)
    return paths


def outline(folder: Path, database: Path, environment: Mapping[str, str]) -> None:
    """Have nevus outline a folder's photos and remember them."""
    command = [NEVUS, "segment", str(folder), "--db", str(database)]
    subprocess.run(command, env=dict(environment), check=True, capture_output=True)
