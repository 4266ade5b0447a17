"""Folders of photos to measure with, known to a database: the samples, each with other pixels."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.terminal import NEVUS

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


def outline(folder: Path, database: Path, environment: Mapping[str, str]) -> None:
    """Have nevus outline a folder's photos and remember them."""
    command = [NEVUS, "segment", str(folder), "--db", str(database)]
    subprocess.run(command, env=dict(environment), check=True, capture_output=True)
