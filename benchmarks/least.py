"""The least that outlining photos takes: processes that decode and infer, and keep nothing.

`python -m benchmarks.least FOLDER WORKERS` does the files of a folder, from its start to its end.
"""

import multiprocessing
import sys
from collections.abc import Sequence
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from imaging.decode.photo import read_photo
from imaging.values import Prediction
from models.package.shipped import shipped_model
from models.run.segmenter import Segmenter, open_segmenter


def decode_and_infer(segmenter: Segmenter, photo: Path) -> Prediction:
    """One photo; decoded no larger than the model needs it."""
    return segmenter.predict(read_photo(photo, segmenter.decoded_side))


class Least:
    """Processes that have opened the model, and a share of the photos each."""

    def __init__(self, photos: Sequence[Path], workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes = []
        self._processes = []
        for number in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, photos[number::workers]))
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)
        self._hear()

    @property
    def pids(self) -> list[int]:
        """The processes' numbers."""
        return [process.pid for process in self._processes if process.pid is not None]

    def run(self) -> None:
        """Do all photos; blocks."""
        for pipe in self._pipes:
            pipe.send("go")
        self._hear()

    def close(self) -> None:
        """End the processes."""
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            pipe.send("end")
            process.join()

    def _hear(self) -> None:
        for pipe in self._pipes:
            pipe.recv()


def _work(pipe: "Connection[Any, Any]", photos: Sequence[Path]) -> None:
    segmenter = open_segmenter(shipped_model())
    if photos:
        decode_and_infer(segmenter, photos[0])
    pipe.send("ready")
    pipe.recv()
    for photo in photos:
        decode_and_infer(segmenter, photo)
    pipe.send("done")
    pipe.recv()


if __name__ == "__main__":
    with closing(Least(sorted(Path(sys.argv[1]).iterdir()), int(sys.argv[2]))) as least:
        least.run()
