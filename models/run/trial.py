"""Run a package a few times on an empty picture, and say what ran it and how fast."""

from dataclasses import dataclass
from statistics import median
from time import perf_counter

import numpy as np

from models.run.child import in_child
from models.run.setup import ModelSetup

WARM_UP, RUNS = 2, 10
LONG_ENOUGH = 5000.0
"""Milliseconds; what takes longer is run less often, once warm at least."""


@dataclass(frozen=True)
class Trial:
    """What ran a package; `milliseconds` is the median of `runs` when warm, the model alone.

    `opening` is seconds from nothing to the first map: reading, translating or compiling, warming.
    """

    backend: str
    device: str
    opening: float
    milliseconds: float
    runs: int
    licence: str = ""
    """What the package says of its licence."""


def try_out(setup: ModelSetup) -> Trial:
    """Try a package in a process of its own: the Neural Engine has been seen to end one.

    What can be kept in the user's cache (a translation, a compiled model) is kept. Raises
    ModelError.
    """
    return in_child(_try_out, setup)


def _try_out(setup: ModelSetup) -> Trial:
    started = perf_counter()
    segmenter = setup.open()
    opening = perf_counter() - started
    size = segmenter.info.input_size
    picture = np.zeros((size.height, size.width, 3), np.uint8)
    times: list[float] = []
    while len(times) < WARM_UP + RUNS and (len(times) <= WARM_UP or sum(times) < LONG_ENOUGH):
        begun = perf_counter()
        segmenter.predict_framed(picture)
        times.append((perf_counter() - begun) * 1000)
    device = setup.device(segmenter.backend)
    warm = times[WARM_UP:]
    return Trial(
        segmenter.backend, device, opening, median(warm), len(warm), segmenter.info.license
    )
